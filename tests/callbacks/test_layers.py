"""The callbacks of the Layers page load only the shown levels and pack what was recorded of them."""

from base64 import b64decode

import numpy as np
import pytest

from callbacks.anomalies import AnomalySettings, find_anomalies
from callbacks.layers import show_rows, show_structure
from callbacks.layers_anomalies import show_anomaly_layers
from data.demos import write_planted_run
from data.layers import read_filter_statistics, read_top_filters
from tests.browser.layers_log import LAYERS, layers_within, planted_weights, write_nested_run

PLACES = 12


@pytest.fixture
def nested(logdir):
    write_nested_run(logdir, places=PLACES)
    write_nested_run(logdir, "unpooled", places=PLACES, pooled=False)
    return logdir


def floats(payload):
    return np.frombuffer(b64decode(payload["floats"]), "<f4").reshape(payload["lines"], -1)


def ask(*rows, names=("nested",), **options):
    asked = {"rows": [list(row) for row in rows], **options}
    return {row["name"]: row for row in show_rows(asked, list(names), None)["rows"]}


def test_the_structure_names_levels_nodes_and_spreads(nested):
    payload = show_structure(["nested"], None)
    names = [level["name"] for level in payload["levels"]]
    assert names == [
        "stem",
        "body",
        "body.0",
        "body.0.a",
        "body.0.b",
        "body.0.down",
        "body.1",
        "head",
    ]
    assert [level["depth"] for level in payload["levels"]] == [0, 0, 1, 2, 2, 2, 1, 0]
    assert [level["sub"] for level in payload["levels"]][:4] == [
        "4 filters, 3×3", "4 layers", "3 layers", "6 filters, 3×3",
    ]  # fmt: skip
    (graph,) = payload["graphs"]
    drawn = [names[place] if place >= 0 else kind for kind, place, _, _ in graph["nodes"]]
    assert drawn == [
        "input",
        "stem",
        "body.0.a",
        "body.0.b",
        "body.0.down",
        "join",
        "body.1",
        "pool",
        "head",
    ]
    spread = payload["levels"][0]["spread"][0]
    assert spread["initial"] == pytest.approx(planted_weights(LAYERS["stem"], 0).std(), rel=1e-3)
    assert spread["default"] == pytest.approx(1 / np.sqrt(3 * 27))


@pytest.mark.parametrize("type_", ["line", "box", "heat", "ratio"])
def test_a_module_without_rows_says_to_open_it(nested, type_):
    what = "change ratio" if type_ == "ratio" else "weights"
    row = ask(("body", type_), names=("unpooled",))["body"]
    assert row["runs"][0]["missing"] == f"no {what} recorded of the whole: open it"


def test_a_heat_map_holds_the_distribution_on_one_scale(nested):
    rows = ask(("stem", "heat"), ("head", "heat"))
    scales = {tuple(row["runs"][0]["scale"]) for row in rows.values()}
    values = [planted_weights(LAYERS[name], place) for name in rows for place in range(PLACES)]
    low, high = min(map(np.min, values)), max(map(np.max, values))
    ((found_low, found_high),) = scales
    assert (found_low, found_high) == (pytest.approx(low, rel=1e-3), pytest.approx(high, rel=1e-3))
    cells = np.frombuffer(b64decode(rows["stem"]["runs"][0]["cells"]["values"]), np.uint8)
    counts, _ = np.histogram(planted_weights(LAYERS["stem"], 3), 40, (found_low, found_high))
    found = cells.reshape(40, PLACES)[:, 3]
    assert abs(int(found.argmax()) - int(counts.argmax())) <= 1
    assert found.max() == 200


def test_heat_maps_of_normalisations_have_a_scale_of_their_own(logdir):
    write_nested_run(logdir, places=3, types={"stem": "BatchNorm2d", "body.1": "LayerNorm"})
    levels = show_structure(["nested"], None)["levels"]
    assert [one["name"] for one in levels if one["norm"]] == ["stem", "body.1"]
    rows = ask(*((name, "heat") for name in ("stem", "body.0.a", "body.1", "head")))
    norms, others = (
        {tuple(rows[name]["runs"][0]["scale"]) for name in names}
        for names in (("stem", "body.1"), ("body.0.a", "head"))
    )
    assert (len(norms), len(others), len(norms | others)) == (1, 1, 2)


