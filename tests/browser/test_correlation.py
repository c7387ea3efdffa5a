"""The Correlation page shows what was planted, links its faces, and every pin is in the link."""

from itertools import product

import numpy as np
import pytest
from playwright.sync_api import expect

from callbacks import correlation_lift
from data.demos import write_plain_run, write_planted_run
from data.layers import read_top_filters
from data.store import open_run
from tests.browser.faces_view import Faces
from tests.browser.patience import until

pytestmark = pytest.mark.browser

CAT = 3  # the class that forgets
SETTINGS = "window=3&threshold=40&top=2"
OPEN = f"{SETTINGS}&appearances=1&correlation.iterations=1&correlation.size=1&correlation.shown=all"


@pytest.fixture
def show(served, page, visit):
    def open_page(query):
        visit(page, f"{served}/correlation?{query}")
        return Faces(page)

    return open_page


def steady_flips(answers, at, window):
    """Images that flip at a step with `window` equal answers before it, and after it, literally."""
    left = right = 0
    for row in answers.T:
        if at == 0 or row[at] == row[at - 1]:
            continue
        left += at >= window and len(set(row[at - window : at])) == 1
        right += at + window <= len(row) and len(set(row[at : at + window])) == 1
    return max(left, right)


def red(color):
    return int(color.split(",")[0])


def span(faces):
    """How far the red of the sequential ramp goes."""
    return abs(red(faces.token("--sunken")) - red(faces.token("--accent")))


def find_iterations(planted, window, share):
    """The anomaly iterations of every class, by the rules as they are written."""
    found = {}
    for name, answers in zip(planted.class_names, planted.results.right, strict=True):
        steps = [
            int(step)
            for at, step in enumerate(planted.validation_steps)
            if steady_flips(answers, at, window) >= np.ceil(share * answers.shape[1])
        ]
        if steps:
            found[name] = steps
    return found


def find_rectangles(planted, iterations, top):
    """(class, layer, filters, step) of every mini-set at every iteration, step by step."""
    run = open_run(planted.name)
    names = {row.layer: row.name for row in run.layers}
    steps = sorted(set().union(*iterations.values()))
    members = {}
    for step in steps:
        ranked = read_top_filters(run, step, top)
        for layer, filter_ in zip(ranked.layer.tolist(), ranked.filter.tolist(), strict=True):
            members.setdefault((names[layer], filter_), []).append(step)
    sets = {}
    for (layer, filter_), at in members.items():
        sets.setdefault((layer, tuple(at)), []).append(filter_)
    return sorted(
        [name, layer, sorted(filters), step]
        for (layer, at), filters in sets.items()
        for name, own in iterations.items()
        for step in own
        if step in at
    )


def test_every_rectangle_stands_where_the_rules_put_it_and_no_other(show, planted):
    faces = show(f"runs=planted&{OPEN}")
    iterations = find_iterations(planted, 3, 0.4)
    scene = faces.scene()

    assert {name: at for name, at in scene["iterations"].items() if at} == iterations
    assert sorted(scene["rectangles"]) == find_rectangles(planted, iterations, 2)
    assert set(scene["classes"]) == set(iterations)


def test_the_planted_filters_move_at_the_step_at_which_the_class_forgets(show, planted):
    faces = show(f"runs=planted&{OPEN}")
    own = [one for one in faces.scene()["rectangles"] if one[0] == "cat"]
    planted_one = ["cat", "features.conv2", list(planted.plan.jumping_filters), planted.forgets[0]]

    assert planted_one in own
    assert [one for one in own if one[3] == planted.forgets[0]] == [planted_one]
    where = dict(zip(("name", "layer", "filters", "step"), planted_one, strict=True))
    assert faces.color("right", **where) == faces.token("--accent")
    expect(faces.canvas()).to_have_attribute("data-cells", str(len(faces.scene()["rectangles"])))
    # Filters that jump change most of their layer at that step, and not the step after.
    there = red(faces.color("front", **where))
    after = planted.validation_steps[planted.validation_steps > planted.forgets[0]][0]
    later = red(faces.color("front", **{**where, "step": int(after)}))
    assert abs(there - red(faces.token("--accent"))) < 0.2 * span(faces)
    assert abs(later - red(faces.token("--sunken"))) < 0.7 * span(faces)


