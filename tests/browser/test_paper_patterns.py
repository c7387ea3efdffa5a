"""The eight patterns of DeepTracker's case studies are found on the pages of a log, given its path alone.

Each page is read as the paper's experts read it: by the colours of its pixels, its marks and its words.
"""

from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import expect

from data.store import open_run
from tests.browser.faces_view import Faces
from tests.browser.layers_chart import LayersChart
from tests.browser.layers_filters_chart import FilterChart
from tests.browser.paper_view import (
    as_numbers,
    count_minority,
    count_turns,
    find_halving,
    leaps,
    read_errors,
    read_marked,
    read_pixels,
    read_signs,
    read_stages,
    read_thumbnails,
    read_tips,
    read_values,
)
from tests.browser.validation_chart import Chart

pytestmark = pytest.mark.browser

ALL_OPEN = ",".join(map(str, range(9)))
HARDEST = 10  # classes that are opened
OPEN = "([name, open]) => window.epochscope.select({ options: { [name]: String(open) } })"
STRIPS_DRAWN = """() => {
  const keys = (window.epochscope?.canvas?.view('validation-rows')?.spec?.rows ?? []).map(({ key }) => key);
  return keys.includes('cluster-0') && keys.some((key) => key.startsWith('class-'))
    && document.getElementById('validation-rows').dataset.triangles !== undefined
    && document.getElementById('validation-table').dataset.rows !== undefined;
}"""
READ_COLUMN = """() => {
  const { steps, drops } = window.epochscope.canvas.view('validation-rows').spec.columns[0];
  return [steps, drops];
}"""
MEANS_DRAWN = """() => {
  const rows = window.epochscope.canvas.view('layers-rows').spec.rows.filter(({ level }) => level);
  return rows.length === 54 && rows.every(({ kind }) => kind === 'horizon')
    && document.querySelector('.layers-legend, #layers-legend').textContent.includes('mean');
}"""
MODULES = ("layer1", "layer2", "layer3", "layer4")


@pytest.fixture(params=["seed7", "seed8", "plain"])
def log(request, paper_logs, paper_folder):
    """A log, by its path: what was planted in it is looked at only to judge what was found."""
    return paper_logs[request.param]


@pytest.fixture
def show(log, server, page, visit):
    page.set_viewport_size({"width": 1440, "height": 1300})

    def open_page(name, options=""):
        visit(page, f"{server}/{name}?runs={log.name}{options}")
        return page

    return open_page


def test_validation_shows_peaks_with_their_triangles_the_minority_and_calmer_stages(show, log):
    page = show("validation", f"&validation.clusters={ALL_OPEN}")
    chart = Chart(page)
    page.wait_for_function(STRIPS_DRAWN)
    classes, errors = read_errors(chart)
    tips = read_tips(chart)
    steps, drops = page.evaluate(READ_COLUMN)
    assert len(classes) == log.plan.classes

    aligned = np.array([sum(step in own for own in tips.values()) for step in steps])
    peaks = np.flatnonzero((leaps(errors) > 0.03) & (aligned >= 0.2 * len(classes)))

    opened = [classes[at] for at in np.argsort(-errors[:, -1])[:HARDEST]]
    page.evaluate(OPEN, ["validation.open", opened])
    for class_ in opened:
        chart.wait_for_row(f"pixels-{class_}")
    right = {class_: read_pixels(chart, class_) for class_ in opened}
    turns = count_turns(np.concatenate(list(right.values())), steps, drops)
    calmer = all(later < 0.7 * earlier for earlier, later in pairwise(turns))
    minorities = {class_: count for class_ in opened if (count := count_minority(right[class_]))}

    if log.truths is None:
        assert (peaks.tolist(), minorities, calmer) == ([], {}, False)
        assert aligned.max() <= 1
        return
    assert tuple(steps[at] for at in peaks) == log.truths.peaks
    lined_up = {class_ for class_, own in tips.items() if own >= set(log.truths.peaks)}
    assert lined_up == set(log.truths.peak_classes)
    assert calmer
    assert tuple(step - 1 for step in drops) == log.truths.drops
    assert minorities == {log.truths.minority_class: len(log.truths.minority_slots)}

    page.evaluate(OPEN, ["validation.open", [log.truths.minority_class]])
    assert_pictures_differ(page, f"{len(log.truths.minority_slots)} of 50 images")


def assert_pictures_differ(page, words):
    """The images that never become right do not look like the others of their class."""
    page.locator("[data-gallery='never']", has_text=words).wait_for()
    page.locator("[data-gallery='forgotten'] img").first.wait_for()
    never, forgotten = (read_thumbnails(page, key)[:, 2] for key in ("never", "forgotten"))
    assert never.min() > forgotten.max()


