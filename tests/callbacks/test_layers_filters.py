"""Filters of the Layers page: marks on a real training, rasters of planted runs, ranks, one filter."""

from base64 import b64decode

import numpy as np
import pytest

from analytics.filter_scaling import scale_filters
from callbacks.layers_filters import show_filter, show_filters, show_hover, show_lists, show_top
from callbacks.layers_filters_candidates import find_candidates, find_last_drop
from callbacks.layers_filters_marks import load_marks
from data.layers import read_filter_statistics
from data.planted_weights import LAYERS
from data.snapshots import list_snapshots, read_tensors
from data.store import open_run
from tests.callbacks.marked_training import DECAYING, DROP, FROZEN, INACTIVE, LEADING

CONV2 = "features.conv2"


@pytest.fixture
def marked(marked_folder, monkeypatch):
    from settings import settings

    monkeypatch.setenv("EPOCHSCOPE_LOGDIR", str(marked_folder))
    settings.cache_clear()
    yield open_run("marked")
    monkeypatch.undo()
    settings.cache_clear()


def asked(*layers, quantity="change", by="filter", order="index"):
    return {"layers": list(layers), "quantity": quantity, "by": by, "order": order}


def cells(packed, steps):
    return np.frombuffer(b64decode(packed["values"]), np.uint8).reshape(-1, steps)


def chart_of(ask, names=("planted",), range_=None):
    (chart,) = show_filters(ask, range_, list(names), None)["charts"]
    return chart


def found(marks):
    return {name: np.flatnonzero(flags).tolist() for name, flags in vars(marks).items()}


def test_a_real_training_is_marked_exactly_where_it_was_spoiled(marked):
    assert found(load_marks(marked, "second", None)) == {
        "frozen": [FROZEN],
        "decay_only": [DECAYING],
        "inactive": [INACTIVE],
        "over_active": [LEADING],
    }
    for layer in ("first", "head"):
        marks = load_marks(marked, layer, None)
        assert not (marks.frozen | marks.decay_only | marks.inactive).any()


def test_the_learning_rate_dropped_where_it_did(marked):
    assert find_last_drop(marked) in (DROP - 1, DROP)


def test_the_lists_of_the_panel_hold_the_marks_of_every_layer(marked):
    (listed,) = show_lists(None, ["marked"], None)["runs"]
    assert listed["marks"]["frozen"] == [("second", [FROZEN])]
    assert listed["marks"]["decay_only"] == [("second", [DECAYING])]
    assert listed["marks"]["inactive"] == [("second", [INACTIVE])]
    for layer in ("first", "second", "head"):
        marks = found(load_marks(marked, layer, None))
        for mark, layers in listed["marks"].items():
            assert dict(layers).get(layer, []) == marks[mark]


def test_layers_that_are_not_read_whole_hold_no_marked_filter(marked, run):
    for one in (marked, run):
        candidates = find_candidates(one, None)
        for row in (row for row in one.layers if row.kind == "layer" and row.neurons):
            if row.layer not in candidates:
                from callbacks.layers_filters_marks import _marks

                marks = _marks(one.name, one.version, row.name, None)
                assert not any(flags.any() for flags in vars(marks).values())


def test_a_frozen_filter_is_cut_out_of_the_raster_with_its_number(marked):
    chart = chart_of(asked("second"), ["marked"])
    assert chart["cut"] == [FROZEN]
    assert FROZEN not in chart["rows"]
    assert chart["runs"][0]["cut"] == ["frozen"]
    assert chart["runs"][0]["marks"]["over_active"] == [LEADING]


@pytest.mark.parametrize("by", ["layer", "filter", "step"])
def test_a_raster_holds_the_scaled_change_of_every_filter(run, by):
    chart = chart_of(asked(CONV2, by=by))
    recorded = read_filter_statistics(run, CONV2, ["change"], "validation")
    change = recorded.values["change"].T.astype(np.float64)
    shares = scale_filters(change, by).shares
    assert chart["runs"][0]["steps"] == recorded.steps.tolist()
    painted = cells(chart["runs"][0]["cells"], len(recorded.steps))
    wanted = np.where(np.isnan(shares), 255, np.rint(shares * 200))
    np.testing.assert_array_equal(painted, wanted[chart["rows"]])


