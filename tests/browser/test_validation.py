"""The Validation page shows what was planted, and every click leads back the way it came."""

import math

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.validation_chart import Chart

pytestmark = pytest.mark.browser

CAT = 3  # the class that forgets


def half_up(number):
    return math.floor(number + 0.5)


@pytest.fixture
def show(served, page, visit):
    def open_page(query):
        visit(page, f"{served}/validation?{query}")
        return Chart(page)

    return open_page


def test_shows_the_planted_answers_and_labels_cell_by_cell(show, planted):
    chart = show(f"runs=planted&validation.open={CAT}&validation.order=recorded")

    right = planted.results.right[CAT].T
    key = f"pixels-{CAT}"
    assert (chart.numbers(key) == np.where(right, 200, 0)).all()
    painted = chart.colors(key)
    assert (
        painted == np.where(right, chart.token("--right-soft"), chart.token("--wrong-soft"))
    ).all()

    chart.page.get_by_text("predicted", exact=True).click()
    chart.page.wait_for_function(
        "key => window.epochscope.canvas.view('validation-rows').spec.rows"
        ".find((row) => row.key === key).codes",
        arg=key,
    )
    codes = chart.numbers(key)
    labels = chart.page.evaluate("window.epochscope.validation.state.charts[0].labels")
    named = np.array(labels)[codes]
    assert (named == np.array(planted.class_names)[planted.results.predicted[CAT].T]).all()
    colors = [chart.token("--right-soft"), *(chart.token(f"--label-{i}") for i in range(1, 7))]
    rest = chart.token("--line-strong")
    assert (
        chart.colors(key)
        == np.where(codes < 7, np.array([*colors, *[rest] * 9])[codes.clip(0, 15)], rest)
    ).all()
    legend = chart.page.locator("#validation-legend")
    for label in labels[:7]:
        expect(legend).to_contain_text(label)
    assert len(labels) > 7
    swatch = legend.locator(".leg", has_text="rest").locator(".swatch")
    shown = swatch.evaluate("each => getComputedStyle(each).backgroundColor.match(/[0-9]+/g)")
    assert ",".join(shown) == rest


def test_the_legend_of_labels_in_two_classes_names_their_ranks_by_the_colours_painted(show):
    chart = show(f"runs=planted&validation.open={CAT},5&validation.color=predicted")
    ranks = chart.page.locator("#validation-legend .leg", has_text="most frequent label first")
    tiles = ranks.locator(".swatch").evaluate_all(
        "all => all.map((each) => getComputedStyle(each).backgroundColor.match(/[0-9]+/g).join())"
    )
    assert tiles == [chart.token(f"--label-{i}") for i in range(1, 7)]


def test_strips_hold_the_planted_errors_and_say_the_one_at_the_focus_step(show, planted):
    at = 30
    step = int(planted.validation_steps[at])
    chart = show(f"runs=planted&step={step}")

    for class_, right in enumerate(planted.results.right):
        wrong = (~right).sum(1)
        assert (chart.numbers(f"class-{class_}")[0] == wrong).all()
        read = chart.page.locator(f".read[data-row='class-{class_}']")
        expect(read).to_have_text(f"{half_up(100 * wrong[at] / right.shape[1])} %")
    everything = (~planted.results.right[:, at]).mean()
    read = chart.page.locator(".read[data-row='overall']")
    expect(read).to_have_text(f"{half_up(100 * everything)} %")
    expect(chart.page.locator("#validation-text")).to_contain_text(f"at step {step:,}")


