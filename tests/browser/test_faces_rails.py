"""What is in view on Correlation and Cube is drawn along their overview and tracks."""

import numpy as np
import pytest

from tests.browser.faces_view import Faces
from tests.browser.patience import until

pytestmark = pytest.mark.browser

MANY = "threshold=1&appearances=1&correlation.shown=all&correlation.iterations=1&correlation.size=1"
RAIL = """name => {
  const scene = window.epochscope.correlation.state.scenes[0];
  const { left, top } = scene.stage.getBoundingClientRect();
  return [scene.rails[name].from, scene.rails[name].to].map(([x, y]) => [left + x, top + y]);
}"""
VIEW = """() => {
  const { from, classes, all, rowFrom, units, rowCount } = window.epochscope.correlation.state.scenes[0];
  return { from, classes: classes.length, all: all.length, rowFrom, rows: units.length, rowCount };
}"""


@pytest.fixture
def show(paper_folder, server, page, visit):
    def open_page(address):
        visit(page, f"{server}/{address}")
        return Faces(page)

    return open_page


def view(faces):
    return faces.page.evaluate(VIEW)


def draw(faces, name, start, end):
    """Draw with the pointer along a rail, from one share of it to another and off the rail."""
    page = faces.page
    page.evaluate("document.fonts.ready.then(() => null)")  # another font moves the rail
    begin, finish = np.array(page.evaluate(RAIL, name))
    along = finish - begin
    off = along[::-1] * (1, -1) / np.hypot(*along)
    page.mouse.move(*(begin + start * along))
    page.mouse.down()
    page.mouse.move(*(begin + end * along + 3 * off), steps=5)
    page.mouse.up()


@pytest.mark.parametrize("page_", ["cube", "correlation"])
def test_drawing_the_frame_of_the_classes_scrolls_them_with_it(show, page_):
    faces = show(f"{page_}?runs=seed7&{MANY}")
    before = view(faces)
    shown, every = before["classes"], before["all"]
    assert shown < every
    draw(faces, "classes", 0.5 * shown / every, 1.5 * shown / every)
    until(faces.page, lambda: view(faces)["from"], min(shown, every - shown))
    options = faces.selection()["options"]
    assert options["correlation.from"] == str(min(shown, every - shown))
    draw(faces, "classes", 1, 0)  # a press beside the frame brings it there
    until(faces.page, lambda: view(faces)["from"], 0)
    assert "correlation.from" not in faces.selection()["options"]
    assert faces.page.evaluate("String(getSelection())") == ""  # no words were marked on the way
    assert faces.pins().count() == 0


def test_drawing_the_track_of_the_filters_scrolls_the_rows(show):
    faces = show(f"cube?runs=seed7&{MANY}")
    before = view(faces)
    assert before["rows"] < before["rowCount"]
    draw(faces, "rows", 0.5, 0.5)  # the middle of all comes to the middle of the face
    first = before["rowCount"] * (0.5 - 0.5 * before["rows"] / before["rowCount"])
    begin, finish = np.array(faces.page.evaluate(RAIL, "rows"))
    pixel = before["rowCount"] / np.hypot(*(finish - begin))  # in rows
    until(faces.page, lambda: abs(view(faces)["rowFrom"] - first) <= pixel, True)
    assert view(faces)["classes"] == before["classes"]


def test_drawing_the_track_of_the_steps_moves_the_range(show):
    faces = show("cube?runs=seed7")
    page = faces.page
    first, last = faces.scene()["domain"]
    third = int((last - first) / 3)
    page.evaluate("range => window.epochscope.select({ range })", [third, 2 * third])
    until(page, lambda: faces.scene()["domain"], [third - 0.5, 2 * third + 0.5])
    draw(faces, "steps", 0.5, 0.7)
    page.wait_for_function("from => window.epochscope.selection().range[0] > from", arg=third)
    moved = faces.selection()["range"]
    assert moved[1] - moved[0] == third
    assert moved[0] == pytest.approx(third + 0.2 * (last - first), rel=0.02)
    until(page, lambda: faces.scene()["domain"], [moved[0] - 0.5, moved[1] + 0.5])