def test_signed_quantities_have_their_zero_in_the_middle(run):
    chart = chart_of(asked(CONV2, quantity="mean", by="layer"))
    recorded = read_filter_statistics(run, CONV2, ["mean"], "validation")
    painted = cells(chart["runs"][0]["cells"], len(recorded.steps)).astype(int)
    mean = recorded.values["mean"].T[chart["rows"]].astype(np.float64)
    assert chart["signed"]
    np.testing.assert_array_equal(painted, np.rint((mean / np.abs(mean).max() + 1) / 2 * 200))
    assert chart["runs"][0]["ends"] == [-np.abs(mean).max(), np.abs(mean).max()]


def test_outputs_that_are_never_below_zero_are_not_drawn_as_signed(run):
    assert not chart_of(asked(CONV2, quantity="activation_mean"))["signed"]


def test_every_order_shows_every_filter_once(run):
    for order in ("index", "activity", "similarity"):
        assert sorted(chart_of(asked(CONV2, order=order))["rows"]) == list(range(32))


def test_a_link_that_means_nothing_shows_the_default(run):
    wrong = chart_of(asked(CONV2, quantity="colour", by="row", order="size"))
    assert wrong == chart_of(asked(CONV2))


def test_two_runs_share_rows_and_scale(runs):
    chart = chart_of(asked(CONV2, by="layer"), ["planted", "project/failing"])
    assert len(chart["runs"]) == 2
    assert chart["runs"][0]["ends"] == chart["runs"][1]["ends"]
    maxima = [cells(run["cells"], len(run["steps"])) for run in chart["runs"]]
    assert max(one[one <= 200].max() for one in maxima) == 200


def test_a_layer_that_no_run_has_is_left_out(run):
    ask = asked("no such layer")
    assert show_filters(ask, None, ["planted"], None) == {"charts": [], "asked": ask}
    assert show_filters(None, None, ["planted"], None) == {"charts": [], "asked": None}


def ask_top(*steps, every=False, k=None, measure="change"):
    return {"steps": list(steps), "every": every, "k": k, "measure": measure}


def changes_at(run, step, measure="change"):
    """Every filter's change at a validated step, as (change, layer, filter), most first."""
    changes = []
    for layer in LAYERS:
        recorded = read_filter_statistics(run, layer.name, [measure], "validation", step, step)
        changes += [
            (-float(one), layer.layer, at, layer.name)
            for at, one in enumerate(recorded.values[measure][0])
        ]
    return [(name, at) for _, _, at, name in sorted(changes)]


def value_at(run, step, measure, layer, filter_):
    recorded = read_filter_statistics(run, layer, [measure], "validation", step, step)
    return float(recorded.values[measure][0, filter_])


@pytest.mark.parametrize("measure", ["change", "relative"])
def test_the_top_filters_are_those_that_changed_most(run, planted, measure):
    step = int(planted.validation_steps[13])
    payload = show_top(ask_top(step, k=12, measure=measure), ["planted"], None)
    # Logged changes are rounded: of two that are equal in the log either may be the larger one.
    wanted = [value_at(run, step, measure, *pair) for pair in changes_at(run, step, measure)[:12]]
    found = [value_at(run, step, measure, *pair) for pair in payload["filters"]]
    assert found == wanted
    assert payload["runs"][0]["at"] == [step]


def test_the_filters_that_jump_lead_where_the_class_forgets(run, planted):
    payload = show_top(ask_top(planted.forgets[0], k=2), ["planted"], None)
    assert sorted(payload["filters"]) == [[CONV2, 2], [CONV2, 5]]
    assert payload["layers"] == {CONV2: 2}


def test_a_step_between_two_validations_means_the_one_before(run, planted):
    first, second = planted.validation_steps[[20, 21]].tolist()
    between = show_top(ask_top(second - 1), ["planted"], None)
    assert between["runs"][0]["at"] == [first]


def test_without_a_step_the_last_one_is_ranked_and_two_percent_are_shown(run, planted):
    payload = show_top(ask_top(), ["planted"], None)
    assert payload["runs"][0]["at"] == [int(planted.validation_steps[-1])]
    assert payload["k"] == 3  # 2 % of 106 would be two
    assert payload["runs"][0]["filters"] == 106