def test_every_click_is_undone_by_back(show, planted):
    chart = show("runs=planted")
    assert f"pixels-{CAT}" not in chart.rows()

    chart.name(CAT).click()
    chart.wait_for_row(f"pixels-{CAT}")
    chart.click(f"pixels-{CAT}", int(planted.validation_steps[20]))
    pinned = chart.selection()["images"]
    assert chart.selection()["step"] == planted.validation_steps[20]
    chart.click("class-5", int(planted.validation_steps[35]))
    chart.wait_for_row("pixels-5")
    assert chart.selection()["options"] == {"validation.open": f"{CAT},5"}

    chart.page.go_back()
    chart.page.wait_for_function(
        "() => !window.epochscope.validation.state.options['validation.open'].includes('5')"
    )
    assert chart.selection()["step"] == planted.validation_steps[20]
    assert chart.selection()["images"] == pinned
    chart.page.go_back()
    expect(chart.page.locator(".inspector .hint")).to_be_visible()
    assert "images" not in chart.selection()
    chart.page.go_back()
    expect(chart.name(CAT)).to_have_attribute("aria-expanded", "false")
    assert chart.selection() == {"runs": ["planted"]}


def test_an_image_tells_its_label_when_hovered_and_its_picture_and_counts_when_pinned(
    show, planted
):
    chart = show(f"runs=planted&validation.open={CAT}&validation.order=recorded")
    images = planted.plan.images_per_class
    slot = int(planted.forgotten_slots[0])
    key = f"pixels-{CAT}"
    chart.wait_for_row(key)
    assert_hovering_names_the_label_and_draws_nothing_again(chart, planted)

    chart.click(key, planted.forgets[0], (slot + 0.5) / images)
    chart.page.mouse.move(5, 400)

    right = planted.results.right[CAT][:, slot]
    forgotten = int((right[:-1] & ~right[1:]).sum())
    taken, counts = np.unique(planted.results.predicted[CAT][~right, slot], return_counts=True)
    most = planted.class_names[taken[np.argmax(counts)]]
    inspector = chart.page.locator(".inspector")
    expect(inspector).to_contain_text(f"Image cat/{CAT * images + slot:05d}")
    expect(inspector).to_contain_text(f"right {right.sum()} of {len(right)}")
    expect(inspector).to_contain_text(f"forgotten {forgotten} time")
    expect(inspector).to_contain_text(f"taken for {most} {counts.max()}×")
    assert (
        inspector.locator("img").evaluate(
            "async (img) => { await img.decode(); return img.naturalWidth; }"
        )
        > 0
    )
    lanes = chart.wait_for_row(f"lanes-{CAT}")
    assert len(lanes["data"][0]["numbers"]) == 4 * len(right)
    expect(chart.page.locator(".lane").nth(1)).to_have_text(most)
    shares = (planted.results.predicted[CAT] == planted.class_names.index(most)).mean(1)
    assert np.abs(chart.numbers(f"lanes-{CAT}")[1] / 200 - shares).max() <= 0.0025


def assert_hovering_names_the_label_and_draws_nothing_again(chart, planted):
    chart.settle()
    drawn = chart.drawn()
    slot = int(planted.forgotten_slots[0])
    at = int(np.flatnonzero(planted.validation_steps == planted.forgets[0])[0])

    chart.hover(f"pixels-{CAT}", planted.forgets[0], (slot + 0.5) / planted.plan.images_per_class)

    tip = chart.page.locator(".canvas-tip:visible")
    label = planted.class_names[planted.results.predicted[CAT][at, slot]]
    expect(tip).to_contain_text(f"at step {planted.forgets[0]:,}")
    expect(tip).to_contain_text(f"predicted {label}")
    chart.hover("class-5", 100)
    expect(tip).to_contain_text(planted.class_names[5])
    assert chart.drawn() == drawn


def test_dragging_over_a_strip_sets_the_range_and_escape_clears_it(show):
    chart = show("runs=planted")

    chart.hover("class-2", 1000)
    chart.page.mouse.down()
    chart.page.mouse.move(*chart.place("class-2", 2000), steps=4)
    chart.page.mouse.move(*chart.place("class-2", 3000), steps=4)
    chart.page.mouse.up()

    first, last = chart.selection()["range"]
    assert abs(first - 1000) < 15
    assert abs(last - 3000) < 15
    assert "options" not in chart.selection()  # a brush opens nothing
    chart.page.locator("#validation-rows").focus()
    chart.page.keyboard.press("Escape")
    chart.page.wait_for_function("() => !window.epochscope.selection().range")
