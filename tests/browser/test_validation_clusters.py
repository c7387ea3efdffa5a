"""Runs, clusters, classes and images of the Validation page open and close in place."""

import numpy as np
import pytest
from playwright.sync_api import expect

from analytics.class_clusters import cluster_classes, measure_silhouettes
from data.demos import write_planted_run
from tests.browser.validation_chart import Chart
from tests.callbacks.test_validation_anomalies import literal_events

pytestmark = pytest.mark.browser


@pytest.fixture
def show(served, page, visit):
    def open_page(query):
        visit(page, f"{served}/validation?{query}")
        page.wait_for_selector("#validation-table[data-rows]")
        return Chart(page)

    return open_page


def keys(chart, kind="class"):
    return [int(key.split("-")[1]) for key in chart.rows() if key.startswith(f"{kind}-")]


def test_classes_stand_in_the_clusters_of_the_analysis_easy_to_hard_and_k_groups_them_anew(
    show, planted
):
    chart = show("runs=planted")
    errors = 1 - planted.results.right.mean(2)
    labels = cluster_classes(errors, 3)
    wanted = []
    for cluster in range(3):
        members = np.flatnonzero(labels == cluster)
        wanted.append(f"cluster-{cluster}")
        wanted += [
            f"class-{row}" for row in members[np.argsort(errors[members].mean(1), kind="stable")]
        ]

    assert list(chart.rows()) == wanted
    for cluster in range(3):
        mean = errors[labels == cluster].mean(0)
        shown = chart.numbers(f"cluster-{cluster}")[0] / 65533
        np.testing.assert_allclose(shown, mean, atol=2e-5)
        read = chart.page.locator(f".read[data-row='cluster-{cluster}']")
        expect(read).to_have_text(f"{int(100 * mean[-1] + 0.5)} %")
    silhouettes = measure_silhouettes(errors, 8)
    expect(chart.page.locator("#validation-k-hint")).to_contain_text(
        f"Silhouette {silhouettes[1]:.2f}"
    )

    chart.page.get_by_role("slider", name="Number of clusters").focus()
    chart.page.keyboard.press("ArrowRight")
    chart.wait_for_row("cluster-3")
    assert chart.page.evaluate("window.epochscope.validation.state.clusters.labels") == (
        cluster_classes(errors, 4).tolist()
    )
    assert chart.selection()["options"] == {"validation.k": "4"}
    for _ in range(3):
        chart.page.keyboard.press("ArrowLeft")
    expect(chart.page.locator(".cluster-name")).to_have_count(0)
    assert len(keys(chart)) == 10


def test_a_cluster_closes_and_opens_and_its_classes_with_it(show, planted):
    chart = show("runs=planted&validation.open=3")
    chart.wait_for_row("pixels-3")
    labels = cluster_classes(1 - planted.results.right.mean(2), 3)
    own = int(labels[3])

    chart.page.locator(f".cluster-name[data-cluster='{own}']").click()
    expect(chart.name(3)).to_have_count(0)
    assert sorted(keys(chart)) == np.flatnonzero(labels != own).tolist()
    chart.page.go_back()
    chart.wait_for_row("pixels-3")
    chart.page.get_by_role("button", name=f"cluster {own + 1}", exact=True).click()
    expect(chart.name(3)).to_have_count(0)
    chart.click(f"cluster-{own}", 1000)
    expect(chart.name(3)).to_have_count(1)
    assert_dock_fills_the_rest(chart.page, at_least=119)
    chart.page.evaluate("window.epochscope.select({options: {'validation.clusters': 'none'}})")
    expect(chart.page.locator(".class-name:not(.cluster-name)")).to_have_count(0)
    assert_dock_fills_the_rest(chart.page, at_least=400)


def assert_dock_fills_the_rest(page, at_least):
    """The cards under the strips end where the page's padding begins, wherever it is scrolled to."""
    height, below = page.evaluate(
        """() => {
          const card = document.getElementById('validation-table').getBoundingClientRect();
          const page = document.querySelector('.page').getBoundingClientRect();
          return [card.height, page.bottom - card.bottom];
        }"""
    )
    assert height >= at_least
    assert below == pytest.approx(20, abs=1)


def test_classes_are_sorted_within(show, planted):
    chart = show("runs=planted&validation.k=1&window=3")
    chart.wait_for_rules(3)
    right = planted.results.right.mean(2)
    peaks = dict.fromkeys(range(10), 0)
    for (row, _), scores in literal_events(planted, 3, 1).items():
        peaks[row] = max(peaks[row], *scores[:2])
    orders = {
        "peak": lambda row: -peaks[row],
        "final": lambda row: round(-right[row, -1], 9),
        "name": lambda row: planted.class_names[row],
        "change": lambda row: round(right[row, 0] - right[row, -1], 9),
    }
    for sort, key in orders.items():
        chart.page.evaluate(
            f"window.epochscope.select({{options: {{'validation.sort': '{sort}'}}}})"
        )
        chart.page.wait_for_function(
            "sort => window.epochscope.validation.option('sort') === sort", arg=sort
        )
        assert (sort, keys(chart)) == (sort, sorted(range(10), key=key))


