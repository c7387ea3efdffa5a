"""A short real training of a residual network: what flipped opens, and nothing is marked that is not so."""

import pytest
from playwright.sync_api import expect

from data.layers import read_filter_statistics
from data.store import open_run
from tests.browser.faces_view import Faces

pytestmark = pytest.mark.browser


def test_the_matrix_of_a_real_run_holds_sets_and_a_click_opens_what_flipped(
    residual_folder, server, page, visit
):
    visit(page, f"{server}/correlation?runs=resnet&window=2")
    faces = Faces(page)
    rectangles = faces.scene()["rectangles"]
    assert rectangles
    name, layer, filters, step = rectangles[0]
    where = {"name": name, "layer": layer, "filters": filters, "step": step}
    assert faces.color("right", **where) == faces.token("--accent")

    faces.click("right", **where)
    picture = page.locator(f"#correlation-images section[data-step='{step}'] img").first
    picture.wait_for()
    assert picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") == 32


def test_no_filter_of_a_real_run_is_marked_frozen_as_all_moved(
    residual_folder, server, page, visit
):
    run = open_run("resnet")
    for layer in (each for each in run.layers if each.weights and each.neurons):
        moved = read_filter_statistics(run, layer.layer, ["relative"], "validation")
        assert (moved.values["relative"][1:] > 0).any(0).all(), layer.name

    visit(page, f"{server}/layers?runs=resnet")
    frozen = page.locator(".filter-list[data-mark='frozen']")
    frozen.wait_for()
    expect(frozen).to_have_attribute("data-count", "0")
