import time
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest
from dash import no_update

from analytics.lift import measure_lift
from callbacks import correlation, correlation_lift, correlation_load
from callbacks.anomalies import find_anomalies
from callbacks.correlation_load import find_weighted, load_filters, load_shares
from callbacks.correlation_matrix import SCORE_BINS, load_matrix
from callbacks.correlation_settings import Asked, read_asked
from data.filter_pixels import read_filter_pixels
from data.layers import read_filter_statistics
from data.store import open_run
from epochscope.scales import decode_change, encode_change

SETTINGS = {"window": 3, "threshold": 40, "top": 2}
OPEN = {"iterations": "1", "size": "1"}


def ask(appearances=1, **options):
    named = {f"correlation.{name}": value for name, value in (OPEN | options).items()}
    return {**SETTINGS, "appearances": appearances, "options": named}


@pytest.fixture
def asked():
    return ask()


def names(payload):
    return [one["name"] for one in payload["classes"]]


def test_asks_for_nothing_before_runs_are_chosen(runs, asked):
    assert correlation.show_matrix(asked, None, None) == (no_update, no_update)
    assert correlation.show_matrix(None, ["planted"], None) == (no_update, no_update)
    assert correlation.show_lift("", asked, ["planted"]) is no_update
    assert correlation.show_flipped([], asked, ["planted"]) == []


def test_what_no_option_means_is_as_by_default():
    nonsense = {"correlation.order": "luck", "correlation.within": "-", "correlation.size": "2.5"}
    assert read_asked({"options": nonsense}) == read_asked({}) == Asked(read_asked({}).anomalies)


def test_scores_are_counted_by_the_share_of_the_class_that_flips(runs):
    wanted = read_asked(SETTINGS)
    (shown,) = load_matrix(["planted"], wanted).runs
    found = find_anomalies(open_run("planted"), wanted.anomalies)
    counts, shares = [0] * SCORE_BINS, {}
    for class_, images in enumerate(found.images.tolist()):
        for step in range(len(found.steps)):
            flips = max(int(side[class_, step]) for side in (found.scores.left, found.scores.right))
            if flips:
                share = Fraction(flips, images)
                counts[min(SCORE_BINS - 1, int(share * SCORE_BINS))] += 1
                shares.setdefault(share, (found.class_ids[class_], flips, images))
    class_id, flips, images = shares[max(shares)]
    assert shown.histogram == tuple(counts)
    assert shown.highest == (open_run("planted").class_names[class_id], flips, images)


def test_limits_of_the_link_win_over_those_suggested(runs):
    suggested, _ = correlation.show_matrix(SETTINGS, ["planted"], None)
    assert suggested["limits"] == suggested["suggested"]
    assert suggested["runs"][0]["sets"]
    chosen, _ = correlation.show_matrix(ask(appearances=3), ["planted"], None)
    assert chosen["limits"] == {**suggested["suggested"], "appearances": 3, "iterations": 1, "size": 1}  # fmt: skip
    assert chosen["suggested"] == suggested["suggested"]


def test_orders_classes_as_asked(runs, planted):
    def order(by):
        return correlation.show_matrix(ask(order=by), ["planted"], None)[0]

    shown = set(names(order("similarity")))
    for by in ("appearances", "own", "iterations", "error", "name", "recorded"):
        assert set(names(order(by))) == shown
    assert names(order("name")) == sorted(shown)
    assert names(order("recorded")) == [name for name in planted.class_names if name in shown]
    counts = [len(one["at"]) for one in order("iterations")["runs"][0]["classes"]]
    assert counts == sorted(counts, reverse=True)
    errors = 1 - planted.results.right[:, -1].mean(1)
    last = [errors[planted.class_names.index(name)] for name in names(order("error"))]
    assert last == sorted(last)


def test_orders_classes_by_the_sets_that_are_theirs_alone(runs):
    payload, _ = correlation.show_matrix(ask(order="own"), ["planted"], None)
    run = payload["runs"][0]

    def own(class_):
        at = set(run["classes"][class_]["at"])
        return max(
            len(at & set(one["at"])) ** 2 / one["appearances"] for one in run["sets"]
        )  # fmt: skip

    strengths = [own(class_) for class_ in range(len(payload["classes"]))]
    assert strengths == sorted(strengths, reverse=True)


def test_orders_layers_by_network_or_the_strongest_first(runs):
    def layers(by):
        payload, _ = correlation.show_matrix(ask(rows=by), ["planted"], None)
        return payload["runs"][0]["sets"]

    network = [one["layer"] for one in layers("network")]
    assert network == sorted(network)
    weights = {}
    for one in layers("weight"):
        weight = one["appearances"] * len(one["filters"])
        weights[one["layer"]] = weights.get(one["layer"], 0) + weight
    assert list(weights.values()) == sorted(weights.values(), reverse=True)
    assert {one["layer"] for one in layers("similarity")} == set(network)


def test_looks_at_more_filters_than_filter_top_ranks(run):
    settings = read_asked(SETTINGS).anomalies
    few, many = (load_filters(run, settings, top, False) for top in (106, 600))
    assert few.total == 106
    assert len(many.filters) == len(few.filters)  # all that changed, from filter_stat this time
    key = [
        set(zip(f.step.tolist(), f.layer.tolist(), f.filter.tolist(), strict=True))
        for f in (few.filters, many.filters)
    ]
    assert key[0] == key[1]