def test_only_classes_with_anomalies_stay_and_a_search_finds_a_class_in_a_closed_cluster(
    show, planted
):
    chart = show("runs=planted&window=5&threshold=40&validation.clusters=none")
    chart.wait_for_rules(5, 40)
    with_anomalies = {row for row, _ in literal_events(planted, 5, 40)}
    assert 0 < len(with_anomalies) < 10
    assert keys(chart) == []
    chart.page.get_by_role("textbox", name="Search class").fill("truc")
    expect(chart.name(9)).to_be_visible()
    assert keys(chart) == [9]
    chart.page.get_by_role("textbox", name="Search class").fill("")
    expect(chart.name(9)).to_have_count(0)
    chart.page.get_by_text("Only with anomalies").locator("..").locator("label").first.click()
    chart.page.wait_for_function("() => window.epochscope.validation.state.only")
    labels = cluster_classes(1 - planted.results.right.mean(2), 3)
    assert keys(chart, "cluster") == sorted({int(labels[row]) for row in with_anomalies})


def assert_a_tall_dock_is_filled(page):
    """The table has rows to scroll to, though more fit than come at once."""
    screen = page.viewport_size
    page.set_viewport_size({"width": 1440, "height": 1500})
    page.wait_for_function(
        "() => { const { scrollHeight, clientHeight } = document.querySelector("
        "'#validation-table .body'); return clientHeight > 600 && scrollHeight > clientHeight; }"
    )
    page.set_viewport_size(screen)


def test_of_many_classes_only_clusters_stand_and_long_lists_scroll(served_log, logdir, page, visit):
    planted = write_planted_run(
        logdir, "many", steps=100, validations=12, classes=260, images_per_class=6, layers=False,
        pictures=False,
    )  # fmt: skip
    visit(page, f"{served_log}/validation?runs=many&window=1")
    chart = Chart(page)
    page.wait_for_selector("#validation-table[data-rows]")
    assert list(chart.rows()) == [f"cluster-{i}" for i in range(4)]
    labels = cluster_classes(1 - planted.results.right.mean(2), 4)
    largest = int(np.bincount(labels).argmax())
    members = np.flatnonzero(labels == largest)
    assert len(members) > 20

    assert_a_tall_dock_is_filled(page)
    page.locator(f".cluster-name[data-cluster='{largest}']").click()
    expect(page.locator(".class-name:not(.cluster-name)")).to_have_count(20)
    peaks = np.zeros(260, dtype=int)
    for (row, _), scores in literal_events(planted, 1, 1).items():
        peaks[row] = max(peaks[row], *scores[:2])
    weakest_shown = min(peaks[row] for row in keys(chart))
    assert weakest_shown == np.sort(peaks[members])[::-1][19]
    page.get_by_role("button", name=f"Show {len(members) - 20} more").click()
    page.wait_for_function(
        "(n) => Number(document.getElementById('validation-rows').dataset.rows) === n",
        arg=4 + len(members),
    )
    assert sorted(keys(chart)) == members.tolist()
    last = keys(chart)[-1]
    page.locator(".page").evaluate("(element) => { element.scrollTop = element.scrollHeight; }")
    expect(chart.name(last)).to_be_visible()
    wrong = (~planted.results.right[last]).sum(1)
    read = page.locator(f".read[data-row='class-{last}']")
    expect(read).to_have_text(f"{int(100 * wrong[-1] / 6 + 0.5)} %")
    assert (chart.numbers(f"class-{last}")[0] == wrong).all()
    colors = chart.colors(f"class-{last}")[0]
    assert all(color == chart.token("--wrong") for color in colors[wrong == 6])


def test_a_row_of_the_table_brings_its_class_into_view(served_log, logdir, page, visit):
    write_planted_run(
        logdir, "many", steps=100, validations=12, classes=90, images_per_class=6, layers=False,
        pictures=False,
    )  # fmt: skip
    visit(page, f"{served_log}/validation?runs=many&window=1&validation.sort=name")
    chart = Chart(page)
    row = page.locator("#validation-table tbody tr").last
    row.scroll_into_view_if_needed()
    # At once: the table may be drawn anew in between, and its last row be another.
    click = "(row) => { row.querySelector('.step-link').click(); return row.dataset.row; }"
    class_ = row.evaluate(click)
    chart.wait_for_row(f"pixels-{class_}")
    expect(chart.name(class_)).to_be_in_viewport()


def test_a_class_that_a_run_lacks_is_hatched_and_stands_apart(served_log, logdir, page, visit):
    write_planted_run(logdir, "all", steps=100, validations=12, layers=False)
    write_planted_run(logdir, "few", steps=100, validations=9, layers=False, classes=8, seed=3)
    visit(page, f"{served_log}/validation?runs=few,all")
    chart = Chart(page)
    expect(page.locator(".cluster-name").last).to_have_text("Only in other runs")
    rows = chart.rows()
    assert rows["class-8"]["data"][0] is None
    assert rows["class-8"]["data"][1] is not None
    page.get_by_role("textbox", name="Run whose curves make the clusters").click()
    page.get_by_role("option", name="all", exact=True).click()
    page.wait_for_function("() => window.epochscope.validation.state.clusters.of === 'all'")
    expect(page.locator(".cluster-name").last).to_have_text("Cluster 3")
