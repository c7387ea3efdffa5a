"""The selection in the link: what a reader chooses is in it, and Back undoes it."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FAILING = "project%2Ffailing"


def selection_of(page):
    return page.evaluate("window.epochscope.selection()")


def timeline_x(page, step):
    """The place of a step on the screen."""
    box = page.locator("#timeline").bounding_box()
    last = page.evaluate("window.epochscope.timeline.state.data.last")
    return box["x"] + 20 + (box["width"] - 40) * step / last


def drag_on_timeline(page, first, last, y=90):
    page.mouse.move(timeline_x(page, first), y)
    page.mouse.down()
    page.mouse.move(timeline_x(page, (first + last) / 2), y, steps=3)
    page.mouse.move(timeline_x(page, last), y, steps=3)
    page.mouse.up()


def test_writes_the_newest_run_into_a_link_that_names_none(served, page, visit):
    visit(page, f"{served}/layers")

    page.wait_for_url(re.compile(r"\?runs="))
    newest = page.evaluate("window.epochscope.runs()[0].name")
    assert selection_of(page) == {"runs": [newest]}
    expect(page.locator("#run-chips .chip[data-run]")).to_have_count(1)


def test_a_link_restores_the_view_in_another_browser(served, page, visit, fresh_page):
    visit(page, f"{served}/layers?runs=planted")
    page.get_by_role("button", name="Compare with").click()
    page.locator("#picker-rows [data-run='project/failing']").click()
    page.keyboard.press("Escape")
    expect(page.locator("#timeline")).to_have_attribute("data-rows", "2")
    drag_on_timeline(page, 1000, 3000)
    page.mouse.click(timeline_x(page, 2000), 90)
    page.get_by_role("button", name="Share this view").click()
    link = page.get_by_label("Link to this view").input_value()

    other = visit(fresh_page(), link)

    expect(other.locator("#timeline")).to_have_attribute("data-rows", "2")
    chosen = selection_of(other)
    assert chosen == selection_of(page)
    assert chosen["runs"] == ["planted", "project/failing"]
    assert abs(chosen["range"][0] - 1000) < 5
    assert abs(chosen["range"][1] - 3000) < 5
    assert abs(chosen["step"] - 2000) < 20
    expect(page.locator("#timeline-text")).to_contain_text(f"Focus step {chosen['step']:,}.")
    expect(other.locator("#timeline-text")).to_have_text(
        page.locator("#timeline-text").text_content()
    )


def state_of(page):
    """What the page shows of its link: title, selection, runs, words of the timeline, filled canvases."""
    expect(page.locator("#cube-layout")).to_be_attached()
    expect(page.locator("#timeline-text")).to_contain_text("Focus step 2,000")
    expect(page.locator("#correlation-card")).to_contain_class("faces-card")
    page.wait_for_function(  # a function: an expression is evaluated, which the page forbids
        """() => [...document.querySelectorAll('[data-page] canvas')]
            .some(({dataset}) => dataset.rows > 0)"""
    )
    return {
        "title": page.title(),
        "selection": selection_of(page),
        "chips": page.locator("#run-chips").inner_text(),
        "timeline": page.locator("#timeline-text").text_content(),
        "path": page.evaluate("location.pathname + location.search"),
    }


def test_a_page_comes_with_its_frame_and_is_the_same_where_the_browser_tells_no_referrer(
    served, page, visit, fresh_page
):
    link = f"{served}/cube?runs=planted&step=2000&classes=1&window=3"
    asked, asked_without = [], []

    def note(into):
        return lambda request: into.append(request.post_data or "")

    page.on("request", note(asked))
    visit(page, link)
    found = state_of(page)

    without = fresh_page()
    without.on("request", note(asked_without))
    without.route(
        "**/_dash-layout",
        lambda route: route.fulfill(
            response=route.fetch(headers={**route.request.headers, "referer": ""})
        ),
    )
    visit(without, link)

    assert state_of(without) == found
    assert found["selection"] == {"runs": ["planted"], "step": 2000, "classes": [1], "window": 3}
    outputs = ('"output":".._pages_content.children', '"output":"chosen-facts.data"')
    assert [sum(output in one for one in asked) for output in outputs] == [0, 0]
    assert [sum(output in one for one in asked_without) for output in outputs] == [1, 1]


def test_back_undoes_clicks_and_brushes_one_by_one_without_building_the_page_anew(
    served, page, visit
):
    visit(page, f"{served}/layers?runs=planted")
    page.keyboard.press("r")
    page.locator("#picker-rows [data-run='plain']").click()
    page.keyboard.press("Escape")
    expect(page.locator("#run-chips .chip[data-run]")).to_have_count(2)
    drag_on_timeline(page, 1000, 3000)
    assert "range" in selection_of(page)
    page.evaluate("document.querySelector('[data-page]').dataset.kept = 'yes'")

    page.go_back()
    expect(page).to_have_url(f"{served}/layers?runs=planted,plain")
    expect(page.locator("#timeline-text")).to_contain_text("All steps are shown.")
    expect(page.locator("[data-page='layers'][data-kept='yes']")).to_have_count(1)
    assert selection_of(page) == {"runs": ["planted", "plain"]}
    page.keyboard.press("z")
    expect(page).to_have_url(f"{served}/layers?runs=planted")
    expect(page.locator("#run-chips .chip[data-run]")).to_have_count(1)
    page.go_forward()
    expect(page.locator("#run-chips .chip[data-run]")).to_have_count(2)


def test_the_focus_step_replaces_its_entry_of_the_history(served, page, visit):
    visit(page, f"{served}/layers?runs=planted")
    drag_on_timeline(page, 1000, 3000)
    entries = page.evaluate("history.length")

    for _ in range(40):  # as a held key would: no flood of history entries, no warning
        page.keyboard.press("ArrowLeft")
    page.mouse.click(timeline_x(page, 500), 90)

    page.wait_for_url(re.compile("step="))
    assert page.evaluate("history.length") == entries


def test_the_selection_travels_to_another_page_and_back_and_with_the_letters_after_g(
    served, page, visit
):
    visit(page, f"{served}/layers?runs=planted,{FAILING}&step=0&range=0-2000")

    page.get_by_role("link", name="Cube").click()

    page.wait_for_selector("[data-page='cube'] h1")
    expect(page).to_have_url(f"{served}/cube?runs=planted,{FAILING}&step=0&range=0-2000")
    expect(page.locator("nav a.on")).to_have_text("Cube")
    page.go_back()
    page.wait_for_selector("[data-page='layers'] h1")
    expect(page).to_have_url(re.compile(r"/layers\?runs=planted,.*&step=0&range=0-2000"))
    expect(page.locator("nav a.on")).to_have_text("Layers")

    page.keyboard.press("g")
    page.keyboard.press("u")
    page.wait_for_selector("[data-page='cube'] h1")
    expect(page).to_have_url(f"{served}/cube?runs=planted,{FAILING}&step=0&range=0-2000")


def test_names_the_parts_of_a_link_that_this_log_lacks_and_keeps_the_link(served, page, visit):
    asked = f"{served}/layers?runs=planted,gone&step=999999&classes=3,77&utm=mail"
    visit(page, asked)

    rows = page.locator("#link-notice tr")
    expect(rows).to_have_count(4)
    assert [row.locator("td").all_text_contents()[:2] for row in rows.all()] == [
        ["utm", "mail"],
        ["run", "gone"],
        ["step", "999,999"],
        ["class", "77"],
    ]
    assert page.url == asked
    assert page.evaluate("window.epochscope.chosen()") == ["planted"]

    page.get_by_role("button", name="Keep what is left").click()

    expect(page).to_have_url(f"{served}/layers?runs=planted&step=4000&classes=3")
    expect(page.locator("#link-notice tr")).to_have_count(0)


def test_a_link_of_runs_that_are_all_gone_shows_the_newest_and_says_so(served, page, visit):
    visit(page, f"{served}/layers?runs=gone")

    newest = page.evaluate("window.epochscope.runs()[0].name")
    expect(page.locator("#link-notice td").last).to_have_text(
        f"no such run, {newest} is shown instead"
    )
    assert page.url == f"{served}/layers?runs=gone"
