"""What the loss and error charts are given for planted runs."""

import numpy as np
import pytest
from dash import no_update

from callbacks.overview_curves import show_error, show_loss
from data.demos import open_planted_run, write_plain_run, write_planted_run

VIEW = {"smoothing": 0.6, "axis": "step", "loss": "linear", "marks": "on", "buckets": 400}


def find(figure, role, part=None):
    return [
        trace
        for trace in figure.data
        if trace.meta["role"] == role and part in (None, trace.meta.get("part"))
    ]


def words(children):
    if isinstance(children, str):
        return children
    parts = children if isinstance(children, list | tuple) else [children]
    return "".join(part if isinstance(part, str) else words(part.children or "") for part in parts)


def values_of(planted, name):
    rows = planted.scalars.names == name
    return planted.scalars.steps[rows], planted.scalars.values[rows]


def test_waits_for_the_runs_and_for_the_width(runs):
    assert show_loss(None, None, None, VIEW) == (no_update,) * 3
    assert show_error(["planted"], None, None, None) == (no_update,) * 3


def test_the_band_reaches_the_lowest_and_the_highest_value_of_every_bucket(runs, planted):
    figure, _, _ = show_loss(["planted"], None, None, VIEW)
    steps, values = values_of(planted, "train/loss")
    [band] = find(figure, "band", "train")
    n = len(band.x) // 2
    assert n <= 400
    assert band.y[:n].max() == np.float32(values.max())
    assert band.y[n:].min() == np.float32(values.min())
    at = dict(zip(steps.tolist(), values.tolist(), strict=True))
    assert band.y.tolist() == pytest.approx([at[step] for step in band.x.tolist()])


def test_one_step_among_a_million_is_on_the_chart_and_in_words(logdir):
    planted = write_plain_run(logdir, "long", steps=1_000_000, spike_at=500_123)
    figure, _, text = show_loss(["long"], None, None, VIEW)
    steps, values = values_of(planted, "train/loss")
    peak = values[steps == 500_123].item()

    [triangle] = find(figure, "spike")
    assert triangle.x == (500_123,)
    assert triangle.customdata[0][0] == pytest.approx(peak)
    [band] = find(figure, "band", "train")
    assert band.x[np.argmax(band.y)] == 500_123
    assert band.y.max() == np.float32(peak)
    assert "at step 500,123" in find(figure, "words")[0].text[0]
    assert "at step 500,123." in words(text)
    assert figure.layout.yaxis.range[1] < 5, "the spike does not flatten the curve"


def test_zooming_in_reads_the_steps_one_by_one(logdir):
    write_plain_run(logdir, "long", steps=100_000, spike_at=50_123)
    figure, _, _ = show_loss(["long"], [50_100, 50_199], None, VIEW)
    [band] = find(figure, "band", "train")
    assert band.x[:100].tolist() == list(range(50_100, 50_200))
    assert figure.layout.xaxis.range == (50_100, 50_199)


def test_nothing_is_drawn_from_the_first_nan(runs):
    figure, _, text = show_loss(["project/failing"], None, None, VIEW)
    [cross] = find(figure, "bad", "train")
    assert cross.x == (726,)
    assert "NaN from step 726" in cross.text[0]
    [line], [band] = find(figure, "line", "train"), find(figure, "band", "train")
    assert line.x.max() < 726
    assert 700 < band.x.max() < 726
    assert find(figure, "line", "validation")[0].x.max() == 4_000
    assert "NaN from step 726." in words(text)


def test_a_range_after_the_nan_still_says_so(runs):
    figure, _, text = show_loss(["project/failing"], [1_000, 2_000], None, VIEW)
    [cross] = find(figure, "bad", "train")
    assert cross.x == (1_000,)
    assert len(find(figure, "line", "train")[0].x) == 0
    assert "nothing finite in this range" in words(text)


def test_a_range_before_the_nan_does_not_show_it(runs):
    figure, _, _ = show_loss(["project/failing"], [100, 600], None, VIEW)
    assert find(figure, "bad") == []


def test_several_broken_runs_are_named_beside_their_crosses(logdir):
    write_plain_run(logdir, "a", steps=500, nan_at=100)
    write_plain_run(logdir, "b", steps=500, nan_at=300)
    figure, _, _ = show_loss(["a", "b"], None, None, VIEW)
    texts = [cross.text[0] for cross in find(figure, "bad")]
    assert "a: NaN from step 100" in texts[0]
    assert "b: NaN from step 300" in texts[1]


