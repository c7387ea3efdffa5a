"""The Validation page of other runs: two side by side or less one another, scores only, nothing, growing, damaged."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from data.demos import open_planted_run, write_planted_run, write_score_run
from tests.browser.validation_chart import Chart

pytestmark = pytest.mark.browser

CAT = 3
LEVELS = {0: "run-2", 100: "sunken", 200: "run-1"}  # of a difference: its colours
ROW = (
    "window.epochscope.canvas.view('validation-rows').spec.rows"
    f".find(({{ key }}) => key === 'pixels-{CAT}')"
)


def test_two_runs_stand_in_the_same_rows_and_their_images_in_one_order(
    served_log, logdir, page, visit
):
    first = write_planted_run(logdir, "first", layers=False, steps=400, validations=21)
    second = write_planted_run(
        logdir, "second", steps=400, validations=16, seed=9, classes=8, layers=False
    )

    visit(page, f"{served_log}/validation?runs=first,second&validation.open={CAT}")
    chart = Chart(page)

    chart.wait_for_row(f"pixels-{CAT}")
    order = np.argsort(-first.results.right[CAT].sum(0), kind="stable")
    for column, run in enumerate((first, second)):
        found = chart.numbers(f"pixels-{CAT}", column)
        assert (found == np.where(run.results.right[CAT][:, order].T, 200, 0)).all()
    rows = chart.rows()
    assert rows["class-9"]["data"][1] is None  # the second run has no trucks
    assert rows["class-9"]["data"][0] is not None
    left, right = page.evaluate(
        "() => window.epochscope.canvas.view('validation-rows').spec.columns.map(({ width }) => width)"
    )
    assert left == right
    assert_one_column_shows_the_difference(chart, first, second, order)
    page.set_viewport_size({"width": 900, "height": 800})
    page.get_by_role("tab", name="second").click()
    expect(page.get_by_role("tab", name="second")).to_have_attribute("aria-selected", "true")
    assert chart.numbers("class-1").shape == (1, 16)


def assert_one_column_shows_the_difference(chart, first, second, order):
    """Where exactly one of both is wrong has the colour of that run; all else has none."""
    chart.page.get_by_text("difference", exact=True).click()
    expect(chart.page.locator(".validation-card")).to_have_class(re.compile("difference"))
    steps, one, two = np.intersect1d(
        first.validation_steps, second.validation_steps, return_indices=True
    )
    assert 2 < len(steps) == chart.step_count()
    wrong = [~first.results.right[CAT][one].T[order], ~second.results.right[CAT][two].T[order]]
    levels = 100 + 100 * (wrong[0].astype(int) - wrong[1])
    assert (chart.numbers(f"pixels-{CAT}") == levels).all()
    tokens = {level: chart.token(f"--{name}") for level, name in LEVELS.items()}
    assert set(np.unique(levels)) == set(tokens)
    # The axis begins where the cells of the runs do: the wider first one in common stands out of it.
    painted = chart.colors(f"pixels-{CAT}")[:, 1:]
    assert (painted == np.vectorize(tokens.get)(levels[:, 1:])).all()
    points = 100 * (wrong[0].mean(0) - wrong[1].mean(0))
    assert np.abs(chart.numbers(f"class-{CAT}")[0] - 100 - points).max() <= 0.5
    last = chart.page.locator(f".read[data-row='class-{CAT}']")
    expect(last).to_have_text(f"{points[-1]:+.0f}".replace("-", "−").replace("+0", "0"))
    assert chart.rows()["class-9"]["data"] == [None]  # not in both runs
    assert f"lanes-{CAT}" not in chart.rows()
    text = chart.page.locator("#validation-text")
    expect(text).to_contain_text("Error of first less that of second in points")
    chart.page.get_by_text("columns", exact=True).click()
    expect(chart.page.locator(".validation-card")).not_to_have_class(re.compile("difference"))


def test_a_run_without_predictions_shows_its_scores(served, page, visit, planted_runs):
    planted = planted_runs["scores"]
    visit(page, f"{served}/validation?runs=scores&validation.open=1&validation.order=recorded")
    chart = Chart(page)

    chart.wait_for_row("pixels-1")
    scores = planted.results.score[1].T
    scale = page.evaluate("() => window.epochscope.validation.state.charts[0].scale")
    shown = scale["low"] + chart.numbers("pixels-1") / 65534 * (scale["high"] - scale["low"])
    # The log keeps ten bits of a score.
    wanted = scores.clip(scale["low"], scale["high"])
    np.testing.assert_allclose(shown, wanted, rtol=2e-3, atol=1e-4 * scale["high"])
    assert f"lanes-{1}" not in chart.rows()
    expect(page.locator(".color-field")).to_be_hidden()
    expect(page.locator("#validation-table")).to_be_hidden()  # no flips, so no anomalies
    expect(page.locator("#validation-legend")).to_contain_text("score")


def test_scores_that_are_no_numbers_end_in_a_cross_and_words_not_in_a_hatch(
    served_log, logdir, page, visit
):
    planted = write_score_run(
        logdir, "broken", steps=400, validations=21, layers=False, scores_nan_from=250
    )
    steps = planted.validation_steps
    visit(page, f"{served_log}/validation?runs=broken&step=300&validation.open=1")
    chart = Chart(page)

    chart.wait_for_row("pixels-1")
    first = int(np.argmax(steps >= 250))
    for key in ("class-0", "pixels-1"):
        colors = np.array(chart.colors(key)).reshape(-1, len(steps))
        assert (colors[:, -3:] == colors[0, -1]).all()  # empty, beyond the words
        assert not (colors[:, :first] == colors[0, -1]).any()
    expect(page.locator("#validation-legend")).to_contain_text("× not finite")
    expect(page.locator("#validation-text")).to_contain_text("all classes not finite")
    chart.hover("class-0", int(steps[-2]))
    expect(page.locator(".canvas-tip:visible")).to_contain_text("not finite")


def test_a_run_without_validation_says_how_to_record_one(served, page, visit):
    visit(page, f"{served}/validation?runs=plain")

    expect(page.locator(".validation-empty")).to_contain_text("Nothing to show yet")
    expect(page.locator(".validation-empty code")).to_have_text("recorder.validate(loader)")
    expect(page.locator("#validation-card")).to_be_hidden()


def test_a_growing_run_grows_at_its_right_end_and_moves_nothing_else(
    served_log, logdir, page, visit
):
    run = open_planted_run(logdir, "live", steps=400, validations=41, layers=False)
    run.advance(200)
    page.set_viewport_size({"width": 1440, "height": 600})
    visit(page, f"{served_log}/validation?runs=live&step=100&validation.open={CAT}&images=80")
    chart = Chart(page)
    chart.wait_for_row(f"pixels-{CAT}")
    expect(page.locator(".inspector")).to_contain_text("taken for")
    assert chart.step_count() == 21
    page.locator(".page").evaluate("(element) => { element.scrollTop = 90; }")

    run.advance(300)

    page.wait_for_function(
        "() => window.epochscope.canvas.view('validation-rows').spec.columns[0].steps.length === 31"
    )
    assert page.locator(".page").evaluate("(element) => element.scrollTop") == 90
    assert chart.selection()["step"] == 100
    expect(page.locator(".inspector")).to_contain_text("of 31")
    run.finish()


def test_a_damaged_file_is_named_and_everything_else_is_shown(served_log, logdir, page, visit):
    planted = write_planted_run(logdir, "hurt", layers=False, steps=400, validations=21)
    files = sorted((logdir / "hurt" / "class_stat").rglob("*.parquet"))
    lost = files[10]
    lost.write_bytes(lost.read_bytes()[:-60])

    visit(page, f"{served_log}/validation?runs=hurt&validation.order=recorded")
    chart = Chart(page)
    expect(page.get_by_role("alert")).to_be_visible()  # it pushes the charts down

    numbers = chart.numbers("class-1")[0]
    wrong = (~planted.results.right[1]).sum(1)
    missing = np.flatnonzero(numbers == 255)
    assert len(missing) == 1
    kept = np.arange(21) != missing[0]
    assert (numbers[kept] == wrong[kept]).all()
    chart.name(1).click()
    assert (chart.numbers("pixels-1")[:, missing[0]] == 255).all()
    chart.hover("class-2", int(planted.validation_steps[missing[0]]))
    expect(page.locator(".canvas-tip:visible")).to_contain_text(lost.name)
    read = chart.colors("class-1")[0]
    assert read[missing[0]] not in set(read[kept])


def test_keys_walk_over_classes_and_steps(served, page, visit, planted):
    step = int(planted.validation_steps[10])
    visit(
        page,
        f"{served}/validation?runs=planted&step={step}&validation.sort=recorded&validation.k=1",
    )
    chart = Chart(page)

    page.locator("#validation-rows").focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    chart.wait_for_row("pixels-1")
    expect(page.locator("#validation-rows")).to_have_attribute(
        "aria-label",
        f"{planted.class_names[1]}, error {round(100 * (~planted.results.right[1][10]).mean())} %",
    )
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        f"() => window.epochscope.canvas.axisOf('validation').focus === {planted.validation_steps[11]}"
    )


def test_classes_are_searched_and_sorted_and_the_row_height_is_kept(served, page, visit, planted):
    visit(page, f"{served}/validation?runs=planted&validation.k=1&validation.open={CAT}")
    chart = Chart(page)
    chart.wait_for_row(f"pixels-{CAT}")
    means = [(~right).mean() for right in planted.results.right]
    shown = [int(key[6:]) for key in chart.rows() if key.startswith("class-")]
    assert shown == sorted(range(10), key=lambda class_: means[class_])

    page.get_by_role("textbox", name="Search class").fill("TRU")
    expect(page.locator(".class-name")).to_have_count(1)
    page.get_by_role("textbox", name="Search class").fill("")
    expect(page.locator(".class-name")).to_have_count(10)
    page.get_by_text("predicted", exact=True).click()
    page.wait_for_function(f"() => {ROW}?.codes")
    page.mouse.move(*chart.place(f"pixels-{CAT}", 2000))
    before = chart.rows()[f"pixels-{CAT}"]["height"]
    page.mouse.wheel(0, 100)
    page.wait_for_function(f"() => {ROW}.height < {before}")
    after = chart.rows()[f"pixels-{CAT}"]["height"]
    options = chart.selection()["options"]
    assert options["validation.color"] == "predicted"
    assert options["validation.height"] == str(round(after / planted.plan.images_per_class))


def test_the_canvas_follows_the_colour_scheme(served, fresh_page, visit):
    page = visit(fresh_page(color_scheme="dark"), f"{served}/validation?runs=planted")
    chart = Chart(page)

    wrong = chart.token("--wrong")
    seen = [wrong]
    assert chart.colors("class-0")[0][0] == wrong  # everything is wrong at first
    for _ in range(2):
        page.get_by_role("button", name="Switch between light and dark").click()
        # With the colours the canvas is drawn anew, at once.
        page.wait_for_function(
            "before => String(window.epochscope.token('--wrong')) !== before", arg=wrong
        )
        wrong = chart.token("--wrong")
        assert chart.colors("class-0")[0][0] == wrong
        seen.append(wrong)
    assert seen[0] == seen[2] != seen[1]
