"""Filters on the Layers page: what is painted is what was recorded, and every click leads somewhere."""

import numpy as np
import pytest
from playwright.sync_api import expect

from analytics.filter_scaling import scale_filters
from callbacks.layers_anomalies import show_anomaly_layers
from data.layers import read_filter_statistics
from data.store import open_run
from tests.browser.layers_chart import LayersChart
from tests.browser.layers_filters_chart import FilterChart
from tests.browser.layers_visit import TOP_SHOWN, serving, visiting

pytestmark = pytest.mark.browser

CONV2 = "features.conv2"
OPENED = f"layers.open=features,{CONV2}"


@pytest.fixture(scope="module")
def log(server, planted_runs):
    folder = planted_runs["planted"].folder.parent
    with serving(folder):
        yield folder


@pytest.fixture
def show(log, server, kept):
    with visiting(server, kept) as visit:

        def open_page(query, id_="layers-rows"):
            page = visit(query)
            if id_ != "layers-rows":
                page.wait_for_function(TOP_SHOWN)
            return FilterChart(page, id_)

        yield open_page


def shares_of(run, by, column="change"):
    recorded = read_filter_statistics(run, CONV2, [column], "validation")
    return scale_filters(recorded.values[column].T.astype(np.float64), by, column == "mean").shares


@pytest.mark.parametrize("by", ["layer", "filter", "step"])
def test_a_raster_paints_more_change_nearer_to_the_accent(show, run, by):
    chart = show(f"runs=planted&{OPENED}&layers.by={by}")
    key = f"filters-{CONV2}"
    shares = shares_of(run, by)
    numbers = chart.numbers(key)
    np.testing.assert_array_equal(numbers[:, 1:], np.rint(shares[:, 1:] * 200))
    colors = chart.colors(key)[:, 1:]
    accent = np.array(chart.token("--accent").split(","), dtype=int)
    painted = np.array([[list(map(int, cell.split(","))) for cell in row] for row in colors])
    distance = np.abs(painted - accent).sum(2)
    order = np.argsort(numbers[:, 1:], axis=None, kind="stable")
    assert (np.diff(distance.ravel()[order]) <= 3).all()  # rounding of the three colours
    assert (colors[numbers[:, 1:] == 200] == chart.token("--accent")).all()
    assert (colors[numbers[:, 1:] == 0] == chart.token("--sunken")).all()


def test_signed_values_are_painted_around_zero(show, run):
    chart = show(f"runs=planted&{OPENED}&layers.quantity=mean&layers.by=layer")
    key = f"filters-{CONV2}"
    shares = shares_of(run, "layer", "mean")
    np.testing.assert_array_equal(chart.numbers(key), np.rint((shares + 1) / 2 * 200))
    colors = chart.colors(key)
    at = np.unravel_index(np.abs(shares).argmax(), shares.shape)
    assert colors[at] == chart.token("--neg" if shares[at] < 0 else "--pos")


def test_a_run_without_snapshots_says_so(show, planted):
    chart = show(f"runs=planted&filters={CONV2}:2")
    drawer = chart.page.locator("#layers-filter-page")
    expect(drawer).to_contain_text("This run has no snapshots")
    assert drawer.locator("canvas.kernels").count() == 0
    assert drawer.locator("canvas.curve").count() >= 5


def test_a_click_on_a_row_opens_its_filter_and_sets_the_step(show, planted):
    chart = show(f"runs=planted&{OPENED}")
    step = int(planted.validation_steps[20])
    chart.row(f"filters-{CONV2}")
    chart.click(f"filters-{CONV2}", 7, step)
    expect(chart.page.locator("#layers-filter-page h2")).to_have_text("Filter 7")
    assert chart.selection()["step"] == step
    chart.page.go_back()
    expect(chart.page.locator("#layers-filter-page")).to_be_hidden()


def test_the_tooltip_says_what_is_recorded_of_the_hovered_filter(show, run, planted):
    step = planted.forgets[0]
    chart = show(f"runs=planted&{OPENED}")
    chart.row(f"filters-{CONV2}")
    chart.hover(f"filters-{CONV2}", 5, step)
    tip = chart.page.locator(".canvas-tip:visible")
    expect(tip).to_contain_text(f"Filter 5 of {CONV2} at step {step:,}")
    expect(tip).to_contain_text("of 106")
    expect(tip).to_contain_text("This run has no snapshots")
    assert tip.evaluate("box => box.scrollWidth <= box.clientWidth"), "words stay inside"


def test_the_wheel_makes_rows_higher_and_the_link_keeps_it(show):
    chart = show(f"runs=planted&{OPENED}")
    before = chart.row(f"filters-{CONV2}")["height"]
    chart.hover(f"filters-{CONV2}", 3, 2000)
    chart.page.mouse.wheel(0, -100)
    chart.page.wait_for_function(
        "key => window.epochscope.canvas.view('layers-rows').spec.rows.find((row) => row.key === key).height > "
        f"{before}",
        arg=f"filters-{CONV2}",
    )
    assert int(chart.selection()["options"]["layers.filter-height"]) * 32 > before