def test_a_run_without_planted_filters_outlines_nothing(served_log, logdir, page, visit):
    write_planted_run(logdir, "chance", validations=40, jumping_filters=())

    visit(page, f"{served_log}/correlation?runs=chance&{OPEN}")
    assert Faces(page).scene()["beyond"] == 0
    visit(page, f"{served_log}/correlation?runs=chance&{OPEN}&correlation.version=abstract")
    faces = Faces(page)
    assert faces.scene()["beyond"] == 0
    expect(page.locator(".face-t.key")).to_have_text([
        "hoveredpinnedstable before the flipstable after it", "beyond chance: 0 cellsfilters 0"
        + str(max(max(row) for row in faces.scene()["counts"]))
    ])  # fmt: skip


def test_the_abstract_version_counts_the_union_of_anomaly_filters(show, planted):
    faces = show(f"runs=planted&{SETTINGS}&correlation.version=abstract")
    iterations = find_iterations(planted, 3, 0.4)
    scene = faces.scene()

    expected = find_rectangles(planted, iterations, 2)
    for (row, (layer, _)), (column, name) in product(
        enumerate(scene["rows"]), enumerate(scene["classes"])
    ):
        union = {f for one in expected if one[:2] == [name, layer] for f in one[2]}
        assert scene["counts"][row][column] == len(union)
    assert {layer for layer, _ in scene["rows"]} == {one[1] for one in expected}


def test_hovering_lights_all_faces_and_paints_nothing(show, planted):
    faces = show(f"runs=planted&{OPEN}")
    drawn = faces.drawn()
    where = {"name": "cat", "layer": "features.conv2", "filters": [2, 5]}

    faces.hover("right", step=planted.forgets[0], **where)

    faces.expect_outlined("hov", ["front", "right", "right", "top"])
    expect(faces.tip()).to_contain_text("cat × features.conv2")
    expect(faces.tip()).to_contain_text("2, 5")
    flips = steady_flips(planted.results.right[CAT], list(planted.validation_steps).index(planted.forgets[0]), 3)  # fmt: skip
    expect(faces.tip()).to_contain_text(f"{flips} of 24 images")
    expect(faces.tip()).to_contain_text("chance")
    faces.hover("front", step=planted.forgets[0], layer="features.conv2", filters=[2, 5])
    faces.expect_outlined("hov", ["front", "right"])
    expect(faces.tip()).to_contain_text(f"at step {planted.forgets[0]:,}")
    faces.hover("top", step=planted.forgets[0], name="cat")
    faces.expect_outlined("hov", ["right", "top"])
    assert faces.drawn() == drawn


def test_one_click_pins_a_rectangle_and_shows_the_images_that_flipped(show, planted):
    faces = show(f"runs=planted&{OPEN}")
    page = faces.page
    step = planted.forgets[0]

    faces.click("right", name="cat", layer="features.conv2", filters=[2, 5], step=step)

    expect(faces.pins()).to_have_text(["cat", "features.conv2, 2 filters", f"step {step:,}"])
    faces.expect_selected(classes=[CAT], minisets=["features.conv2:2.5"], picks=[step])
    at = list(planted.validation_steps).index(step)
    flips = steady_flips(planted.results.right[CAT], at, 3)
    expect(page.locator("#correlation-images h2")).to_contain_text(f"{flips} images flipped")
    figures = page.locator("#correlation-images figure")
    expect(figures).to_have_count(flips)
    predicted = planted.results.predicted[CAT]
    labels = {
        (planted.class_names[predicted[at - 1, slot]], planted.class_names[predicted[at, slot]])
        for slot in planted.forgotten_slots
    }
    shown = {
        (one.locator(".before").inner_text(), one.locator(".after").inner_text())
        for one in figures.all()
    }
    assert labels <= shown
    expect(page.locator("#correlation-pinned")).to_contain_text("2, 5")
    page.go_back()
    expect(faces.pins()).to_have_count(0)
    expect(page.locator("#correlation-images h2")).to_have_count(0)


