"""An image is what was logged, with its picture where it has one."""

import io

import numpy as np
import pytest
from PIL import Image as Picture

from data.demos import write_planted_run
from data.errors import NothingRecordedError
from data.images import Image, read_image, read_thumbnail
from data.store import open_run


def test_an_image_and_its_class(run):
    assert read_image(run, 75) == Image(75, "cat/00075", 3, "cat", "validation", 3, None)


def test_the_picture_is_the_one_that_was_logged(run):
    thumbnail = read_thumbnail(run, 75)
    assert thumbnail.format == "png"
    picture = Picture.open(io.BytesIO(thumbnail.bytes))
    assert (picture.format, picture.size) == ("PNG", (32, 32))
    assert thumbnail.bytes != read_thumbnail(run, 76).bytes


def test_an_image_that_is_not_there_is_named(run):
    with pytest.raises(NothingRecordedError, match="no image 240"):
        read_image(run, 240)


def test_a_run_without_pictures_says_so(logdir):
    write_planted_run(logdir, "a", steps=20, validations=2, images_per_class=2, pictures=False)
    run = open_run("a")
    assert read_image(run, 1).class_name == "airplane"
    with pytest.raises(NothingRecordedError, match="no picture of the image 1"):
        read_thumbnail(run, 1)


def test_a_run_without_images_says_so(runs):
    with pytest.raises(NothingRecordedError, match="no image 0"):
        read_image(open_run("plain"), 0)


def test_the_pictures_of_a_class_are_alike_and_differ_from_others(run):
    def mean_of(class_):
        pictures = [
            np.asarray(Picture.open(io.BytesIO(read_thumbnail(run, image).bytes)), float)
            for image in range(24 * class_, 24 * class_ + 24)
        ]
        return np.mean(pictures, axis=0)

    ship, cat = mean_of(8), mean_of(3)
    assert np.abs(ship - cat).mean() > 20
