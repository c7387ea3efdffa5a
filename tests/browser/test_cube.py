"""The Cube page: three faces on shared edges, linked by hover and pins, folded flat and saved."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from playwright.sync_api import expect

from data.store import open_run
from tests.browser.faces_view import Faces
from tests.browser.patience import until

pytestmark = pytest.mark.browser

OPEN = "window=3&threshold=40&top=2&appearances=1&correlation.iterations=1&correlation.size=1"
SET = {"layer": "features.conv2", "filters": [2, 5]}
LAYERS = "window.epochscope.correlation.state.scenes[0].run.layers"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def show(served, page, visit):
    def open_page(query):
        visit(page, f"{served}/cube?{query}")
        return Faces(page)

    return open_page


def test_the_faces_share_their_edges_and_hold_what_correlation_holds(show, visit, served, planted):
    cube = show(f"runs=planted&{OPEN}").scene()
    front, top, right = (cube["maps"][name] for name in ("front", "top", "right"))

    assert cube["kind"] == "cube"
    assert front[:2] == top[:2]  # steps
    assert front[2:4] == right[2:4]  # filters
    assert top[2:4] == right[:2]  # classes
    assert front[4:] == top[4:] == [right[4] - front[0], right[5]]
    assert ["cat", "features.conv2", [2, 5], planted.forgets[0]] in cube["rectangles"]


def test_what_is_painted_on_the_slanted_face_is_where_it_is_picked(show, planted):
    faces = show(f"runs=planted&{OPEN}")
    assert faces.color("right", name="cat", step=planted.forgets[0], **SET) == faces.token("--accent")  # fmt: skip

    faces.hover("right", name="cat", step=planted.forgets[0], **SET)
    faces.expect_outlined("hov", ["front", "right", "right", "top"])
    expect(faces.tip()).to_contain_text("cat × features.conv2")
    faces.hover("front", step=planted.forgets[0], **SET)
    faces.expect_outlined("hov", ["front", "right"])


@pytest.fixture
def explore(paper_logs, paper_folder, server, page, visit):
    """The cube of a log with planted mini-sets, opened with nothing chosen, and what was planted."""
    visit(page, f"{server}/cube?runs=seed7")
    run, truths = open_run("seed7"), paper_logs["seed7"].truths
    layers = {row.layer: row.name for row in run.layers}

    def describe(event):
        classes = sorted(run.class_names[each] for each in event.classes)
        return classes, layers[event.layer], list(event.filters), list(event.steps)

    return Faces(page), describe, truths


def lit(faces):
    faces.page.mouse.move(5, 400)  # what is hovered is lit as well
    return faces.lit()


def expect_lit(faces, expected):
    until(faces.page, lambda: lit(faces), expected)


def wait_for_flipped(faces, sections):
    """Pictures of what is pinned come into view, which scrolls the page."""
    faces.page.wait_for_function(
        "count => document.querySelectorAll('#correlation-images section').length === count",
        arg=sections,
    )


def lights(classes=(), row=None, marks=(), squares=()):
    """What is lit by pins: strips and columns, a row on both faces, steps with their iterations."""
    rows = [row] if row else []
    return {
        "top": list(classes),
        "front": rows,
        "right": {"classes": list(classes), "rows": rows},
        "steps": [step for step, _ in marks],
        "iterations": sorted(name for _, names in marks for name in names),
        "squares": list(squares),
    }


def assert_link_restores(faces, visit, fresh_page):
    other = Faces(visit(fresh_page(), faces.page.evaluate("window.epochscope.link()")))
    expect(other.pins()).to_have_text(faces.pins().all_inner_texts())
    expect_lit(other, lit(faces))
    until(other.page, other.selection, faces.selection())
    until(other.page, other.scene, faces.scene())


def test_from_a_layer_to_the_classes_of_its_set_in_three_clicks(explore, visit, fresh_page):
    faces, describe, truths = explore
    classes, layer, filters, steps = describe(truths.shallow)
    row = [layer, filters]
    place = [one[0] for one in faces.page.evaluate(LAYERS)].index(layer)

    faces.page.locator(f"svg rect.mini[data-layer='{place}']").click()
    expect(faces.pins()).to_have_text([layer])
    expect_lit(faces, lights(row=row))
    faces.click("front", layer=layer, filters=filters, step=steps[0])
    expect(faces.pins()).to_have_text([layer, f"{layer}, {len(filters)} filters"])
    until(faces.page, lambda: lit(faces)["squares"], classes)
    found = lit(faces)
    assert found.pop("front") == found["right"].pop("rows") == [row, row]  # the set in its layer
    assert found["squares"] == classes
    faces.page.locator("svg .lab[data-class]", has_text=classes[2]).first.click()
    expect(faces.pins()).to_have_count(3)
    until(faces.page, lambda: lit(faces)["top"], [classes[2]])
    found = lit(faces)
    assert (found["top"], found["right"]["classes"]) == ([classes[2]], [classes[2]])
    assert found["squares"] == classes
    assert_link_restores(faces, visit, fresh_page)


def test_from_marked_iterations_to_their_filters_in_a_click_each_and_two_more(
    explore, visit, fresh_page
):
    faces, describe, truths = explore
    (first, second), layer, filters, steps = describe(truths.deep)
    row = [layer, filters]
    marks = [(step, (first, second)) for step in steps]

    faces.click("top", name=first, step=steps[0])
    expect(faces.pins()).to_have_text([first, f"step {steps[0]:,}"])
    wait_for_flipped(faces, 1)
    expect_lit(faces, lights([first], marks=marks[:1]))
    faces.click("top", name=first, step=steps[1])
    expect(faces.pins()).to_have_count(3)
    wait_for_flipped(faces, 2)
    expect_lit(faces, lights([first], marks=marks))
    faces.click("right", name=first, layer=layer, filters=filters, step=steps[1])
    expect(faces.pins()).to_have_count(4)
    expect_lit(faces, lights([first], row, marks, [first, second]))
    faces.page.locator("svg .lab[data-class]", has_text=second).first.click()
    expect(faces.pins()).to_have_count(5)
    wait_for_flipped(faces, 4)
    expect_lit(faces, lights([first, second], row, marks, [first, second]))
    assert_link_restores(faces, visit, fresh_page)
    faces.click("right", name=first, layer=layer, filters=filters, step=steps[1])
    expect(faces.pins()).to_have_text([second, f"step {steps[0]:,}"])


def test_from_the_strongest_line_to_strips_and_filters_in_four_clicks(explore, visit, fresh_page):
    faces, describe, truths = explore
    classes, layer, filters, steps = describe(truths.shallow)
    row = [layer, filters]

    faces.page.get_by_label("Order of the classes").first.click()
    faces.page.get_by_role("option", name="appearances").click()
    faces.page.wait_for_function(
        "() => window.epochscope.correlation.state.matrix.settings.order === 'appearances'"
    )
    faces = Faces(faces.page)
    until(faces.page, lambda: sorted(faces.scene()["classes"][: len(classes)]), classes)
    strongest = faces.scene()["classes"][: len(classes)]
    # The line of the set, between the columns of two classes.
    columns = [faces.point("right", name=name, layer=layer, filters=filters) for name in strongest]
    faces.page.mouse.click(*np.mean(columns[1:3], 0))
    expect(faces.pins()).to_have_text([f"{layer}, {len(filters)} filters"])
    wait_for_flipped(faces, len(classes) * len(steps))
    expect_lit(faces, lights(row=row, squares=classes))
    faces.click("right", name=classes[3], layer=layer, filters=filters, step=steps[0])
    expect(faces.pins()).to_have_count(3)
    expect_lit(faces, lights([classes[3]], row, [(steps[0], classes)], classes))
    assert_link_restores(faces, visit, fresh_page)


def test_angle_and_fold_are_in_the_link(show, visit, fresh_page):
    faces = show(f"runs=planted&{OPEN}")
    before = faces.scene()["maps"]
    expect(faces.page.locator("#cube-angle-text")).to_have_text("49°")

    faces.page.locator("#cube-angle").get_by_role("slider").focus()
    faces.page.keyboard.press("Home")
    faces.page.wait_for_function(
        "() => window.epochscope.selection().options['cube.angle'] === '30'"
    )
    faces.page.wait_for_function(
        "dx => window.epochscope.correlation.state.scenes[0].maps.right[0] < dx",
        arg=before["right"][0],
    )
    grip = faces.page.locator("svg .grip").bounding_box()
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    faces.page.mouse.move(x, y)
    faces.page.mouse.down()
    faces.page.mouse.move(x + 60, y, steps=3)
    faces.page.mouse.up()
    depth = -before["top"][3]
    angle = int(faces.selection()["options"]["cube.angle"])
    assert angle == round(np.degrees(np.arctan2(round(depth * np.tan(np.radians(30))) + 60, depth)))
    faces.page.wait_for_function(
        "lean => window.epochscope.correlation.state.scenes[0].maps.top[2] === lean",
        arg=round(depth * np.tan(np.radians(angle))),
    )
    faces.page.locator("#cube-layout").get_by_text("flat").click()
    faces.page.wait_for_function(
        "() => window.epochscope.correlation.state.scenes[0].kind === 'unfolded'"
    )

    other = Faces(visit(fresh_page(), faces.page.evaluate("window.epochscope.link()")))
    until(other.page, other.scene, faces.scene())


def test_several_runs_are_tabs_that_share_their_pins(show):
    faces = show("runs=planted,project/failing&window=1&threshold=30&top=3")
    page = faces.page
    beyond = page.locator(".page").evaluate("(page) => page.scrollHeight - page.clientHeight")
    assert beyond == 0  # the tabs take their height from the cube
    page.locator("svg .lab[data-class]", has_text="cat").first.click()
    expect(faces.pins()).to_have_text(["cat"])

    page.get_by_role("tab", name="failing").click()
    page.wait_for_function("() => window.epochscope.correlation.state.scenes[1]")
    assert faces.scene() is None
    expect(faces.pins()).to_have_text(["cat"])
    expect(page.locator(".faces:visible")).to_have_count(1)


def test_saves_what_is_shown_as_svg_and_as_png(show):
    faces = show(f"runs=planted&{OPEN}&classes=3")
    page = faces.page

    with page.expect_download() as saved:
        page.get_by_role("button", name="Save SVG").click()
    assert saved.value.suggested_filename == "planted-cube.svg"
    tree = ET.parse(saved.value.path())
    texts = [text.text for text in tree.iter(f"{SVG}text")]
    assert {"planted: Cube", "cat", "features.conv2", "Validation", "set moves"} <= set(texts)
    (image,) = tree.iter(f"{SVG}image")
    assert image.get("href").startswith("data:image/png;base64,")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save PNG").click()
    assert saved.value.suggested_filename == "planted-cube.png"
    head = saved.value.path().read_bytes()[:24]
    width, height = page.evaluate("window.epochscope.correlation.state.scenes[0].size")
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(head[16:20], "big") == 2 * width
    assert int.from_bytes(head[20:24], "big") == 2 * (height + 34)
