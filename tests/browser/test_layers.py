"""The Layers page shows what was recorded, level by level, and every bar leads to its chart."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.layers_chart import LayersChart
from tests.browser.layers_log import (
    LAYERS,
    PEAK,
    layers_within,
    planted_weights,
    write_nested_run,
)
from tests.browser.layers_visit import serving, visiting
from tests.browser.patience import until

pytestmark = pytest.mark.browser

PLACES = 30
CLOSED = ("stem", "body", "head")
OPENED = ("stem", "body.0.a", "body.0.b", "body.0.down", "body.1", "head")


@pytest.fixture(scope="module")
def log(server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nested-run")
    write_nested_run(folder)
    with serving(folder):
        yield folder


@pytest.fixture
def show(log, server, kept):
    with visiting(server, kept) as visit:
        yield lambda query="": LayersChart(visit(f"runs=nested{query}"))


def statistic(index, measure):
    """A statistic of a level over the recorded steps, from its planted weights."""
    rows = layers_within(index)
    return [
        measure(np.concatenate([planted_weights(one, place) for one in rows]))
        for place in range(PLACES)
    ]


def test_opens_module_block_and_layer_and_closes_the_whole_of_it(show):
    chart = show()
    chart.wait_for(*CLOSED)
    chart.button("body").click()
    chart.wait_for("stem", "body.0", "body.1", "head")
    chart.button("body.0").click()
    chart.wait_for(*OPENED)
    assert chart.selection()["options"] == {"layers.open": "body,body.0"}

    bar = chart.bar("body", "charts")
    assert (bar["look"], bar["width"]) == ("opened", 10)
    chart.page.mouse.click(bar["x"], bar["y"])
    chart.wait_for(*CLOSED)
    chart.page.go_back()
    chart.wait_for(*OPENED)


def test_a_level_has_one_bar_of_one_width_in_the_graph_and_before_its_chart(show):
    chart = show("&layers.open=body")
    widths = {"stem": 3, "body": 10, "body.0": 6, "body.1": 3, "head": 3}
    for name, width in widths.items():
        bars = [chart.bar(name, side) for side in ("graph", "charts")]
        assert [bar["width"] for bar in bars] == [width, width]
    assert [chart.bar("body.0.a", side) and chart.bar("body.0.a", side)["look"]
            for side in ("graph", "charts")] == ["inside", None]  # fmt: skip
    bar = chart.bar("body.0", "graph")
    chart.page.mouse.click(bar["x"], bar["y"])
    chart.wait_for(*OPENED)


def test_charts_hold_the_recorded_statistics_of_layers_and_modules(show):
    chart = show("&layers.open=body")
    for name, index in (("stem", 1), ("body.0", 3), ("head", 8)):
        np.testing.assert_allclose(chart.numbers(name)[0], statistic(index, np.mean), atol=1e-3)
    view = chart.page.locator("#layers-rows")
    expect(view).to_have_attribute("data-rows", "4")
    expect(view).to_have_attribute("data-cells", str(4 * PLACES))


@pytest.mark.parametrize(
    ("option", "measure"),
    [("median", np.median), ("variance", np.var), ("sum", np.sum), ("l1", lambda v: np.abs(v).mean()),
     ("q25", lambda v: np.quantile(v, 0.25))],
)  # fmt: skip
def test_any_statistic_can_be_charted(show, option, measure):
    chart = show(f"&layers.stat={option}")
    expected = statistic(2, measure)
    np.testing.assert_allclose(chart.numbers("body")[0], expected, rtol=2e-3, atol=2e-3)


def test_a_box_shows_true_quantiles(show):
    chart = show("&layers.type=box")
    found = chart.numbers("body")
    for line, share in enumerate((0, 0.25, 0.5, 0.75, 1)):
        expected = statistic(2, lambda values, q=share: np.quantile(values, q))
        np.testing.assert_allclose(found[line], expected, rtol=2e-3, atol=1e-3)


def test_change_ratios_sum_to_one_at_the_thresholds_of_the_link(show):
    chart = show("&layers.type=ratio&layers.ratio=0.1,0.02")
    bands = chart.numbers("stem")
    assert bands.shape == (3, PLACES)
    np.testing.assert_allclose(bands[:, 1:].sum(0), 1, atol=2e-3)
    values = [planted_weights(LAYERS["stem"], place) for place in (4, 5)]
    change = np.abs(values[1] - values[0]) / np.abs(values[0])
    expected = [
        np.mean(change >= 0.1),
        np.mean((change < 0.1) & (change >= 0.02)),
        np.mean(change < 0.02),
    ]
    np.testing.assert_allclose(bands[:, 5], expected, atol=2e-3)


def test_a_pixel_of_a_horizon_is_its_value_and_a_peak_keeps_its_height(show):
    chart = show("&layers.open=body")
    row, values = chart.rows()["body.1"], chart.numbers("body.1")[0]
    pixels = chart.pixels("body.1")
    assert row["most"] == pytest.approx(np.abs(values).max())
    strengths = (0.3, 0.62, 1.0)
    colors = {
        sign: [chart.mixed("surface", token, s) for s in strengths]
        for sign, token in ((1, "pos"), (-1, "neg"))
    }
    for place in (0, 3, PEAK, 20):
        bands = abs(values[place]) / row["most"] * 3
        full = min(2, int(bands))
        filled = (pixels[place] == colors[1 if values[place] > 0 else -1][full]).sum()
        assert filled == pytest.approx((bands - full) * len(pixels[place]), abs=1.5)
    assert (pixels[PEAK] == colors[1][2]).all()


def test_one_scale_for_all_stands_in_the_legend_and_own_scales_beside_the_charts(show):
    chart = show()
    legend = chart.page.locator("#layers-legend")
    most = {name: row["most"] for name, row in chart.rows().items()}
    assert len(set(most.values())) == 1
    largest = max(np.abs(chart.numbers(name)).max() for name in CLOSED)
    assert most["stem"] == pytest.approx(largest)
    expect(legend).to_contain_text("mean of the weights")
    expect(legend).to_contain_text(f"+{largest:.3g}")

    chart.page.get_by_text("own", exact=True).click()
    chart.page.wait_for_function(
        "() => window.epochscope.canvas.view('layers-rows').spec.scales.same === false"
    )
    for name, row in chart.rows().items():
        assert row["most"] == pytest.approx(np.abs(chart.numbers(name)).max())


def test_the_focus_step_is_read_off_at_the_right(show):
    chart = show("&step=200&layers.stat=sd")
    expected = statistic(LAYERS["stem"], np.std)[20]
    assert float(chart.read("stem").inner_text()) == pytest.approx(expected, rel=2e-3)
    expect(chart.page.locator("#layers-text")).to_contain_text("at step 200")


def test_a_click_moves_the_focus_and_shift_click_picks_steps(show):
    chart = show()
    chart.page.mouse.click(*chart.place("stem", 100))
    chart.page.wait_for_function("() => window.epochscope.selection().step === 100")
    assert chart.selection()["layers"] == ["stem"]
    chart.page.keyboard.down("Shift")
    chart.page.mouse.click(*chart.place("body", 50))
    chart.page.mouse.click(*chart.place("body", 250))
    chart.page.keyboard.up("Shift")
    chart.page.wait_for_function("() => window.epochscope.selection().picks?.length === 2")
    assert (chart.selection()["picks"], chart.selection()["step"]) == ([50, 250], 100)


def test_updates_stand_above_with_the_guide_and_the_initial_spread_in_the_tip(show):
    chart = show("&step=100")
    lines = chart.page.evaluate(
        "window.epochscope.canvas.view('layers-head').spec.rows.find(({ key }) => key === 'updates').data[0]"
    )
    guide, decay, gradient = lines
    assert set(guide["values"]) == {-3}
    assert gradient["values"][5] == pytest.approx(-2, abs=1e-3)
    assert decay["values"][5] == pytest.approx(-4, abs=1e-3)
    chart.page.mouse.move(*chart.place("stem", 100))
    tip = chart.page.locator(".canvas-tip:not([hidden])")
    expect(tip).to_contain_text("initial sd")
    expect(tip).to_contain_text("expected 0.111 (PyTorch)")


def test_the_link_restores_what_was_chosen(show, server):
    query = "&step=120&layers.open=body&layers.type=line&layers.types=body.0:heat,stem:box&layers.scale=own"
    chart = show()
    chart.page.goto(f"{server}/layers?runs=nested{query}")
    chart.wait()
    kinds = {name: row["kind"] for name, row in chart.rows().items()}
    assert kinds == {"stem": "box", "body.0": "heat", "body.1": "line", "head": "line"}
    expect(chart.page.locator("#layers-type input:checked")).to_have_value("line")
    assert chart.page.url.endswith(f"/layers?runs=nested{query}")


def test_a_search_finds_layers_of_any_depth_and_sorting_keeps_them(show):
    chart = show("&layers.sort=change&step=110")
    chart.page.locator("#layers-search").fill("body")
    chart.wait_for(
        "body.1", *sorted(("body.0.a", "body.0.b", "body.0.down"), key=_change, reverse=True)
    )
    chart.page.locator("#layers-search").fill("only linear")
    chart.wait_for("head")


def _change(name):
    before, now = (planted_weights(LAYERS[name], place) for place in (10, 11))
    return np.linalg.norm(now - before) / np.linalg.norm(before)


def test_keys_choose_open_close_and_change_the_type(show):
    chart = show()
    chart.page.locator("#layers-rows").focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        chart.page.keyboard.press(key)
    chart.wait_for("stem", "body.0", "body.1", "head")
    chart.page.keyboard.press("Escape")
    chart.wait_for(*CLOSED)
    chart.page.keyboard.press("1")
    chart.page.wait_for_function(
        "() => window.epochscope.canvas.view('layers-rows').spec.rows[0].kind === 'line'"
    )
    chart.page.locator("#layers-rows").focus()
    chart.page.keyboard.press("/")
    expect(chart.page.locator("#layers-search")).to_be_focused()


def test_without_predictions_no_layer_holds_anomaly_filters(show):
    chart = show()
    chart.page.locator("#layers-only").click()
    chart.page.wait_for_function("() => window.epochscope.layers.state.anomalies !== null")
    expect(chart.page.locator("#layers-rows ~ .labels")).to_contain_text(
        "No layer holds anomaly filters."
    )


def test_a_chosen_layer_lights_the_closed_level_it_is_inside_of(show):
    chart = show("&layers=body.0.a")
    bar = chart.bar("body", "charts")
    shade = """([x, y]) => {
      const element = document.getElementById('layers-graph');
      const box = element.getBoundingClientRect();
      const ratio = window.devicePixelRatio;
      const copy = new OffscreenCanvas(element.width, element.height).getContext('2d', { willReadFrequently: true });
      copy.drawImage(element, 0, 0);
      return [...copy.getImageData((x - box.left) * ratio, (y - box.top) * ratio, 1, 1).data].at(-1);
    }"""
    other = chart.bar("stem", "charts")
    assert chart.page.evaluate(shade, [bar["x"], bar["y"]]) == 255
    assert chart.page.evaluate(shade, [other["x"], other["y"]]) < 255


def test_the_lower_edge_of_a_chart_is_dragged_and_the_link_keeps_its_height(show):
    chart = show()
    before = chart.rows()["stem"]["height"]
    height = """height => window.epochscope.canvas.view('layers-rows').spec.rows[0].height === height
      && !window.epochscope.layers.state.dragged"""
    chart.page.mouse.move(*chart.place("stem", 100))
    edge = chart.page.locator(".row-edge")
    box = edge.bounding_box()
    x, y = box["x"] + 60, box["y"] + box["height"] / 2
    chart.page.mouse.move(x, y)
    chart.page.mouse.down()
    chart.page.mouse.move(x, y + 30, steps=3)
    chart.page.mouse.up()
    chart.page.wait_for_function(height, arg=before + 30)
    assert chart.selection()["options"] == {"layers.heights": f"stem:{before + 30}"}
    chart.page.mouse.dblclick(x, y + 30)
    chart.page.wait_for_function(height, arg=before)
    assert "options" not in chart.selection()


def test_plus_and_minus_change_the_height_of_the_chosen_chart(show):
    chart = show()
    before = {name: row["height"] for name, row in chart.rows().items()}
    chart.page.locator("#layers-rows").focus()
    chart.page.keyboard.press("ArrowDown")
    name = chart.page.evaluate("""() => {
      const { spec, current } = window.epochscope.canvas.view('layers-rows');
      return spec.rows.find(({ key }) => key === current).level.name;
    }""")
    for keys, taller in (("+", 8), ("+", 16), ("-", 8)):
        chart.page.keyboard.press(keys)
        until(chart.page, lambda: chart.rows()[name]["height"], before[name] + taller)
    assert chart.selection()["options"] == {"layers.heights": f"{name}:{before[name] + 8}"}
    others = {other: row["height"] for other, row in chart.rows().items() if other != name}
    assert others == {other: height for other, height in before.items() if other != name}


def test_of_a_tall_page_only_what_is_near_the_screen_is_drawn(show):
    heights = ",".join(f"{name}:400" for name in OPENED)
    chart = show(f"&layers.open=body,body.0&layers.heights={heights}")
    drawn = "(() => { const { tall, spec } = window.epochscope.canvas.view('layers-rows'); return [tall, spec.height]; })()"
    tall, whole = chart.page.evaluate(drawn)
    assert tall < whole
    expect(chart.button("stem")).to_be_visible()
    expect(chart.button("head")).to_have_count(0)
    chart.page.evaluate("document.querySelector('.page').scrollTo(0, 9999)")
    expect(chart.button("head")).to_be_visible()
    expect(chart.read("head")).to_have_text(f"{statistic(LAYERS['head'], np.mean)[-1]:+.3g}")
    expect(chart.button("stem")).to_have_count(0)
