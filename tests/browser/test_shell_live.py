"""A run that is being written, and one that died: what the frame says while the page stays open."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from data.demos import open_planted_run

pytestmark = pytest.mark.browser


def stop_the_heart(folder, seconds):
    """Let the last sign of life of a run lie in the past."""
    file = folder / "heartbeat.json"
    beat = json.loads(file.read_text())
    beat["time"] = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()
    file.write_text(json.dumps(beat))


def test_the_timeline_grows_with_its_run_and_moves_nothing_else(
    served_log, logdir, page, visit, eventually
):
    run = open_planted_run(logdir, steps=400, validations=9)
    run.advance(100)
    visit(page, f"{served_log}/layers?runs=live&range=10-90&step=50")
    expect(page.locator("#live-text")).to_contain_text("live is training, ")
    drawn = int(page.locator("#timeline").get_attribute("data-drawn"))

    run.advance(300)

    eventually(page, "window.epochscope.timeline.state.data.runs[0].last === 300")
    eventually(page, f"Number(document.getElementById('timeline').dataset.drawn) > {drawn}")
    expect(page).to_have_url(f"{served_log}/layers?runs=live&range=10-90&step=50")


def test_a_run_without_a_heartbeat_has_crashed_on_every_page(served_log, logdir, page, visit):
    run = open_planted_run(logdir, steps=400, validations=9)
    run.advance(200)
    stop_the_heart(logdir / "live", seconds=3800)

    visit(page, f"{served_log}/layers?runs=live")

    strip = page.get_by_role("alert").filter(has_text="live crashed at step 200")
    expect(strip).to_contain_text("1 h ago")
    expect(page.locator("#live-text")).to_contain_text("live crashed at step 200")
    page.get_by_role("button", name="Put away").click()
    expect(strip).to_have_count(0)


def test_an_empty_log_opens_its_first_run_by_itself(served_log, logdir, page):
    page.goto(f"{served_log}/")
    page.wait_for_selector("[data-page] h1")
    expect(page.locator("#live-text")).to_contain_text("no run is being recorded")
    expect(page.locator("#run-chips")).to_contain_text("No run chosen")

    run = open_planted_run(logdir, name="first", steps=400, validations=9)
    run.advance(20)

    expect(page.locator("#run-chips .chip[data-run='first']")).to_be_visible(timeout=10_000)
    expect(page.locator("#timeline")).to_have_attribute("data-rows", "1")
