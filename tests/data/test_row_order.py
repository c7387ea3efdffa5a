"""Readers of look-ups, whose rows come in no order, answer the same whatever the order is."""

import numpy as np
import pytest

from data.answers import read_answers
from data.classes import read_class_curves, read_class_images
from data.filter_pixels import read_filter_pixels
from data.layer_series import read_layer_series
from data.layers import read_filter_statistics, read_top_filters
from data.memory import find_arrays, forget_all
from data.run_files import RunFiles

READERS = {
    "answers": lambda run, _: read_answers(run),
    "curves": lambda run, _: read_class_curves(run),
    "images": lambda run, _: read_class_images(run, 3),
    "pixels": lambda run, _: read_filter_pixels(run, [1, 2]),
    "series": lambda run, _: read_layer_series(run, [2, 1], "weight", ("mean", "bins")),
    "statistics": lambda run, _: read_filter_statistics(run, 2, ("change", "l2"), "validation"),
    "top": lambda run, planted: read_top_filters(run, int(planted.validation_steps[9])),
}


@pytest.mark.parametrize("reader", READERS)
def test_rows_in_another_order_are_read_the_same(run, planted, monkeypatch, reader):
    rng = np.random.default_rng(1)
    look_up = RunFiles.look_up

    def look_up_mixed(*given, **named):
        rows = look_up(*given, **named)
        return rows.take(rng.permutation(rows.num_rows))

    forget_all()
    expected = list(find_arrays(READERS[reader](run, planted)))
    forget_all()
    with monkeypatch.context() as patch:
        patch.setattr(RunFiles, "look_up", look_up_mixed)
        found = list(find_arrays(READERS[reader](run, planted)))
    forget_all()
    assert sum(each.size for each in expected) > 100
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_no_layers_have_no_pixels(run):
    assert read_filter_pixels(run, []) == {}
