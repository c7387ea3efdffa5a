"""Filters are painted as they changed, whichever layers are asked for together."""

import numpy as np
import pyarrow as pa
import pytest

from data.filter_pixels import read_filter_pixels
from data.planted_weights import describe_layers
from data.store import open_run
from epochscope.log_writer import LogWriter
from epochscope.scales import MISSING, encode_change
from tests.data.planted_rows import rows_of


@pytest.mark.parametrize("layers", [[2], [1, 2, 3], [5, 1], [3, 0, 5]])
def test_pixels_are_the_changes_on_their_scale(run, planted, layers):
    widths = {row.layer: row.neurons or 0 for row in run.layers}
    found = read_filter_pixels(run, layers)
    assert list(found) == layers
    for layer in layers:
        rows = rows_of(planted, "filter_stat", layer=layer)[1:]
        assert found[layer].steps.tolist() == [row["step"] for row in rows]
        expected = [encode_change(np.array(row["change"])) for row in rows]
        assert found[layer].change.shape == (len(rows), widths[layer])
        np.testing.assert_array_equal(
            found[layer].change, np.reshape(expected, found[layer].change.shape)
        )


def test_rows_of_several_files_are_in_order_and_what_a_row_lacks_is_missing(logdir):
    writer = LogWriter.create(logdir / "a", {})
    writer.commit_meta({"layers": describe_layers()})
    width = next(row for row in open_run("a").layers if row.layer == 1).neurons
    octets = {
        4: bytes(range(width)),  # as wide as the layer
        8: b"\x05",  # shorter
        2: bytes(range(width + 3)),  # wider
        6: None,  # no change
        3: b"",
    }
    for step, change in octets.items():
        row = {"step": step, "layer": 1, "series": "validation", "change_px": change,
               **{name: [0.0] * width for name in ("mean", "sd", "min", "max", "l2")}}  # fmt: skip
        writer.commit_step(step, {"filter_stat": pa.Table.from_pylist([row])})
    found = read_filter_pixels(open_run("a"), [1])[1]
    assert found.steps.tolist() == [2, 3, 4, 8]
    whole, none = list(range(width)), [MISSING] * width
    assert found.change.tolist() == [whole, none, whole, [5, *none[1:]]]
