"""The frame in a real browser: timeline, picker, dialogs, keys, themes, live state."""

import json
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def wait_for_focus(page, step):
    page.wait_for_function("step => window.epochscope.selection().step === step", arg=step)


def wait_for_drawing(page, drawn):
    """Wait until the timeline has been drawn more often than that."""
    page.wait_for_function(
        "drawn => Number(document.getElementById('timeline').dataset.drawn) > drawn", arg=drawn
    )


def wait_for_stored_scheme(page, scheme):
    page.wait_for_function(
        "scheme => window.dash_component_api.getLayout('color-scheme').props.data === scheme",
        arg=scheme,
        timeout=5_000,
    )


def test_the_timeline_draws_each_chosen_run_and_says_it_in_words(served, page, visit):
    visit(page, f"{served}/layers?runs=planted,project%2Ffailing")

    expect(page.locator("#timeline")).to_have_attribute("data-rows", "2")
    text = page.locator("#timeline-text")
    expect(text).to_contain_text("train/loss is NaN from step 726")
    expect(text).to_contain_text("at step 2,345")
    expect(text).to_contain_text("All steps are shown.")


def test_arrows_walk_over_recorded_steps_brackets_over_marks_and_keys_cut_the_range(
    served, page, visit, planted
):
    visit(page, f"{served}/layers?runs=planted&step=0")
    steps = [int(step) for step in planted.validation_steps]

    page.keyboard.press("ArrowRight")
    wait_for_focus(page, steps[1])
    page.keyboard.press("Shift+ArrowRight")
    wait_for_focus(page, steps[11])
    page.keyboard.press("ArrowLeft")
    wait_for_focus(page, steps[10])
    page.keyboard.press("End")
    wait_for_focus(page, steps[-1])
    page.keyboard.press("Home")
    wait_for_focus(page, steps[0])
    page.keyboard.press("]")
    wait_for_focus(page, 2345)
    expect(page.locator("#timeline-text")).to_contain_text("Focus step 2,345.")

    page.keyboard.press("b")
    page.wait_for_function("() => String(window.epochscope.selection().range) === '2345,4000'")
    page.keyboard.press("Escape")
    page.wait_for_function("() => !window.epochscope.selection().range")


def test_the_picker_finds_runs_and_refuses_a_fifth_and_the_header_drops_one(served, page, visit):
    visit(page, f"{served}/layers?runs=planted")
    page.keyboard.press("r")
    search = page.get_by_label("Find a run")
    expect(search).to_be_focused()

    search.fill("width>99")
    expect(page.locator("#picker-rows [role=option]")).to_have_count(1)
    search.fill("fail")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("runs=planted,project%2Ffailing"))
    search.fill("")
    for name in ("scores", "plain"):
        page.locator(f"#picker-rows [data-run='{name}']").click()
    expect(page.locator("#picker-rows .group").first).to_contain_text("4 of 4")
    expect(page.get_by_role("button", name="Compare with")).to_have_count(0)
    page.locator("#picker-rows [data-run='plain']").click()
    expect(page.locator("#run-chips .chip[data-run]")).to_have_count(3)

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Drop planted").click()
    expect(page).to_have_url(f"{served}/layers?runs=project%2Ffailing,scores")  # in their order


def test_search_opens_the_page_of_a_class(served, page, visit, eventually):
    visit(page, f"{served}/layers?runs=planted")
    eventually(page, "Object.keys(window.epochscope.facts()).length === 1")
    page.keyboard.press("/")
    page.get_by_label("Find a run, layer").fill("cat")

    page.keyboard.press("Enter")

    page.wait_for_url(re.compile("/validation"))
    page.wait_for_function("() => String(window.epochscope.selection().classes) === '3'")


def test_dialogs_open_by_key_but_not_out_of_a_field_and_give_the_focus_back(served, page, visit):
    visit(page, f"{served}/layers?runs=planted")
    opener = page.get_by_role("button", name="How to read this page")
    opener.focus()

    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Ten steps")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("h")
    expect(page.get_by_role("dialog", name="How to read this page")).to_contain_text("Layers")
    page.keyboard.press("Escape")

    page.keyboard.press("/")
    search = page.get_by_label("Find a run, layer")
    expect(search).to_be_focused()
    page.keyboard.type("rsh?")
    expect(search).to_have_value("rsh?")  # letters in a field are no shortcuts
    expect(page.locator("dialog[open]")).to_have_count(1)


def test_follows_the_system_and_remembers_what_the_reader_prefers(served, visit, fresh_page):
    page = visit(fresh_page(color_scheme="light"), f"{served}/layers?runs=planted")
    html = page.locator("html")
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")
    for scheme in ("light", "dark", "light"):
        page.emulate_media(color_scheme=scheme)
        wait_for_stored_scheme(page, scheme)
    switch = page.get_by_role("button", name="Switch between light and dark")
    for preferred in ("dark", "light", "dark"):
        drawn = int(page.locator("#timeline").get_attribute("data-drawn"))
        switch.click()
        expect(html).to_have_attribute("data-mantine-color-scheme", preferred)
        wait_for_stored_scheme(page, preferred)
        wait_for_drawing(page, drawn)

    visit(page, f"{served}/layers?runs=planted")
    expect(html).to_have_attribute("data-mantine-color-scheme", "dark")


def test_hovering_the_timeline_tells_the_loss_and_a_double_click_shows_all_steps(
    served, page, visit
):
    visit(page, f"{served}/layers?runs=planted&range=500-900&step=700")
    box = page.locator("#timeline").bounding_box()

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)

    tip = page.locator("[data-tooltip=timeline]")
    expect(tip).to_be_visible()
    expect(tip).to_contain_text("planted")
    page.mouse.move(box["x"] + 300, box["y"] + 400)
    expect(tip).to_be_hidden()

    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + 40)
    expect(page).to_have_url(f"{served}/layers?runs=planted&step=700")  # the focus step stays


def test_the_controls_are_a_drawer_on_narrow_screens(served, visit, fresh_page):
    page = visit(fresh_page(viewport={"width": 1280, "height": 844}), f"{served}/?runs=planted")
    panel = page.locator(".panel")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        expect(panel).to_be_hidden()
        page.get_by_role("button", name="Controls", exact=True).click()
        expect(panel).to_be_visible()
        page.get_by_role("button", name="Close the controls").click()
        expect(panel).to_be_hidden()


@pytest.mark.parametrize("path", ["", "validation"])
def test_help_draws_every_glyph_that_its_page_lists(served, page, visit, path):
    visit(page, f"{served}/{path}?runs=planted")
    listed = len(json.loads(page.locator(".help-source").get_attribute("data-glyphs")))
    page.keyboard.press("h")

    pictures = page.locator("dialog.help canvas")
    expect(pictures).to_have_count(listed)
    assert listed > 3
    # Read back from copies: the browser warns of a canvas that is read back often.
    page.wait_for_function("""() => [...document.querySelectorAll('dialog.help canvas')].every((picture) => {
      const copy = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
      copy.drawImage(picture, 0, 0);
      return copy.getImageData(0, 0, picture.width, picture.height).data.some((value) => value);
    })""")
