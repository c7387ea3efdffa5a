"""What the charts of the overview hand to Plotly."""

from dataclasses import replace

import numpy as np
import pytest

from figures.loss_curves import CurveChart, CurveMark, DrawnCurve, StepTicks, draw_loss_curves
from figures.theme import TOKENS

X = np.array([0.0, 10.0, 20.0])
TICKS = StepTicks(np.array([0.0, 7.0, 20.0]), np.array([10.0]), ())
CURVE = DrawnCurve(
    run="base",
    place=2,
    part="train",
    x=X,
    low_x=X + 1,
    high_x=X + 2,
    low=np.array([1.0, 2.0, 3.0]),
    high=np.array([4.0, 5.0, 6.0]),
    mean=np.array([2.0, 3.0, 4.0]),
    line=np.array([2.0, 2.5, 3.0]),
)


def draw(*curves, **settings):
    return draw_loss_curves(CurveChart(curves, TICKS, 0.0, 20.0, 0.0, 6.0, **settings))


def find(figure, role):
    return [trace for trace in figure.data if trace.meta["role"] == role]


def test_the_band_runs_along_the_highest_values_and_back_along_the_lowest():
    [band] = find(draw(CURVE), "band")
    assert band.x.tolist() == [2, 12, 22, 21, 11, 1]
    assert band.y.tolist() == [4, 5, 6, 3, 2, 1]
    assert band.fillcolor.endswith("0.17)")


def test_training_is_solid_and_validation_dashed_in_the_colour_of_the_run():
    solid, dashed = find(draw(CURVE, replace(CURVE, part="validation")), "line")
    assert (solid.line.dash, dashed.line.dash) == ("solid", "5px,3px")
    assert solid.line.color == dashed.line.color == TOKENS["light"]["run-2"]
    assert solid.customdata.tolist() == [2, 3, 4]


def test_a_lone_value_is_a_dot():
    lone = replace(CURVE, **{name: getattr(CURVE, name)[:1] for name in ("x", "line", "mean")})
    assert find(draw(lone), "line")[0].mode == "lines+markers"


def test_whole_steps_travel_as_integers_and_others_as_they_are():
    assert find(draw(CURVE), "line")[0].x.dtype == np.int32
    assert find(draw(replace(CURVE, x=X / 3)), "line")[0].x.dtype == np.float64


def test_what_is_not_finite_is_a_cross_with_its_words_at_the_top():
    bad = replace(CURVE, bad=CurveMark(12.0, "NaN from step 12"))
    [cross] = find(draw(bad), "bad")
    assert (cross.x[0], cross.marker.symbol, cross.yaxis) == (12.0, "x-thin", "y2")
    assert "NaN from step 12" in cross.text[0]
    assert cross.y[0] > 0.9


def test_a_cross_before_the_range_stands_at_its_edge():
    [cross] = find(draw(replace(CURVE, bad=CurveMark(-50.0, "NaN from step 3"))), "bad")
    assert cross.x[0] == 0.0


def test_words_of_several_marks_take_a_row_each():
    curves = [
        replace(CURVE, bad=CurveMark(12.0, "NaN")),
        replace(CURVE, bad=CurveMark(13.0, "NaN")),
    ]
    spiked = replace(CURVE, spikes=(CurveMark(12.5, "spike 90", 90.0),))
    figure = draw(*curves, spiked)
    heights = [t.y[0] for t in (*find(figure, "bad"), *find(figure, "words"))]
    assert min(-np.diff(heights)) > 0.05


def test_a_spike_is_a_triangle_at_its_peak_or_at_the_edge_it_leaves_by():
    spikes = (CurveMark(3.0, "spike 90 at step 3", 90.0), CurveMark(9.0, "spike 5 at step 9", 5.0))
    figure = draw(replace(CURVE, spikes=spikes))
    [triangles] = find(figure, "spike")
    assert list(triangles.x) == [3.0, 9.0]
    assert list(triangles.y) == [6.0, 5.0]
    assert [text for words in find(figure, "words") for text in words.text] == [
        "  spike 90 at step 3  "
    ]


def test_a_run_that_broke_off_has_a_ring_an_upright_and_a_word():
    figure = draw(replace(CURVE, end=CurveMark(20.0, "crashed at 20")))
    assert find(figure, "end")[0].text[1].strip() == "crashed at 20"
    assert (find(figure, "ring")[0].x[0], find(figure, "ring")[0].y[0]) == (20.0, 3.0)


def test_ticks_are_short_for_recorded_steps_and_long_for_stages():
    figure = draw(CURVE)
    [recorded], [stage] = find(figure, "recorded"), find(figure, "stage")
    assert recorded.x[::3].tolist() == [0, 7, 20]
    assert stage.x[::3].tolist() == [10]
    assert recorded.y[0] > stage.y[0]
    assert recorded.line.width == 1


def test_a_schedule_is_a_thin_line_under_the_axis():
    ticks = StepTicks(np.empty(0), np.empty(0), ((3, X, np.array([1.0, 0.5, 0.0])),))
    figure = draw_loss_curves(CurveChart((CURVE,), ticks, 0.0, 20.0, 0.0, 6.0))
    [schedule] = find(figure, "schedule")
    assert (schedule.line.width, schedule.yaxis) == (1, "y3")
    assert find(figure, "recorded") == []


def test_a_logarithmic_axis_has_its_range_in_powers():
    figure = draw_loss_curves(CurveChart((CURVE,), TICKS, 0.0, 20.0, 0.1, 10.0, log=True))
    assert figure.layout.yaxis.type == "log"
    assert list(figure.layout.yaxis.range) == pytest.approx([-1, 1])


def test_shares_end_at_all():
    figure = draw_loss_curves(CurveChart((CURVE,), TICKS, 0.0, 20.0, 0.0, 1.06, share=True))
    assert figure.layout.yaxis.range[1] == 1.0
    assert figure.layout.yaxis.ticktext[-1] == "100 %"


def test_the_template_is_that_of_the_scheme():
    chart = CurveChart((CURVE,), TICKS, 0.0, 20.0, 0.0, 6.0)
    dark = draw_loss_curves(chart, "dark")
    assert dark.layout.template.layout.font.color == TOKENS["dark"]["muted"]
    assert find(dark, "line")[0].line.color == TOKENS["dark"]["run-2"]


@pytest.mark.parametrize(
    ("ends", "format_"),
    [((0.0, 1_200.0), ",d"), ((0.0, 1e6), "~s"), ((500_000.0, 500_040.0), ",d")],
)
def test_steps_are_shortened_only_where_that_hides_nothing(ends, format_):
    figure = draw_loss_curves(CurveChart((CURVE,), TICKS, *ends, 0.0, 6.0))
    assert figure.layout.xaxis.tickformat == format_