def test_the_strips_are_the_top_filters_of_the_focus_step(show, planted):
    top = show(f"runs=planted&step={planted.forgets[0]}&top=2", "layers-top-rows")
    assert sorted(top.keys()) == [f"{CONV2}:2", f"{CONV2}:5"]
    at = planted.validation_steps.tolist().index(planted.forgets[0]) - 1
    first = top.keys()[0]
    assert top.numbers(first)[0, at] == 200
    assert top.colors(first)[0, at] == top.token("--accent")
    lit = top.page.evaluate("[...window.epochscope.layers.state.tops]")
    assert lit == [CONV2]


def test_moving_k_shows_more_strips_and_keeps_the_first(show, planted, eventually):
    top = show(f"runs=planted&step={planted.forgets[0]}&top=2", "layers-top-rows")
    before = top.keys()
    top.page.locator("#layers-top-number").fill("9")
    top.page.keyboard.press("Enter")
    eventually(top.page, "window.epochscope.canvas.view('layers-top-rows').spec.rows.length === 9")
    assert top.keys()[:2] == before
    assert top.selection()["top"] == 9


def test_picked_steps_show_the_union_and_all_of_them_the_intersection(show, planted, eventually):
    steps = planted.validation_steps[[9, 25]].tolist()
    query = f"runs=planted&step={steps[0]}&picks={steps[1]}&top=40"
    top = show(query, "layers-top-rows")
    union = set(top.keys())
    expect(top.page.locator("#layers-top-chips .chip")).to_have_count(2)
    show(f"{query}&layers.steps=all", "layers-top-rows")
    both = set(top.keys())
    assert both < union
    assert len(union) + len(both) == 80
    top.page.locator("#layers-top-chips button.chip").click()
    eventually(top.page, "window.epochscope.canvas.view('layers-top-rows').spec.rows.length === 40")
    assert "picks" not in top.selection()


def test_the_name_of_a_strip_opens_its_layer(show, planted):
    top = show(f"runs=planted&step={planted.forgets[0]}&top=1", "layers-top-rows")
    top.page.locator(".top-name").click()
    FilterChart(top.page).row(f"filters-{CONV2}")
    assert CONV2 in top.selection()["options"]["layers.open"].split(",")


def test_two_runs_stand_side_by_side_in_the_same_order(show, planted_runs):
    chart = show(f"runs=planted,project/failing&{OPENED}&layers.order=activity")
    row = chart.row(f"filters-{CONV2}")
    assert len(row["data"]) == 2
    for column, name in enumerate(("planted", "project/failing")):
        shares = chart.numbers(f"filters-{CONV2}", column)
        change = read_filter_statistics(open_run(name), CONV2, ["change"], "validation")
        wanted = change.values["change"].T[row["rows"]]
        assert (shares[:, 0] == 255).all()
        most = wanted[:, 1:].argmax(1)
        assert [int(one) for one in shares[:, 1:].argmax(1)] == most.tolist() or column == 1


def test_charts_are_drawn_again_in_the_other_theme(show, fresh_page, served, visit):
    page = fresh_page(color_scheme="dark")
    page.add_init_script("localStorage.setItem('mantine-color-scheme-value', 'dark')")
    visit(page, f"{served}/layers?runs=planted&{OPENED}")
    chart = FilterChart(page)
    numbers = chart.numbers(f"filters-{CONV2}")
    colors = chart.colors(f"filters-{CONV2}")
    assert (colors[numbers == 200] == chart.token("--accent")).all()

    layers = LayersChart(page)
    bar = layers.bar("features", "charts")
    page.mouse.click(bar["x"], bar["y"])
    layers.wait_for("features", "head.fc")


def test_only_layers_with_anomaly_filters_are_kept(show):
    expected = show_anomaly_layers({"top": 1, "threshold": 40}, ["planted"], None)
    page = show("runs=planted&top=1&threshold=40").page
    chart = LayersChart(page)
    chart.wait_for("features", "head.fc")
    page.locator("#layers-only").click()
    chart.wait_for(*expected)
    expect(page.locator("#layers-anomalies-text")).to_contain_text(f"{len(expected)} layer")
    assert chart.selection()["options"] == {"layers.only": "anomalies"}


def test_a_strip_lights_its_layer_in_the_graph_and_the_level_it_is_inside_of(show, planted):
    step = planted.forgets[0]
    top = show(f"runs=planted&step={step}&top=1", "layers-top-rows")
    lit = """([layer, level]) => {
      const { layers: page, token } = window.epochscope;
      const { levels } = page.state.data;
      const [graph] = page.laid.graphs;
      const node = graph.nodes.find(([, place]) => levels[place]?.name === layer);
      const element = document.getElementById('layers-graph');
      const copy = new OffscreenCanvas(element.width, element.height).getContext('2d', { willReadFrequently: true });
      copy.drawImage(element, 0, 0);
      const ratio = window.devicePixelRatio;
      const [x, y] = [graph.x + 5, graph.top + node[2] * graph.slot];
      const color = [...copy.getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3).join(',');
      return levels[page.state.hovered]?.name === level && color === token('--accent').join(',');
    }"""
    assert not top.page.evaluate(lit, [CONV2, "features"])
    top.hover(top.keys()[0], 0, step)
    top.page.wait_for_function(lit, arg=[CONV2, "features"])
    top.page.mouse.move(0, 0)
    top.page.wait_for_function("() => window.epochscope.layers.state.hovered === -1")