def test_smoothing_changes_the_line_but_neither_band_nor_validation(runs):
    rough, _, _ = show_loss(["planted"], None, None, VIEW | {"smoothing": 0})
    smooth, _, _ = show_loss(["planted"], None, None, VIEW | {"smoothing": 0.95})
    [before], [after] = find(rough, "line", "train"), find(smooth, "line", "train")
    assert np.abs(np.diff(after.y)).sum() < np.abs(np.diff(before.y)).sum()
    for role, part in (("band", "train"), ("line", "validation")):
        [one], [other] = find(rough, role, part), find(smooth, role, part)
        np.testing.assert_array_equal(one.y, other.y)


def test_stages_and_recorded_steps_stand_under_the_axis(runs, planted):
    figure, _, _ = show_loss(["planted"], None, None, VIEW)
    [stage], [recorded] = find(figure, "stage"), find(figure, "recorded")
    steps, rates = values_of(planted, next(n for n in planted.scalars.names if n.startswith("lr/")))
    changes = steps[1:][np.diff(rates) != 0]
    assert stage.x[::3].tolist() == changes.tolist()
    assert recorded.x[::3].tolist() == planted.validation_steps.tolist()
    unmarked, _, _ = show_loss(["planted"], None, None, VIEW | {"marks": "off"})
    assert find(unmarked, "recorded") == []


def test_epochs_and_time_are_axes_of_their_own(runs):
    epoch, _, _ = show_loss(["planted"], None, None, VIEW | {"axis": "epoch"})
    assert epoch.layout.xaxis.title.text == "epoch"
    assert epoch.layout.xaxis.range[1] == pytest.approx(20, abs=0.2)
    timed, _, _ = show_loss(["planted"], None, None, VIEW | {"axis": "time"})
    assert timed.layout.xaxis.title.text == "seconds since the run began"
    assert timed.layout.xaxis.range[1] == pytest.approx(40, rel=0.05)
    ranged, _, _ = show_loss(["planted"], [1_000, 2_000], None, VIEW | {"axis": "time"})
    assert ranged.layout.xaxis.range == pytest.approx((10, 20), rel=0.05)


def test_a_logarithmic_axis_shows_the_spike_whole(runs):
    figure, _, _ = show_loss(["planted"], None, None, VIEW | {"loss": "log"})
    assert figure.layout.yaxis.type == "log"
    assert 10 ** figure.layout.yaxis.range[1] > 40


def test_errors_start_at_zero_and_are_percentages(runs):
    figure, note, text = show_error(["planted"], None, None, VIEW)
    assert figure.layout.yaxis.range[0] == 0
    assert figure.layout.yaxis.ticktext[-1].endswith(" %")
    assert note == []
    assert "planted validation/error: from step 0 to 4,000" in words(text)


def test_a_run_without_errors_says_what_records_them(runs):
    figure, note, _ = show_error(["plain"], None, None, VIEW)
    assert figure is None
    assert "plain has recorded no error" in words(note)
    assert "recorder.validate(validation_loader)" in words(note)


def test_a_run_that_only_scores_is_named_beside_one_with_errors(runs):
    figure, note, _ = show_error(["planted", "scores"], None, None, VIEW)
    assert {trace.meta["run"] for trace in find(figure, "line")} == {"planted"}
    assert "scores has recorded no error" in words(note)
    assert "the page Validation shows the scores instead." in words(note)


def test_a_run_that_is_not_there_leaves_the_others_their_colours(runs):
    figure, _, _ = show_loss(["gone", "planted"], None, None, VIEW)
    assert {trace.meta["place"] for trace in find(figure, "line")} == {2}


def test_new_steps_of_a_growing_run_appear(logdir):
    growing = open_planted_run(logdir, "growing", steps=1_000, validations=0)
    growing.advance(300)
    before, _, _ = show_loss(["growing"], None, None, VIEW)
    growing.advance(900)
    after, _, _ = show_loss(["growing"], None, None, VIEW)
    assert before.layout.xaxis.range[1] == 300
    assert after.layout.xaxis.range[1] == 900
    assert find(after, "band")[0].x.max() == 900
    growing.finish()


def test_four_runs_fit_into_what_a_screen_needs(logdir):
    names = [f"run{n}" for n in range(4)]
    for seed, name in enumerate(names):
        write_planted_run(logdir, name, steps=5_000, validations=40, seed=seed, pictures=False)
    figure, _, _ = show_loss(names, None, None, VIEW | {"buckets": 475})
    assert len(find(figure, "line", "train")) == 4
    assert len(figure.to_json()) < 150_000
