"""The walk a newcomer takes: from two runs on the overview to one picture, its link, and all the way back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.validation_chart import Chart, until_alike

pytestmark = pytest.mark.browser

CAT = 3
OTHER = "project/failing"


def drag(page, chart, shares):
    box = page.locator(f"[data-chart='{chart}']").bounding_box()
    places = [
        (box["x"] + 46 + share * (box["width"] - 60), box["y"] + box["height"] / 2)
        for share in shares
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=5)
    page.mouse.up()


def walk(page, address, visit, planted):
    """Take the walk and return the selection before each of its steps, and the last one's chart."""
    trail = []

    def note():
        trail.append((page.url, page.evaluate("window.epochscope.selection()")))

    visit(page, f"{address}/?runs=planted")
    expect(page.locator(".curve-chart[data-drawn]")).to_have_count(2)
    note()
    page.get_by_role("checkbox", name=f"Choose {OTHER}").click()
    expect(page).to_have_url(re.compile("runs=planted,project%2Ffailing"))
    note()
    drag(page, "loss", (0.2, 0.8))
    expect(page).to_have_url(re.compile("range="))
    note()
    page.get_by_role("link", name="Validation").click()
    chart = Chart(page)
    note()
    chart.name(CAT).click()
    chart.wait_for_row(f"pixels-{CAT}")
    note()
    chart.click(f"pixels-{CAT}", int(planted.validation_steps[20]), 0.3)
    expect(page.locator(".inspector")).to_contain_text("taken for")
    return trail, chart


def test_the_link_at_the_end_of_the_walk_gives_the_same_view_and_back_undoes_each_click(
    served, page, visit, fresh_page, planted
):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    trail, chart = walk(page, served, visit, planted)
    page.mouse.move(5, 400)

    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this view")
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Escape")
    other = Chart(visit(fresh_page(), link))

    other.wait_for_row(f"pixels-{CAT}")
    expect(other.page.locator(".inspector img")).to_be_visible()
    expect(other.page.locator(".inspector")).to_contain_text("taken for")
    other.page.mouse.move(5, 400)
    assert other.selection() == chart.selection()
    assert other.selection()["runs"] == ["planted", OTHER]
    assert other.selection()["options"]["validation.open"] == str(CAT)
    assert len(other.selection()["images"]) == 1
    until_alike(chart, other, Chart.rows)
    until_alike(chart, other, Chart.painted)
    until_alike(chart, other, lambda one: one.page.locator(".inspector").inner_text())

    for url, selection in reversed(trail):
        page.go_back()
        expect(page).to_have_url(url)
        page.wait_for_function(
            "wanted => JSON.stringify(window.epochscope.selection()) === wanted",
            arg=page.evaluate("(value) => JSON.stringify(value)", selection),
        )