def test_shares_are_scaled_over_the_whole_layer(run, planted):
    layer = 2
    change = read_filter_statistics(run, layer, ["change"], "validation").values["change"].T
    painted = decode_change(encode_change(change[:, 1:]))  # as the log's bytes have it
    low, high = painted.min(0), painted.max(0)

    asked = [np.array([9]), np.array([2, 5, 9]), np.array([1])]
    _, found, other = load_shares(run, [layer, layer, 3], asked, "step")
    assert other.shape == (1, found.shape[1])
    assert np.isnan(found[:, 0]).all()  # nothing changed before the first step
    assert found[:, 1:] == pytest.approx(((painted - low) / (high - low))[[2, 5, 9]])


@pytest.mark.parametrize("within", ["step", "filter", "layer"])
def test_shares_of_a_set_are_the_same_beside_others(run, within):
    layers, filters = [2, 2, 3, 2], [np.array(chosen) for chosen in ([9], [2, 5, 9], [1], [5])]
    together = load_shares(run, layers, filters, within)
    for layer, chosen, shares in zip(layers, filters, together, strict=True):
        np.testing.assert_array_equal(shares, load_shares(run, [layer], [chosen], within)[0])


@pytest.mark.parametrize("bytes_", [0, 64 << 20])
def test_changes_of_filters_are_read_ahead_where_they_are_few(runs, asked, monkeypatch, bytes_):
    monkeypatch.setattr(correlation_load, "READ_AHEAD", bytes_)
    correlation_load._pixels.cache_clear()
    layers = []

    def note(run, wanted):
        layers.extend(wanted)
        return read_filter_pixels(run, wanted)

    monkeypatch.setattr(correlation_load, "read_filter_pixels", note)
    run = open_run("planted")
    filters = [np.array([0])]
    early = load_shares(run, [2], filters, "step")
    assert layers == [2]
    _, key = correlation.show_matrix(asked, ["planted"], None)
    drawn = set(layers)
    assert correlation.show_lift(key, asked, ["planted"])["key"] == key
    weighted = sorted(row.layer for row in find_weighted(run))
    assert drawn < set(weighted)
    assert sorted(layers) == (sorted(drawn) if bytes_ == 0 else weighted)  # each once
    np.testing.assert_array_equal(load_shares(run, [2], filters, "step")[0], early[0])
    correlation_load._pixels.cache_clear()


def test_more_pairs_than_can_be_sent_are_not_compared_with_chance(runs, asked, monkeypatch):
    monkeypatch.setattr(correlation_lift, "PAIRS_AT_MOST", 1)
    correlation_lift._lift.cache_clear()
    payload, key = correlation.show_matrix(asked, ["planted"], None)
    (run,) = correlation.show_lift(key, asked, ["planted"])["runs"]
    assert run == {"pairs": len(payload["runs"][0]["sets"]) * len(payload["classes"])}
    assert run["pairs"] > 1
    correlation_lift._lift.cache_clear()


def test_requests_for_the_same_lift_wait_for_one_of_them(runs, asked, monkeypatch):
    correlation_lift._lift.cache_clear()
    measured = []

    def measure(*given):
        measured.append(given)
        time.sleep(0.2)
        return measure_lift(*given)

    monkeypatch.setattr(correlation_lift, "measure_lift", measure)
    _, key = correlation.show_matrix(asked, ["planted"], None)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: correlation.show_lift(key, asked, ["planted"]), range(4)))
    assert len(measured) == 1
    assert all(one == found[0] for one in found)


def test_lift_has_the_rows_and_classes_of_the_matrix(runs, asked):
    payload, key = correlation.show_matrix(asked, ["planted"], None)
    lift = correlation.show_lift(key, asked, ["planted"])

    assert lift["key"] == key == payload["key"]
    run, found = payload["runs"][0], lift["runs"][0]
    cells = len(run["sets"]) * len(payload["classes"])
    assert found["cells"] == cells
    observed = np.frombuffer(b64decode(found["observed"]["values"]), np.uint8)
    literal = [
        len(set(one["at"]) & set(class_["at"])) for one in run["sets"] for class_ in run["classes"]
    ]
    assert observed.tolist() == literal
    assert len(b64decode(found["expected"])) == 4 * cells


def test_the_abstract_version_has_a_row_for_each_layer_with_anomaly_filters(runs):
    matrix = load_matrix(["planted"], read_asked(ask(version="abstract")))
    run = matrix.runs[0]
    assert run.rows.shares.shape == (len(run.rows.layers), len(run.steps))
    assert [bool(run.layers[layer][2]) for layer in range(len(run.layers))] == [
        layer in run.rows.layers for layer in range(len(run.layers))
    ]


def test_finds_what_flipped_at_what_is_pinned(runs, planted, asked):
    step = planted.forgets[0]
    (found,) = correlation.show_flipped([[step, [3, 99]]], asked, ["planted"])
    assert found["step"] == step
    (cat,) = found["classes"]
    assert cat["name"] == "cat"
    slots = {image["image"] - 3 * planted.plan.images_per_class for image in cat["images"]}
    assert set(planted.forgotten_slots.tolist()) <= slots


def test_what_is_no_step_in_a_link_flips_nothing(runs, asked):
    assert correlation.show_flipped([["now", [1]], [-4, [1]]], asked, ["planted"]) == []


def test_suggests_settings_only_once_they_are_asked_for(runs, asked):
    assert correlation.show_suggestions(None, asked, ["planted"]) is no_update
    found = correlation.show_suggestions("planted", asked, ["planted"])
    assert found["wanted"] == "planted"
    assert all(len(one) == 3 for one in found["found"])


def test_runs_without_predictions_or_changes_say_so(runs):
    payload, _ = correlation.show_matrix({}, ["scores", "plain"], None)
    assert payload["runs"] == [None, None]
    assert payload["classes"] == []
    assert correlation.show_strips(["scores"], None)["runs"] == [None]
