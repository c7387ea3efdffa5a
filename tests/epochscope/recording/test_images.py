"""What log_images keeps: ids, labels, thumbnails, inputs, groups where labels are missing."""

import io

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from epochscope import Recorder
from epochscope.log_reader import read_log
from epochscope.recording.border import StrictError
from epochscope.recording.grouping import group_samples
from epochscope.recording.png import PixelRange, encode_png, find_range, make_thumbnail
from tests.epochscope.recording.reading import read_row, read_rows


def log(folder, dataset, **options):
    model = nn.Linear(3, 2)
    state = torch.get_rng_state()
    with Recorder(folder, model, strict=True) as recorder:
        recorder.log_images(dataset, **options)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_png_holds_the_very_pixels(rng, channels):
    pixels = rng.integers(0, 256, (5, 7, channels), np.uint8)
    with Image.open(io.BytesIO(encode_png(pixels))) as picture:
        assert np.array_equal(np.array(picture).reshape(pixels.shape), pixels)


@pytest.mark.parametrize(
    ("shape", "size"), [((3, 200, 100), (64, 32)), ((1, 8, 8), (32, 32)), ((3, 48, 40), (48, 40))]
)
def test_thumbnails_are_between_32_and_64_pixels_long(shape, size):
    with Image.open(io.BytesIO(make_thumbnail(torch.rand(shape), PixelRange(0, 1)))) as picture:
        assert (picture.height, picture.width) == size


def test_one_picture_that_was_never_scaled_does_not_darken_the_others():
    pictures = [torch.rand(3, 8, 8) for _ in range(20)]
    pictures[4] = pictures[4] * 255**2
    assert find_range(pictures) == PixelRange(0, 1)


def test_labelled_images_get_slots_ids_pictures_and_inputs(tmp_path):
    folder = tmp_path / "run"
    inputs, labels = torch.rand(30, 3, 8, 8), torch.arange(30) % 4
    log(folder, TensorDataset(inputs, labels), ids=[f"picture {i}" for i in range(30)])
    rows = read_rows(folder, "images")
    assert [row["slot"] for row in rows] == [i // 4 for i in range(30)]
    assert rows[7]["id"] == "picture 7"
    assert [row["images"] for row in read_rows(folder, "classes")] == [8, 8, 7, 7]
    thumbnail = read_row(folder, "thumbnails", image=5)
    with Image.open(io.BytesIO(thumbnail["bytes"])) as picture:
        shown = np.array(picture)[::4, ::4]
    np.testing.assert_allclose(shown / 255, inputs[5].permute(1, 2, 0), atol=0.5 / 255 + 1e-6)
    path = folder / read_log(folder).of("inputs")[0].path
    kept = safetensors.torch.load_file(path)
    assert torch.equal(kept["inputs"], inputs.half())
    assert kept["images"].tolist() == list(range(30))


def test_inputs_are_kept_up_to_a_limit_or_not_at_all(tmp_path):
    data = TensorDataset(torch.rand(30, 3, 8, 8), torch.arange(30) % 4)
    log(tmp_path / "few", data, limit_bytes=10 * 3 * 8 * 8 * 2)
    path = tmp_path / "few" / read_log(tmp_path / "few").of("inputs")[0].path
    assert len(safetensors.torch.load_file(path)["inputs"]) == 10
    log(tmp_path / "none", data, inputs=False)
    assert not read_log(tmp_path / "none").of("inputs")


@pytest.mark.parametrize("wrap", [list, lambda data: DataLoader(data, batch_size=7), iter])
def test_any_kind_of_dataset_is_read_alike(tmp_path, wrap):
    samples = [(torch.rand(1, 8, 8), i % 3) for i in range(20)]
    log(tmp_path / "run", wrap(samples))
    assert [row["class"] for row in read_rows(tmp_path / "run", "images")] == [
        i % 3 for i in range(20)
    ]
    assert len(read_rows(tmp_path / "run", "thumbnails")) == 20


def test_tables_have_no_pictures_and_need_none(tmp_path):
    log(tmp_path / "run", TensorDataset(torch.rand(20, 9), torch.arange(20) % 2))
    assert read_rows(tmp_path / "run", "thumbnails") == []
    assert len(read_rows(tmp_path / "run", "images")) == 20


def test_samples_without_labels_fall_into_planted_groups(tmp_path):
    torch.manual_seed(0)
    centres = torch.arange(3).repeat_interleave(torch.tensor([30, 20, 10]))
    log(tmp_path / "run", TensorDataset(10.0 * centres[:, None] + torch.rand(60, 16)))
    rows = read_rows(tmp_path / "run", "images")
    groups = {}
    for row, centre in zip(rows, centres.tolist(), strict=True):
        groups.setdefault(row["class"], set()).add(centre)
    assert all(len(found) == 1 for found in groups.values())
    names = [row["name"] for row in read_rows(tmp_path / "run", "classes")]
    assert names == [f"group {i + 1}" for i in range(len(names))]
    assert len(names) <= 10


def test_equal_samples_are_one_group():
    assert group_samples(np.ones((7, 4))).tolist() == [0] * 7


def test_a_second_call_and_too_few_ids_are_refused(tmp_path):
    data = TensorDataset(torch.rand(4, 3), torch.arange(4))
    with Recorder(tmp_path / "run", nn.Linear(3, 4), strict=True) as recorder:
        with pytest.raises(StrictError, match="3 ids were given for 4 samples"):
            recorder.log_images(data, ids=["a", "b", "c"])
        recorder.log_images(data)
        with pytest.raises(StrictError, match="called before"):
            recorder.log_images(data)