def test_layers_shows_frozen_and_over_active_filters_and_how_weights_move(show, log):
    page = show("layers", "&layers.stat=sd")
    chart = LayersChart(page)
    page.locator(".filter-list").last.wait_for()
    last = int(log.plan.steps[-1])
    spread = np.array([read_values(chart, MODULES, step) for step in (0, last // 2, last)]).T
    halving = find_halving(spread[:, 1:])
    frozen, busy = (read_marked(page, mark) for mark in ("frozen", "over_active"))
    assert read_marked(page, "decay_only") == read_marked(page, "inactive") == {}
    page.locator(".top-legend", has_text=f"of step {last:,}").wait_for()
    tops = FilterChart(page, "layers-top-rows")
    darkest = find_busiest(tops, np.bincount(log.plan.stages)[-1])

    open_means(page, open_run(log.name))
    signs = read_signs(chart)
    sinking = [name for name, sign in signs.items() if sign[0] > 0 and (sign[-60:] < 0).all()]

    if log.truths is None:
        assert (frozen, busy, darkest, halving, sinking) == ({}, {}, set(), 0, [])
        assert all(sign[0] * sign[-1] > 0 for sign in signs.values())
        return
    names = {row.layer: row.name for row in open_run(log.name).layers}
    truths = log.truths
    assert frozen == {names[truths.frozen_layer]: truths.frozen_filters}
    over = (names[truths.overactive_layer], truths.overactive_filters)
    assert busy == dict([over])
    assert darkest == {f"{over[0]}:{filter_}" for filter_ in over[1]}
    assert halving == 3
    assert (np.diff(spread) < 0).all()
    assert set(signs) - set(sinking) == {"fc"}
    assert (signs["fc"] > 0).all()

    page.locator(".filter-list[data-mark='frozen'] .layer").click()
    first, second = truths.frozen_filters
    page.locator(".filter-still .frozen", has_text=f"{first} and {second} never move").wait_for()


def open_means(page, run):
    """Chart the mean weight of every layer, each on its own scale."""
    page.evaluate(
        "window.epochscope.select({ options: { 'layers.stat': null, 'layers.scale': 'own' } })"
    )
    levels = [row.name for row in run.layers if row.kind != "layer" and row.name]
    page.evaluate(OPEN, ["layers.open", levels])
    page.wait_for_function(MEANS_DRAWN)


def find_busiest(tops, late):
    """Of the top-changing filters, those among the three darkest in four of five late steps."""
    keys = tops.keys()
    strips = np.array([as_numbers(tops.colors(key))[0, -late:] for key in keys])
    accent = np.array(tops.token("--accent").split(","), int)
    darkest = np.argsort(np.abs(strips - accent).sum(-1), axis=0, kind="stable")[:3]
    often = np.bincount(darkest.ravel(), minlength=len(keys)) >= 0.8 * late
    return {key for key, found in zip(keys, often, strict=True) if found}


def test_correlation_shows_the_gong_the_shallow_and_the_deep_miniset_and_ten_times_lower_rates(
    show, log
):
    faces = Faces(show("correlation"))
    stages = read_stages(faces)
    rates = [rate for rate, _, _ in stages]
    by_ten = [later / earlier == pytest.approx(0.1) for earlier, later in pairwise(rates)]
    hits = {}
    for name, layer, filters, step in faces.scene()["rectangles"]:
        where = {"name": name, "layer": layer, "filters": filters, "step": step}
        assert faces.color("right", **where) == faces.token("--accent")
        hits.setdefault((layer, tuple(filters)), {}).setdefault(name, []).append(step)
    # A class is hit twice by a set of filters: by chance that does not happen.
    found = {
        key: {name: tuple(at) for name, at in of.items()}
        for key, of in hits.items()
        if len(key[1]) >= 2 and all(len(at) >= 2 for at in of.values())
    }

    if log.truths is None:
        assert (found, by_ten) == ({}, [False] * 3)
        return
    run = open_run(log.name)
    layers = {row.layer: row.name for row in run.layers}
    assert found == {
        (layers[event.layer], event.filters): {
            run.class_names[each]: event.steps for each in event.classes
        }
        for event in log.truths.events
    }
    assert by_ten == [True] * 3
    drops = [first for _, first, _ in stages[1:]]
    np.testing.assert_allclose(drops, np.add(log.truths.drops, 1), atol=log.plan.every)
    gong = (layers[log.truths.gong.layer], log.truths.gong.filters)
    ((name, steps),) = found[gong].items()
    faces.hover("right", name=name, layer=gong[0], filters=list(gong[1]), step=steps[1])
    expect(faces.tip()).to_contain_text(f"{name} × {gong[0]}")
    expect(faces.tip()).to_contain_text(", ".join(map(str, gong[1])))