def test_a_click_on_a_name_and_on_its_chip_undo_each_other(show):
    faces = show(f"runs=planted&{OPEN}")

    faces.page.locator("svg .lab[data-class]", has_text="cat").click()
    expect(faces.pins()).to_have_text(["cat"])
    faces.expect_outlined("pin", ["right", "top"])
    faces.page.get_by_label("Unpin cat").click()
    expect(faces.pins()).to_have_count(0)
    faces.page.locator("svg .lab[data-layer]", has_text="features.conv2").click()
    faces.expect_selected(layers=["features.conv2"])


@pytest.mark.parametrize("layout", ["", "&correlation.layout=corner"])
def test_a_link_restores_the_same_faces(show, visit, fresh_page, planted, layout):
    faces = show(f"runs=planted&{OPEN}&step={planted.forgets[1]}{layout}")
    faces.click("right", name="cat", layer="features.conv2", filters=[2, 5], step=planted.forgets[0])  # fmt: skip
    expect(faces.pins()).to_have_count(3)
    expect(faces.page.locator("#correlation-images figure").first).to_be_visible()
    faces.page.mouse.move(5, 400)

    other = Faces(visit(fresh_page(), faces.page.evaluate("window.epochscope.link()")))

    expect(other.pins()).to_have_count(3)
    expect(other.page.locator("#correlation-images figure").first).to_be_visible()
    until(other.page, other.scene, faces.scene())
    until(other.page, other.selection, faces.selection())
    other.expect_outlined("pin", faces.outlined("pin"))


def test_the_corner_has_validation_above_the_columns_and_layers_beside_the_rows(show):
    scene = show(f"runs=planted&{OPEN}&correlation.layout=corner").scene()
    top, front, right = (scene["maps"][name] for name in ("top", "front", "right"))

    assert (top[2], top[4]) == (right[0], right[4])  # the same columns
    assert (front[3], front[5]) == (right[3], right[5])  # the same rows
    assert top[1] > 0  # time runs down


def test_the_panel_opens_on_suggested_limits_and_takes_others_into_the_link(show):
    faces = show(f"runs=planted&{SETTINGS}")
    page = faces.page
    assert "appearances" not in faces.selection()
    assert faces.scene()["rectangles"]

    page.locator("#correlation-size").get_by_role("slider").focus()
    page.keyboard.press("End")
    page.wait_for_function(
        "() => window.epochscope.selection().options?.['correlation.size'] === '20'"
    )
    expect(page.locator(".faces .empty")).to_contain_text("No mini-set reaches these limits")
    page.get_by_role("button", name="Suggested limits").click()
    expect(page.locator(".faces .empty")).to_have_count(0)


def test_arrows_choose_a_class_and_enter_pins_it(show):
    faces = show(f"runs=planted&{OPEN}")
    faces.canvas().focus()

    faces.page.keyboard.press("ArrowUp")
    first = faces.scene()["classes"][0]
    faces.expect_outlined("hov", ["right", "top"])
    faces.page.keyboard.press("Enter")
    expect(faces.pins()).to_have_text([faces.page.evaluate("window.epochscope.correlation.state.matrix.classes[window.epochscope.correlation.state.hover.class].name")])  # fmt: skip
    assert first in faces.scene()["classes"]
    faces.page.keyboard.press("Escape")
    expect(faces.pins()).to_have_count(0)


def test_dragging_over_the_layers_sets_the_range(show):
    faces = show(f"runs=planted&{OPEN}")
    where = {"layer": "features.conv2", "filters": [2, 5]}

    page = faces.page
    page.mouse.move(*faces.point("front", step=1000, **where))
    page.mouse.down()
    page.mouse.move(*faces.point("front", step=2000, **where), steps=4)
    page.mouse.move(*faces.point("front", step=3000, **where), steps=4)
    page.mouse.up()

    page.wait_for_function("() => window.epochscope.selection().range")
    first, last = faces.selection()["range"]
    assert abs(first - 1000) < 15
    assert abs(last - 3000) < 15
    until(page, lambda: faces.scene()["domain"], [first - 0.5, last + 0.5])


