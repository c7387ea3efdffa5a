"""Triangles, table and pictures of the Validation page show exactly the planted flips."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.validation_chart import Chart, until_alike
from tests.callbacks.test_validation_anomalies import literal_events

pytestmark = pytest.mark.browser

CAT = 3

# Where triangles are painted: one colour inside each that is expected, and whatever lies elsewhere.
READ_TRIANGLES = """(places) => {
  const view = window.epochscope.canvas.view('validation-rows');
  const { spec, axis, layer } = view;
  const { width: across, height: down } = layer;
  const copy = new OffscreenCanvas(across, down).getContext('2d', { willReadFrequently: true });
  copy.drawImage(layer, 0, 0);
  const image = copy.getImageData(0, 0, across, down).data;
  const ratio = window.devicePixelRatio;
  const colors = places.map(([key, step, up]) => {
    const row = spec.rows.find((one) => one.key === key);
    const { x, width } = spec.columns[0];
    const at = window.epochscope.canvas.toX(step, axis.domain, x, width);
    const edge = up ? row.y + row.height + 4 : row.y - 4; // inside, nearer to the base
    const pixel = 4 * (Math.floor((edge - view.top) * ratio) * across + Math.floor(at * ratio));
    const color = image.slice(pixel, pixel + 3).join(',');
    copy.clearRect((at - 10) * ratio, (edge - 6 - view.top) * ratio, 20 * ratio, 12 * ratio);
    return color;
  });
  const rest = copy.getImageData(0, 0, across, down).data;
  let elsewhere = 0;
  for (let i = 3; i < rest.length; i += 4) if (rest[i]) elsewhere += 1;
  return { colors, elsewhere };
}"""


@pytest.fixture
def show(served, page, visit):
    def open_page(query):
        visit(page, f"{served}/validation?{query}")
        page.wait_for_selector("#validation-table[data-rows]")
        return Chart(page)

    return open_page


def expected_triangles(planted, window, threshold, classes=None):
    """(key, step, up, color token) of every triangle of every class strip."""
    found = []
    least = max(1, -(-threshold * planted.plan.images_per_class // 100))
    for (row, at), scores in literal_events(planted, window, threshold).items():
        for up, score, learned in zip((False, True), scores[:2], scores[2:], strict=True):
            if score >= least and (classes is None or row in classes):
                token = "--muted"
                if learned >= 0.7 * score:
                    token = "--right"
                elif score - learned >= 0.7 * score:
                    token = "--wrong"
                found.append((f"class-{row}", int(planted.validation_steps[at]), up, token))
    return found


def assert_exactly(chart, wanted):
    page = chart.page
    expect(page.locator("#validation-rows")).to_have_attribute("data-triangles", str(len(wanted)))
    read = page.evaluate(READ_TRIANGLES, [list(each[:3]) for each in wanted])
    assert read["colors"] == [chart.token(each[3]) for each in wanted]
    assert read["elsewhere"] == 0


def test_exactly_the_planted_flips_have_a_triangle_and_moving_k_draws_no_row_again(show, planted):
    chart = show("runs=planted&window=1")
    chart.wait_for_rules(1)
    chart.settle()
    before, drawn, picture = expected_triangles(planted, 1, 20), chart.drawn(), chart.painted()
    assert before
    assert_exactly(chart, before)

    chart.page.get_by_role("slider", name="Window in recorded steps").focus()
    chart.page.keyboard.press("ArrowRight")
    chart.page.keyboard.press("ArrowRight")
    chart.wait_for_rules(3)

    after = expected_triangles(planted, 3, 20)
    assert after != before
    assert_exactly(chart, after)
    assert chart.drawn() == drawn
    assert chart.painted() == picture
    assert chart.selection()["window"] == 3
    expect(chart.page.locator("#validation-window-text")).to_have_text("3")
    rows = len(literal_events(planted, 3, 20))
    expect(chart.page.locator("#validation-table")).to_have_attribute("data-rows", str(rows))
    expect(chart.page.locator("#validation-table .sub")).to_contain_text(f"{rows} with 20 %")
    assert_names_the_anomalies(chart.page.locator("#validation-anomalies-text"), planted)

    chart.page.evaluate("window.epochscope.select({ threshold: 45 })")
    chart.wait_for_rules(3, 45)
    fewer = expected_triangles(planted, 3, 45)
    assert 0 < len(fewer) < len(after)
    assert_exactly(chart, fewer)


def assert_names_the_anomalies(text, planted):
    """How many anomaly iterations each class has, and the strongest with its class and step."""
    events = literal_events(planted, 3, 20)
    expect(text).to_contain_text(f"planted: {len(events)}, by class: ")
    for row in {row for row, _ in events}:
        count = sum(row == other for other, _ in events)
        expect(text).to_contain_text(f"{planted.class_names[row]} {count}")
    (row, at), scores = min(events.items(), key=lambda one: (-max(one[1][:2]), one[0][::-1]))
    step = int(planted.validation_steps[at])
    images = planted.plan.images_per_class
    expect(text).to_contain_text(
        f"The strongest: {planted.class_names[row]} at step {step:,}, "
        f"{max(scores[:2])} of {images} images"
    )


def test_learned_and_forgotten_flips_and_either_rule_can_be_told_apart(show, planted):
    chart = show("runs=planted&window=3&threshold=30")
    chart.wait_for_rules(3, 30)

    chart.page.get_by_text("forgotten", exact=True).last.click()
    chart.wait_for_rules(3, 30, direction="forgotten")
    rows = literal_events(planted, 3, 30, direction="forgotten")
    assert rows
    expect(chart.page.locator("#validation-table")).to_have_attribute("data-rows", str(len(rows)))
    chart.page.get_by_text("left", exact=True).last.click()
    chart.wait_for_rules(3, 30, "left", "forgotten")
    left = literal_events(planted, 3, 30, "left", "forgotten")
    expect(chart.page.locator("#validation-table")).to_have_attribute("data-rows", str(len(left)))


def test_the_table_is_ranked_and_a_click_moves_the_focus_and_opens_the_class(show, planted):
    chart = show("runs=planted&window=3&validation.clusters=none")
    chart.wait_for_rules(3)
    events = literal_events(planted, 3, 20)
    shares = [max(scores[:2]) / planted.plan.images_per_class for scores in events.values()]
    rows = chart.page.locator("#validation-table tbody tr")
    expect(rows).to_have_count(min(24, len(events)))
    said = rows.locator(".share").all_inner_texts()
    assert [int(text.split()[0]) for text in said] == [
        int(100 * share + 0.5) for share in sorted(shares, reverse=True)
    ][: len(said)]

    at = int(np.flatnonzero(planted.validation_steps == planted.forgets[0])[0])
    left, right, *_ = events[CAT, at]
    row = chart.page.locator(f"tr[data-row='{CAT}'][data-step='{planted.forgets[0]}']")
    cells = row.locator("td").all_inner_texts()
    score = max(left, right)
    wrong = (~planted.results.right[CAT]).mean(1)
    assert cells[3:7] == [str(left), str(right), "0", str(score)]
    assert cells[-1].split() == [
        str(int(100 * wrong[at - 1] + 0.5)) + str(int(100 * wrong[at] + 0.5)),
        "%",
    ]
    row.click()
    chart.wait_for_row(f"pixels-{CAT}")
    assert chart.selection()["step"] == planted.forgets[0]
    expect(row).to_have_class("at-focus")
    assert {"class-3", "pixels-3"} <= set(chart.rows())
    assert chart.page.locator(".cluster-name[aria-expanded='true']").count() == 1


def test_a_triangle_says_what_flipped_and_a_click_opens_the_images_with_both_labels(show, planted):
    chart = show("runs=planted&window=3")
    chart.wait_for_rules(3)
    x, y = chart.place(f"class-{CAT}", planted.forgets[0], 0)

    chart.page.mouse.move(x, y - 3)
    assert_tells_what_flipped(chart.page.locator(".canvas-tip:visible"), planted)
    chart.page.mouse.click(x, y - 3)
    chart.wait_for_row(f"pixels-{CAT}")
    assert chart.selection()["step"] == planted.forgets[0]
    assert chart.selection()["classes"] == [CAT]

    gallery = chart.page.locator(f"[data-gallery='flipped-{CAT}']")
    expect(gallery).to_contain_text("forgotten")
    gallery.locator(".names").click()
    dialog = chart.page.locator("dialog.gallery")
    expect(dialog).to_contain_text(f"cat at step {planted.forgets[0]:,}")
    image = CAT * planted.plan.images_per_class + int(planted.forgotten_slots[0])
    figure = dialog.locator("figure", has_text=f"cat/{image:05d}")
    assert_shows_both_labels(figure, planted)
    figure.locator("button").click()
    expect(dialog).to_be_hidden()
    assert chart.selection()["images"] == [image]


def assert_tells_what_flipped(tip, planted):
    at = int(np.flatnonzero(planted.validation_steps == planted.forgets[0])[0])
    left, _, learned, _ = literal_events(planted, 3, 20)[CAT, at]
    images = planted.plan.images_per_class
    expect(tip).to_contain_text(f"Left rule at step {planted.forgets[0]:,}")
    expect(tip).to_contain_text(f"{left} of {images} images ({int(100 * left / images + 0.5)} %)")
    expect(tip).to_contain_text(f"{learned} learned, {left - learned} forgotten")
    wrong = (~planted.results.right[CAT]).mean(1)
    expect(tip).to_contain_text(f"{int(100 * wrong[at - 1] + 0.5)} % before")
    expect(tip).to_contain_text(f"{int(100 * wrong[at] + 0.5)} % here")


def assert_shows_both_labels(figure, planted):
    at = int(np.flatnonzero(planted.validation_steps == planted.forgets[0])[0])
    slot = int(planted.forgotten_slots[0])
    before, after = planted.results.predicted[CAT][at - 1 : at + 1, slot]
    assert before == CAT
    expect(figure.locator("b")).to_have_text(f"cat{planted.class_names[after]}")
    picture = figure.locator("img")
    assert picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") > 0


def test_opened_classes_have_their_triangles_too_and_brackets_jump_between_them(show, planted):
    steps = sorted({int(planted.validation_steps[at]) for _, at in literal_events(planted, 3, 20)})
    chart = show(f"runs=planted&window=3&step={steps[1]}&validation.open={CAT}")
    chart.wait_for_rules(3)
    chart.wait_for_row(f"pixels-{CAT}")
    strips = expected_triangles(planted, 3, 20)
    around = [(f"pixels-{CAT}", *each[1:]) for each in strips if each[0] == f"class-{CAT}"]
    chart.page.wait_for_function(
        f"() => document.getElementById('validation-rows').dataset.triangles === '{len(strips) + len(around)}'"
    )
    assert_exactly(chart, [*strips, *around])

    for key, step in (("]", steps[2]), ("[", steps[1]), ("[", steps[0]), ("[", steps[0])):
        chart.page.keyboard.press(key)
        chart.page.wait_for_function(f"() => window.epochscope.selection().step === {step}")


def test_several_iterations_are_picked_and_a_link_brings_everything_back(
    show, visit, fresh_page, planted
):
    chart = show("runs=planted&window=3")
    chart.wait_for_rules(3)
    rows = chart.page.locator("#validation-table tbody tr")
    steps = [int(rows.nth(i).get_attribute("data-step")) for i in range(rows.count())]
    second = next(i for i, step in enumerate(steps) if step != steps[0])
    rows.nth(0).locator("input").click()
    expect(rows.nth(0)).to_have_class("picked")
    rows.nth(second).click(modifiers=["Control"])
    expect(chart.page.locator("#validation-table .right")).to_contain_text("2 picked")
    assert chart.selection()["picks"] == sorted({steps[0], steps[second]})
    assert "step" not in chart.selection()
    opened = f"pixels-{rows.nth(0).get_attribute('data-row')}"
    rows.nth(0).click()
    link = chart.page.evaluate("window.epochscope.link()")
    chart.wait_for_row(opened)
    chart.page.wait_for_selector("[data-gallery^='flipped']")

    other = Chart(visit(fresh_page(), link))
    other.wait_for_rules(3)
    other.wait_for_row(opened)
    assert other.selection() == chart.selection()
    until_alike(chart, other, Chart.rows)
    for part in ("table", "pictures", "legend", "crumb"):
        until_alike(chart, other, lambda one, part=part: one.words(part))
    other.page.get_by_role("button", name="Clear").click()
    expect(other.page.locator("tr.picked")).to_have_count(0)


def test_where_nothing_reaches_the_threshold_the_table_says_what_would(show, planted):
    largest = max(max(scores[:2]) for scores in literal_events(planted, 5, 1).values())
    percent = 100 * largest // planted.plan.images_per_class
    chart = show(f"runs=planted&threshold={percent + 2}")
    chart.wait_for_rules(5, percent + 2)

    none = chart.page.locator("#validation-table .none")
    expect(none).to_contain_text(f"The largest score is {percent} %.")
    expect(chart.page.locator("#validation-rows")).to_have_attribute("data-triangles", "0")
    none.get_by_role("button").click()
    expect(chart.page.locator("#validation-table tbody tr")).not_to_have_count(0)
    assert chart.selection()["threshold"] == percent