def test_a_level_that_a_run_does_not_have_says_so(nested):
    rows = ask(("nowhere", "line"), ("stem", "line"))
    assert rows["nowhere"]["runs"] == [{"missing": "not in this run"}]
    assert rows["stem"]["runs"][0]["lines"] == 1


def test_values_that_were_not_recorded_say_so(nested):
    row = ask(("stem", "line"), values="activation")["stem"]
    assert row["runs"] == [{"missing": "no activations recorded"}]


def test_what_means_nothing_is_its_default(nested):
    strange = ask(("stem", "spiral"), values="x", stat="mode", ratio=["7", "a"], scale=3)["stem"]
    assert strange["type"] == "horizon"
    np.testing.assert_array_equal(
        floats(strange["runs"][0]), floats(ask(("stem", "line"))["stem"]["runs"][0])
    )


def test_layers_that_only_one_of_two_runs_has_are_counted(nested):
    write_planted_run(nested, "planted", validations=5)
    payload = show_structure(["nested", "planted"], None)
    assert payload["only"] == [
        {"runs": ["nested"], "layers": 6},
        {"runs": ["planted"], "layers": 4},
    ]
    assert [graph["runs"] for graph in payload["graphs"]] == [[0], [1]]


def test_runs_that_are_built_alike_share_one_graph(nested):
    payload = show_structure(["nested", "unpooled"], None)
    assert (payload["only"], [graph["runs"] for graph in payload["graphs"]]) == ([], [[0, 1]])


def test_nothing_is_chosen_and_nothing_is_loaded(nested):
    assert show_structure([], None) is None
    assert show_rows(None, ["nested"], None) is None
    assert show_rows({"rows": []}, ["nested"], None) is None


def test_module_rows_are_those_of_all_weights_within(nested):
    found = floats(ask(("body", "line"), stat="l2")["body"]["runs"][0])[0]
    rows = layers_within(2)
    expected = [
        np.sqrt((np.concatenate([planted_weights(row, place) for row in rows]) ** 2).mean())
        for place in range(PLACES)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-3)


@pytest.mark.parametrize("threshold", [20, 40, 60])
def test_layers_with_anomaly_filters_hold_the_top_of_an_anomaly_iteration(run, threshold):
    found = find_anomalies(run, AnomalySettings(threshold=threshold))
    steps = found.steps[found.chosen.any(0)]
    layers = {row.layer: row.name for row in run.layers}
    tops = [read_top_filters(run, step, 1).layer.tolist() for step in steps.tolist()]
    expected = sorted({layers[layer] for top in tops for layer in top})
    assert show_anomaly_layers({"top": 1, "threshold": threshold}, ["planted"], None) == expected


@pytest.mark.parametrize("measure", ["change", "relative"])
def test_anomaly_filters_are_ranked_as_correlation_ranks_them(run, measure):
    found = find_anomalies(run, AnomalySettings(threshold=20))
    steps = found.steps[found.chosen.any(0)]
    moved = {}  # by layer, (step, filter)
    for row in run.layers:
        if row.neurons:
            read = read_filter_statistics(run, row.layer, [measure], "validation")
            moved[row.name] = read.values[measure][np.searchsorted(read.steps, steps)]
    most = [max(moved, key=lambda name: moved[name][place].max()) for place in range(len(steps))]
    asked = {"top": 1, "threshold": 20, "options": {"correlation.change": measure}}
    assert show_anomaly_layers(asked, ["planted"], None) == sorted(set(most))


def test_where_nothing_reaches_the_threshold_no_layer_has_anomaly_filters(run):
    assert show_anomaly_layers({"threshold": 100}, ["planted"], None) == []
    assert show_anomaly_layers(None, ["planted"], None) is None
