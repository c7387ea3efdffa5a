"""The overview over logs of its own: a spike in a million, 500 runs, a run that grows, crashes, no runs."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from data.demos import open_planted_run, write_plain_run
from epochscope.log_writer import LogWriter
from tests.browser.overview_chart import open_overview, traces, traces_from

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # a first load on two busy cores


def test_a_spike_of_one_step_among_a_million_is_on_the_page(served_log, logdir, page):
    planted = write_plain_run(logdir, "long", steps=1_000_000, spike_at=500_123, nan_at=900_001)
    scalars = planted.scalars
    loss = scalars.values[scalars.names == "train/loss"]
    steps = scalars.steps[scalars.names == "train/loss"]
    open_overview(page, f"{served_log}/?runs=long", charts=1)

    [spike] = traces(page, "loss", "spike")
    assert spike["x"] == [500_123]
    [bad] = traces(page, "loss", "bad")
    assert bad["x"] == [900_001]
    [band] = traces(page, "loss", "band")
    highest = max(zip(band["y"], band["x"], strict=True))
    assert highest == (pytest.approx(loss[steps == 500_123].item(), rel=1e-6), 500_123)
    assert 895_000 < max(band["x"]) < 900_001
    drawn = page.locator("#overview-loss")
    expect(drawn).to_contain_text("at step 500,123")
    expect(drawn).to_contain_text("NaN from step 900,001")
    expect(page.locator(".finding")).to_have_count(2)

    page.evaluate("() => window.epochscope.select({ range: [500100, 500150] })")
    expect(page.locator("#overview-loss-text")).to_contain_text("from step 500,100 to 500,150")
    [band] = traces_from(page, "loss", "band", 500_100)
    assert band["x"][:51] == list(range(500_100, 500_151))


def test_five_hundred_runs_are_in_the_table_but_only_those_in_view_are_drawn(
    served_log, logdir, page
):
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(500):
        writer = LogWriter.create(
            logdir / f"run{n:03}",
            {"created": str(begun + timedelta(hours=n)), "config": {"lr": n / 1000}},
        )
        writer.add_scalars([(1, "train/loss", n / 100, begun + timedelta(hours=n))])
        writer.close("finished")
    open_overview(page, f"{served_log}/?runs=run499", charts=1)

    rows = page.locator(".runs-grid .ag-center-cols-container .ag-row")
    expect(page.locator("#overview-runs-count")).to_have_text(re.compile("^500 in "))
    page.wait_for_function(
        "() => document.querySelectorAll('.runs-grid .ag-center-cols-container .ag-row').length > 5"
    )
    assert rows.count() < 60
    page.get_by_label("Filter runs by words and comparisons").fill("lr<0.003")
    expect(rows).to_have_count(3)
    page.get_by_role("checkbox", name="Choose run001").click()
    expect(page).to_have_url(re.compile("runs=run499,run001"))


def test_a_growing_run_grows_at_the_right_and_a_range_at_its_end_follows(served_log, logdir, page):
    growing = open_planted_run(logdir, "growing", steps=3_000, validations=0)
    growing.advance(1_000)
    page.set_viewport_size({"width": 1440, "height": 700})
    open_overview(page, f"{served_log}/?runs=growing&range=500-1000&step=700", charts=1)
    expect(page.locator("#overview-loss-text")).to_contain_text("from step 500 to 1,000")
    page.locator(".page").evaluate("(page) => { page.scrollTop = 60; }")

    growing.advance(1_500)
    growing.writer.flush()
    expect(page.locator("#overview-loss-text")).to_contain_text("from step 500 to 1,500")
    expect(page).to_have_url(re.compile("range=500-1500"))
    expect(page).to_have_url(re.compile("step=700"))
    assert page.locator(".page").evaluate("(page) => page.scrollTop") == 60
    state = page.locator(".runs-grid .pill")
    expect(state).to_have_text("training")
    growing.finish()
    expect(state).to_have_text("finished")


def test_a_crashed_run_ends_in_a_ring_and_a_word(served_log, logdir, page):
    crashed = open_planted_run(logdir, "crashed", steps=900, validations=0)
    crashed.advance(640)
    crashed.writer.flush()
    heartbeat = logdir / "crashed" / "heartbeat.json"
    beat = heartbeat.read_text()
    old = re.sub(r"20\d\d-\d\d-\d\dT", "2020-01-01T", beat)
    assert old != beat
    heartbeat.write_text(old)
    open_overview(page, f"{served_log}/?runs=crashed", charts=1)

    expect(page.locator("#overview-loss")).to_contain_text("crashed at 640")
    expect(page.locator(".runs-grid .pill")).to_have_text("crashed")
    assert [ring["x"] for ring in traces(page, "loss", "ring")] == [[640]]
    crashed.finish()


def test_an_empty_log_shows_how_to_record_the_first_run(served_log, page):
    page.goto(served_log)
    expect(page.locator("[data-page] h1")).to_have_text("No runs yet")
