import numpy as np
import pytest

from analytics.anomaly_filters import rank_filters
from data.changing_filters import (
    read_changing_filters,
    read_filter_changes,
    read_layer_changes,
)
from data.layers import read_top_filters
from tests.epochscope.recording.reading import read_rows


@pytest.mark.parametrize("count", [1, 7, 106, 512])
def test_reads_at_every_step_what_one_step_alone_gives(run, planted, count):
    found = read_changing_filters(run, count)

    assert len(np.unique(found.step)) == len(planted.validation_steps) - 1
    for step in planted.validation_steps[1:].tolist():
        here = found.step == step
        alone = read_top_filters(run, step, count)
        assert found.layer[here].tolist() == alone.layer.tolist()
        assert found.filter[here].tolist() == alone.filter.tolist()


def test_ranks_of_the_raw_changes_are_those_recorded(run):
    recorded = read_changing_filters(run, 512)

    for each in read_filter_changes(run):
        here = recorded.step == each.step
        places = rank_filters(each.change, each.layer, 512)
        names = list(zip(each.layer.tolist(), each.filter.tolist(), strict=True))
        change = dict(zip(names, each.change.tolist(), strict=True))
        named = zip(recorded.layer[here].tolist(), recorded.filter[here].tolist(), strict=True)
        # By value: what is written as one float32 was ranked as two float64.
        assert [change[name] for name in named] == each.change[places].tolist()


def test_reads_the_relative_change_on_request(run):
    cosine, relative = read_filter_changes(run)[0], read_filter_changes(run, relative=True)[0]
    moved = cosine.change > 0
    assert (relative.change[moved] > cosine.change[moved]).all()  # 1 - cos is about its half square


@pytest.mark.parametrize("count", [0, 513])
def test_refuses_ranks_that_are_not_kept(run, count):
    with pytest.raises(ValueError, match="ranks 1 to 512"):
        read_changing_filters(run, count)


def test_layers_move_as_their_statistics_say(run, planted):
    found = read_layer_changes(run)

    for layer, change in zip(found.layers.tolist(), found.change, strict=True):
        rows = read_rows(planted.folder, "layer_stat", layer=layer, kind="weight")
        changed = {row["step"]: row["change"] for row in rows if row["change"] is not None}
        assert sorted(changed) == found.steps.tolist()
        assert change.tolist() == [changed[step] for step in found.steps.tolist()]


def test_a_run_without_validations_has_none(runs):
    from data.store import open_run

    plain = open_run("plain")
    assert not len(read_changing_filters(plain, 3).step)
    assert read_filter_changes(plain) == []
    assert not len(read_layer_changes(plain).steps)