def test_two_runs_stand_stacked_in_the_same_class_order(show):
    upper = show("runs=planted,project/failing&window=1&threshold=30&top=3")
    lower = Faces(upper.page, 1)

    orders = [each.scene()["classes"] for each in (upper, lower)]
    both = [name for name in orders[0] if name in orders[1]]
    assert both == [name for name in orders[1] if name in orders[0]]
    assert len(both) > 1
    upper.page.mouse.move(*upper.page.evaluate("""(name) => {
      const text = [...document.querySelectorAll("[data-place='0'] .lab[data-class]")].find((one) => one.textContent === name);
      const box = text.getBoundingClientRect();
      return [box.x + 4, box.y + 6];
    }""", both[0]))  # fmt: skip
    upper.expect_outlined("hov", ["right", "top"])
    lower.expect_outlined("hov", ["right", "top"])


def test_says_why_there_is_nothing_to_show(show, served_log, logdir, page, visit):
    write_planted_run(logdir, "still", validations=12, layers=False)
    write_plain_run(logdir, "plain", steps=50)
    for query, words in (
        ("runs=still", "No change of filters was recorded"),
        ("runs=plain", "No validation results"),
        ("runs=still&threshold=100", "No change of filters was recorded"),
    ):
        visit(page, f"{served_log}/correlation?{query}")
        expect(page.locator(".faces .empty")).to_contain_text(words)


def test_says_the_highest_score_where_no_class_reaches_the_threshold(show):
    faces_page = show(f"runs=planted&{OPEN}").page
    faces_page.evaluate("window.epochscope.select({ threshold: 100 })")
    empty = faces_page.locator(".faces .empty")
    expect(empty).to_contain_text("No class reaches 100 % with a window of 3")
    expect(empty).to_contain_text("of 24 images")
    empty.get_by_role("button").click()
    faces_page.wait_for_function("() => window.epochscope.selection().threshold < 100")


def test_search_lights_a_class_or_a_layer_and_enter_pins_it(show):
    faces = show(f"runs=planted&{OPEN}")
    search = faces.page.get_by_label("Find a class or a layer")

    search.fill("ca")
    faces.expect_outlined("hov", ["right", "top"])
    search.press("Enter")
    expect(faces.pins()).to_have_text(["cat"])
    search.fill("conv2")
    search.press("Enter")
    expect(faces.pins()).to_have_text(["cat", "features.conv2"])
    search.fill("nothing of the kind")
    expect(search).to_have_attribute("aria-invalid", "")
    search.press("Enter")
    expect(faces.pins()).to_have_count(2)


def test_learned_and_forgotten_are_told_apart(show, planted):
    forgotten = show(f"runs=planted&{OPEN}&validation.flips=forgotten").scene()["iterations"]
    learned = show(f"runs=planted&{OPEN}&validation.flips=learned").scene()["iterations"]

    assert planted.forgets[0] in forgotten["cat"]
    assert planted.forgets[0] not in learned.get("cat", [])


@pytest.fixture
def few_pairs(monkeypatch):
    """No two pairs are compared with chance."""
    monkeypatch.setattr(correlation_lift, "PAIRS_AT_MOST", 1)
    correlation_lift._lift.cache_clear()
    yield
    correlation_lift._lift.cache_clear()


@pytest.mark.usefixtures("few_pairs")
def test_says_that_too_many_pairs_are_not_compared_with_chance(show, planted):
    faces = show(f"runs=planted&{OPEN}&correlation.color=lift")
    expect(faces.page.locator(".face-t.key", has_text="No lift:")).to_be_visible()
    faces.hover(
        "right", name="cat", step=planted.forgets[0], layer="features.conv2", filters=[2, 5]
    )
    expect(faces.tip()).to_contain_text("pairs are too many")
