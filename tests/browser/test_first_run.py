"""The page of an empty log folder in a real browser: copy, watch, open; both themes."""

import pytest
from playwright.sync_api import expect

from data.demos import open_planted_run

pytestmark = pytest.mark.browser

FIRST_RUN = "[data-page='first_run']"


def open_first_run(page, address):
    page.goto(address)
    page.wait_for_selector(f"{FIRST_RUN} h1")
    page.wait_for_selector("canvas[data-sample='layers'][data-drawn]")
    return page


def clipboard_of(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page.evaluate("navigator.clipboard.readText()")


def test_copy_gives_the_five_lines_and_nothing_else(served_log, page, logdir):
    open_first_run(page, served_log)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy", exact=True).first.click()

    expect(page.get_by_text("5 lines are in your clipboard")).to_be_visible()
    copied = clipboard_of(page).splitlines()
    assert [line.strip().split(" ")[0] for line in copied] == [
        "from",
        "with",
        "recorder.log_images(validation_set)",
        "recorder.step(loss=loss)",
        "if",
    ]
    assert f'Recorder("{logdir}/first"' in copied[1]
    assert copied[2].startswith("    recorder")
    assert copied[3].startswith("        recorder")


def test_the_whole_row_of_a_command_copies_it(served_log, page):
    open_first_run(page, served_log)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".command", has_text="pip install").click(position={"x": 60, "y": 14})
    assert clipboard_of(page).startswith("pip install ")
    assert clipboard_of(page).endswith("[torch]'")


def test_keys_copy_the_code_and_the_demo(served_log, page):
    open_first_run(page, served_log)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("d")
    assert clipboard_of(page) == "make demo"
    page.keyboard.press("c")
    expect(page.get_by_text("5 lines are in your clipboard")).to_be_visible()
    assert clipboard_of(page).startswith("from epochscope import Recorder")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_follows_the_colour_scheme_of_the_system(served_log, fresh_page, scheme):
    page = open_first_run(fresh_page(color_scheme=scheme), served_log)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(247, 248, 250)", "dark": "rgb(14, 17, 22)"}[scheme]
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == scheme


def test_sample_charts_are_drawn_anew_when_the_scheme_changes(served_log, page):
    open_first_run(page, served_log)
    sample = page.locator("canvas[data-sample='loss']")
    drawn = int(sample.get_attribute("data-drawn"))
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(sample).not_to_have_attribute("data-drawn", str(drawn))


def test_nothing_is_cut_off_on_a_phone(served_log, fresh_page):
    page = open_first_run(fresh_page(viewport={"width": 390, "height": 844}), served_log)
    wide = page.evaluate("document.documentElement.scrollWidth")
    inner = page.evaluate("document.querySelector('.page').scrollWidth")
    assert wide <= 390
    assert inner <= 390
    assert page.locator("nav a").first.bounding_box()["y"] > 780


@pytest.mark.parametrize(("width", "docked"), [(1280, False), (1440, True), (1920, True)])
def test_the_panel_is_docked_where_there_is_room(served_log, fresh_page, width, docked):
    page = open_first_run(fresh_page(viewport={"width": width, "height": 900}), served_log)
    panel, button = page.locator(".panel"), page.get_by_role("button", name="Controls")
    expect(panel).to_be_visible() if docked else expect(panel).to_be_hidden()
    if docked:
        expect(button).to_be_hidden()
        return
    button.click()
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("Log folder")
    close = panel.get_by_role("button", name="Close the controls").bounding_box()
    first = panel.locator("section").first.bounding_box()
    assert close["y"] + close["height"] <= first["y"], "nothing is beside the button that closes"


def test_a_run_that_begins_is_named_and_opened(served_log, page, logdir, visit):
    open_first_run(page, served_log)
    run = open_planted_run(logdir, "team/first", steps=40, validations=2)
    run.advance(12)
    expect(page.get_by_text("team/first has begun, step 12")).to_be_visible(timeout=10_000)
    page.get_by_role("link", name="Open it").click()
    page.wait_for_selector("[data-page='overview'] h1")
    assert page.evaluate("window.epochscope.selection().runs") == ["team/first"]
    run.finish()


def test_with_motion_the_run_opens_by_itself(served_log, fresh_page, logdir):
    page = open_first_run(fresh_page(reduced_motion="no-preference"), served_log)
    run = open_planted_run(logdir, "first", steps=40, validations=2)
    run.advance(12)
    page.wait_for_selector("[data-page='overview'] h1", timeout=15_000)
    run.finish()


def test_a_folder_that_vanishes_into_a_file_is_named(served_log, page, logdir):
    open_first_run(page, served_log)
    logdir.rmdir()
    logdir.touch()
    strip = page.locator("#first-run-watch [role='alert']")
    expect(strip).to_contain_text("is a file", timeout=10_000)
    logdir.unlink()
