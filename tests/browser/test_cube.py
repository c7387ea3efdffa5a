"""The Cube page: three faces on shared edges, linked by hover and pins, folded flat and saved."""

import xml.etree.ElementTree as ET

import pytest
from playwright.sync_api import expect

from tests.browser.faces_view import Faces

pytestmark = pytest.mark.browser

OPEN = "window=3&threshold=40&top=2&appearances=1&correlation.iterations=1&correlation.size=1"
SET = {"layer": "features.conv2", "filters": [2, 5]}
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
    assert sorted(faces.outlined("hov")) == ["front", "right", "right", "top"]
    expect(faces.tip()).to_contain_text("cat × features.conv2")
    faces.hover("front", step=planted.forgets[0], **SET)
    assert sorted(faces.outlined("hov")) == ["front", "right"]


def test_from_an_iteration_to_its_filters_in_a_click_and_one_more(show, planted):
    faces = show(f"runs=planted&{OPEN}")
    step = planted.forgets[0]

    faces.click("top", name="cat", step=step)
    expect(faces.pins()).to_have_text(["cat", f"step {step:,}"])
    faces.click("right", name="cat", step=step, **SET)
    expect(faces.pins()).to_have_text(["cat", "features.conv2, 2 filters", f"step {step:,}"])
    assert sorted(faces.outlined("pin")) == ["front", "right", "right", "top"]
    expect(faces.page.locator("#correlation-images figure").first).to_be_visible()
    chosen = faces.selection()
    assert (chosen["minisets"], chosen["picks"]) == (["features.conv2:2.5"], [step])
    faces.click("right", name="cat", step=step, **SET)
    expect(faces.pins()).to_have_count(0)


def test_from_a_layer_to_its_classes_in_three_clicks(show, planted):
    faces = show(f"runs=planted&{OPEN}")
    page = faces.page

    page.locator("svg rect.mini[data-layer='1']").click()
    expect(faces.pins()).to_have_text(["features.conv2"])
    faces.click("front", step=planted.forgets[0], **SET)
    expect(faces.pins()).to_have_text(["features.conv2", "features.conv2, 2 filters"])
    # A square stands beside every class that the set touches.
    names = page.evaluate("window.epochscope.correlation.state.matrix.classes.map((one) => one.name)")  # fmt: skip
    hits = page.eval_on_selector_all(
        "svg .marks rect.hit", "all => [...new Set(all.map((one) => Number(one.dataset.class)))]"
    )
    touched = {one[0] for one in faces.scene()["rectangles"] if one[1:3] == list(SET.values())}
    assert {names[hit] for hit in hits} == touched
    page.locator("svg .lab[data-class]", has_text="cat").first.click()
    assert faces.selection()["classes"] == [3]


def test_angle_and_fold_are_in_the_link(show, visit, fresh_page):
    faces = show(f"runs=planted&{OPEN}")
    before = faces.scene()["maps"]

    faces.page.locator("#cube-angle").get_by_role("slider").focus()
    faces.page.keyboard.press("Home")
    faces.page.wait_for_function(
        "() => window.epochscope.selection().options['cube.angle'] === '30'"
    )
    assert faces.scene()["maps"]["right"][0] < before["right"][0]
    faces.page.locator("#cube-layout").get_by_text("flat").click()
    faces.page.wait_for_function(
        "() => window.epochscope.correlation.state.scenes[0].kind === 'unfolded'"
    )

    other = Faces(visit(fresh_page(), faces.page.evaluate("window.epochscope.link()")))
    assert other.scene() == faces.scene()


def test_several_runs_are_tabs_that_share_their_pins(show):
    faces = show("runs=planted,project/failing&window=1&threshold=30&top=3")
    page = faces.page
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
