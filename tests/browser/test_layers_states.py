"""The Layers page with several runs, and with too little, too much or broken data."""

import numpy as np
import pytest
from playwright.sync_api import expect

from data.demos import write_plain_run, write_planted_run
from tests.browser.layers_chart import LayersChart
from tests.browser.layers_log import EVERY, write_nested_run
from tests.browser.layers_visit import go, serving, visiting

pytestmark = pytest.mark.browser


LOST = 7  # recorded step whose file is damaged


@pytest.fixture(scope="module")
def log(server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("layer-states")
    for name, places, bad in (
        ("first", 12, None), ("second", 20, None), ("nested", 12, None), ("bad", 20, 12),
        ("hurt", 20, None), ("single", 1, None),
    ):  # fmt: skip
        write_nested_run(folder, name, places=places, bad=bad)
    (file,) = (folder / "hurt" / "layer_stat" / "L0").glob(f"{LOST * EVERY:012d}-*")
    file.write_bytes(file.read_bytes()[:-9] + b"123456789")
    write_planted_run(folder, "planted", validations=12)
    write_plain_run(folder, steps=20)
    with serving(folder):
        yield folder


@pytest.fixture
def show(log, server, kept):
    with visiting(server, kept) as visit:
        yield lambda query: LayersChart(visit(query))


def graph_count(chart):
    return chart.page.evaluate("window.epochscope.layers.laid.graphs.length")


def test_two_runs_built_alike_stand_in_columns_of_one_scale_with_one_graph(show):
    chart = show("runs=first,second&layers.open=body")
    assert graph_count(chart) == 1
    for name in ("stem", "body.0", "body.1", "head"):
        assert chart.numbers(name, 0).shape == (1, 12)
        np.testing.assert_array_equal(chart.numbers(name, 0)[0], chart.numbers(name, 1)[0, :12])
    largest = max(np.abs(chart.numbers(name, 1)).max() for name in chart.names())
    (most,) = {row["most"] for row in chart.rows().values()}
    assert most == pytest.approx(largest)
    expect(chart.page.locator("#layers-notes")).to_be_empty()


def test_two_runs_built_differently_have_a_graph_each_and_empty_rows(show):
    chart = show("runs=nested,planted")
    assert graph_count(chart) == 2
    rows = chart.rows()
    assert list(rows) == ["stem", "body", "head", "features", "head.fc"]
    assert rows["stem"]["missing"] == [None, "not in this run"]
    assert rows["features"]["missing"] == ["not in this run", None]
    notes = chart.page.locator("#layers-notes")
    expect(notes).to_contain_text("6 layers are only in nested; 4 layers are only in planted.")


def test_where_not_all_is_finite_the_chart_ends_with_a_cross(show):
    chart = show("runs=bad&layers.open=body,body.0")
    pixels = chart.pixels("body.0.b")
    bad = chart.token("--bad")
    assert (pixels[12] == bad).any()
    blue = chart.mixed("surface", "pos", 0.3)
    assert (pixels[11] == blue).any()
    assert not (pixels[12:] == blue).any()
    expect(chart.read("body.0.b")).to_have_text("not finite")


def test_steps_of_a_damaged_file_are_hatched_and_the_file_is_named(show, log):
    chart = show("runs=hurt")
    expect(chart.page.get_by_role("alert")).to_be_visible()  # it pushes the charts down
    assert np.isnan(chart.numbers("head")[0, LOST])
    assert np.isfinite(np.delete(chart.numbers("head")[0], LOST)).all()
    chart.page.mouse.move(*chart.place("head", LOST * EVERY))
    tip = chart.page.locator(".canvas-tip:not([hidden])")
    expect(tip).to_contain_text("could not be read")
    expect(tip).to_contain_text(f"{LOST * EVERY:012d}-")


def test_a_run_without_a_model_says_what_to_record(log, server, kept):
    page, _ = kept
    go(page, server, "runs=plain", wait=False)
    empty = page.locator(".layers-empty")
    expect(empty).to_be_visible()
    expect(empty).to_contain_text("it was recorded without a model")


def test_a_k_that_the_panel_showed_for_a_moment_is_not_chosen(log, server, kept, show):
    page, _ = kept
    show("runs=first")
    number = page.locator("#layers-top-number")
    expect(number).to_have_value("3")
    go(page, server, "runs=plain", wait=False)  # has no filters: the panel shows what is usual
    expect(number).to_have_value("100")
    chart = show("runs=first")
    page.wait_for_timeout(600)  # a field that waits before it says what it holds would have by now
    expect(number).to_have_value("3")
    assert chart.selection() == {"runs": ["first"]}


def test_one_recorded_step_is_a_dot_without_changes(show):
    chart = show("runs=single&layers.type=line&layers.types=head:ratio")
    rows = chart.rows()
    assert chart.numbers("stem").shape == (1, 1)
    assert rows["head"]["missing"] == ["no change ratio recorded"]
    column = chart.pixels("stem")[0]
    assert 2 <= (column != column[0]).sum() <= 8


def test_a_click_on_a_bar_opens_its_level_and_with_alt_its_neighbours(show):
    chart = show("runs=nested")
    bar = chart.bar("body", "charts")
    chart.page.mouse.move(bar["x"], bar["y"])
    chart.page.wait_for_function("() => window.epochscope.layers.state.hovered >= 0")
    chart.page.mouse.click(bar["x"], bar["y"])
    chart.wait_for("stem", "body.0", "body.1", "head")
    chart.page.keyboard.down("Alt")
    bar = chart.bar("body.0", "graph")
    chart.page.mouse.click(bar["x"], bar["y"])
    chart.page.keyboard.up("Alt")
    chart.wait_for("stem", "body.0.a", "body.0.b", "body.0.down", "body.1", "head")
