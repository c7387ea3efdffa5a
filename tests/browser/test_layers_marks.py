"""Marked filters on the Layers page: what is cut out of the raster, listed, and said of one filter."""

import pytest
from playwright.sync_api import expect

from tests.browser.layers_filters_chart import FilterChart
from tests.browser.layers_visit import serving, visiting
from tests.callbacks.marked_training import (
    DECAYING,
    FROZEN,
    INACTIVE,
    LEADING,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def log(server, marked_folder):
    with serving(marked_folder):
        yield marked_folder


@pytest.fixture
def show_marked(log, server, kept):
    with visiting(server, kept) as visit:
        yield lambda query: FilterChart(visit(f"runs=marked&{query}".rstrip("&")))


def test_a_frozen_filter_is_a_dashed_line_with_its_number_and_no_other_is(show_marked):
    chart = show_marked("layers.open=second")
    row = chart.row("filters-second")
    assert row["cut"] == [FROZEN]
    assert FROZEN not in row["rows"]
    assert set(chart.colors("still-second")[0]) & {chart.token("--warn")}
    raster = chart.colors("filters-second")
    assert chart.token("--warn") not in set(raster.ravel())
    expect(chart.page.locator(".filter-still .frozen")).to_have_text(f"{FROZEN} never moves")


def test_the_panel_lists_every_mark_and_a_click_opens_the_filter(show_marked):
    chart = show_marked("")
    page = chart.page
    for mark, filter_ in (
        ("frozen", FROZEN),
        ("decay_only", DECAYING),
        ("inactive", INACTIVE),
    ):
        listed = page.locator(f".filter-list[data-mark='{mark}']")
        expect(listed).to_have_attribute("data-count", "1")
        expect(listed.locator(".go")).to_have_text(str(filter_))
        expect(listed.locator(".layer")).to_have_text("second")
    page.locator(".filter-list[data-mark='frozen'] .go").click()
    expect(page.locator("#layers-filter-page .mark")).to_have_text("frozen")
    assert chart.selection()["filters"] == [f"second:{FROZEN}"]


def test_the_page_of_a_filter_comes_back_with_the_link_and_closes_with_escape(show_marked):
    chart = show_marked(f"filters=second:{LEADING}&step=40")
    page = chart.page
    drawer = page.locator("#layers-filter-page")
    expect(drawer.locator("h2")).to_have_text(f"Filter {LEADING}")
    expect(drawer.locator(".mark")).to_have_text("over-active")
    expect(drawer.locator("canvas.kernels")).to_have_attribute("data-drawn", "1")
    expect(drawer).to_contain_text("snapshot of step 30")
    assert drawer.locator(".filter-class").count() == 4
    drawer.locator("[data-key='chevron-right']").click()
    expect(drawer.locator("h2")).to_have_text(f"Filter {LEADING + 1}")
    drawer.locator("[data-key='back']").click()
    expect(drawer.locator("h2")).to_have_text(f"Filter {LEADING}")
    drawer.locator("[data-key='x']").focus()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert "filters" not in chart.selection()