def test_several_steps_show_their_union_or_their_intersection(run, planted):
    steps = planted.validation_steps[[9, 17, 25]].tolist()
    tops = [set(changes_at(run, step)[:30]) for step in steps]
    union = show_top(ask_top(*steps, k=30), ["planted"], None)
    both = show_top(ask_top(*steps, k=30, every=True), ["planted"], None)
    assert {tuple(pair) for pair in union["filters"]} == set.union(*tops)
    assert {tuple(pair) for pair in both["filters"]} == set.intersection(*tops)


def test_more_filters_than_the_log_ranks_come_from_the_changes_themselves(run, planted):
    step = int(planted.validation_steps[5])
    shallow = show_top(ask_top(step, k=106), ["planted"], None)
    deep = show_top(ask_top(step, k=1_000), ["planted"], None)
    assert sorted(deep["filters"]) == sorted(shallow["filters"])
    assert len(deep["filters"]) == 106


def test_a_strip_is_scaled_by_the_largest_change_of_each_step(run, planted):
    step = int(planted.validation_steps[13])
    payload = show_top(ask_top(step, k=106), ["planted"], None)
    one = payload["runs"][0]
    painted = cells(one["cells"], len(one["steps"])).astype(int)
    assert (painted.max(0) == 200).all()
    assert painted[0, one["steps"].index(step)] == 200


def test_a_page_of_a_filter_holds_its_weights_classes_and_images(marked):
    payload = show_filter({"layer": "second", "filter": LEADING, "focus": 33}, ["marked"], None)
    (facts,) = payload["runs"]
    assert facts["marks"] == ["over-active"]
    snapshot = max(step for step in list_snapshots(marked) if step <= 33)
    weight = read_tensors(marked, snapshot, ["parameters/second.weight"])[
        "parameters/second.weight"
    ]
    shown = facts["weights"]
    assert (shown["step"], shown["height"], shown["width"]) == (snapshot, 3, 3)
    kernels = weight[LEADING][shown["channels"]].astype(np.float64)
    largest = np.abs(kernels).max()
    assert shown["largest"] == pytest.approx(largest)
    painted = cells(shown["cells"], 9)
    np.testing.assert_array_equal(
        painted, np.rint((kernels.reshape(-1, 9) / largest + 1) / 2 * 200)
    )
    lengths = np.linalg.norm(kernels.reshape(len(kernels), -1), axis=1)
    assert (np.diff(lengths) <= 1e-12).all()
    means = read_tensors(marked, snapshot, ["layers/3/class_mean_after"])
    assert facts["classes"]["count"] == 4
    assert len(means) == 1 or facts["classes"]["means"]
    assert facts["best"]
    assert facts["rank"] is not None
    names = [curve["name"] for curve in facts["curves"]]
    assert {"change", "relative", "mean", "gradient_l2", "activation_mean"} <= set(names)


def test_a_frozen_filter_has_no_rank_and_says_what_it_is(marked):
    payload = show_filter({"layer": "second", "filter": FROZEN, "focus": None}, ["marked"], None)
    assert payload["runs"][0]["marks"] == ["frozen"]
    assert payload["runs"][0]["rank"] is None


def test_a_run_without_snapshots_says_so_on_the_page_of_a_filter(run):
    payload = show_filter({"layer": CONV2, "filter": 2, "focus": None}, ["planted"], None)
    (facts,) = payload["runs"]
    assert facts["weights"] is None
    assert "no snapshots" in facts["note"]
    assert facts["curves"]


def test_a_filter_that_one_run_does_not_have_is_none_of_it(marked):
    ask = {"layer": "second", "filter": 99, "focus": None}
    assert show_filter(ask, ["marked"], None)["runs"] == [None]
    assert show_filter(None, ["marked"], None) is None


def test_a_tooltip_says_change_and_rank_at_the_step(run, planted):
    step = planted.forgets[0]
    ask = {"run": "planted", "layer": CONV2, "filter": 2, "step": step, "quantity": "sum"}
    facts = show_hover(ask)
    recorded = read_filter_statistics(
        run, CONV2, ["change", "relative", "mean"], "validation", step, step
    )
    at = {name: float(values[0, 2]) for name, values in recorded.values.items()}
    assert facts["change"] == pytest.approx(at["change"], rel=1e-3)
    assert facts["relative"] == pytest.approx(at["relative"], rel=1e-3)
    assert facts["value"] == pytest.approx(at["mean"] * 144, rel=1e-3)
    assert facts["rank"] in (1, 2)
    assert facts["key"] == f"planted|{CONV2}|2|{step}"
    assert show_hover({**ask, "filter": 99}) is None
