"""The overview in a real browser: what was planted is on the page, and every gesture is in the link."""

import re
from time import sleep

import pytest
from playwright.sync_api import expect

from tests.browser.overview_chart import open_overview, traces

pytestmark = pytest.mark.browser

expect.set_options(timeout=20_000)  # a first load on two busy cores

LEFT, RIGHT = 46, 14  # gutters of a chart, in pixels


def selection(page):
    return page.evaluate("window.epochscope.selection()")


def pixel_of(page, chart, share):
    """Where a share of the plot's width lies on the screen, halfway up."""
    box = page.locator(f"[data-chart='{chart}']").bounding_box()
    x = box["x"] + LEFT + share * (box["width"] - LEFT - RIGHT)
    return x, box["y"] + box["height"] / 2


def value_at(planted, name, step):
    scalars = planted.scalars
    return scalars.values[(scalars.names == name) & (scalars.steps == step)].item()


def test_shows_the_planted_nan_in_words_and_the_spike_where_and_as_high_as_it_was(
    served, page, planted
):
    open_overview(page, f"{served}/?runs=planted,project%2Ffailing")

    [bad] = traces(page, "loss", "bad")
    assert bad["x"] == [726]
    expect(page.locator("#overview-loss")).to_contain_text("NaN from step 726")
    lines = {
        t["meta"]["run"]: t for t in traces(page, "loss", "line") if t["meta"]["part"] == "train"
    }
    assert max(lines["project/failing"]["x"]) < 726
    assert max(lines["planted"]["x"]) > 3_990
    findings = page.locator(".finding.bad")
    expect(findings).to_have_count(1)
    expect(findings).to_contain_text("Loss is NaN from step 726.")
    expect(page.locator("#overview-loss-text")).to_contain_text("NaN from step 726.")

    [spike] = traces(page, "loss", "spike")
    assert spike["x"] == [2_345]
    [band] = [
        t
        for t in traces(page, "loss", "band")
        if (t["meta"]["run"], t["meta"]["part"]) == ("planted", "train")
    ]
    assert band["x"][band["y"].index(max(band["y"]))] == 2_345
    assert max(band["y"]) == pytest.approx(value_at(planted, "train/loss", 2_345), rel=1e-6)
    expect(page.locator("#overview-loss")).to_contain_text(re.compile("spike .* at step 2,345"))
    expect(page.locator(".finding.warn")).to_contain_text("at step 2,345")


def test_a_drag_sets_the_range_a_click_the_focus_a_double_click_shows_all(served, page, eventually):
    open_overview(page, f"{served}/?runs=planted")

    x, y = pixel_of(page, "loss", 0.25)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*pixel_of(page, "loss", 0.5), steps=4)
    expect(page.locator("[data-chart='loss'] .curve-brush")).to_be_visible()
    page.mouse.up()
    first, last = selection(page)["range"]
    assert (abs(first - 1_000) <= 10, abs(last - 2_000) <= 10) == (True, True)
    expect(page).to_have_url(re.compile(f"range={first}-{last}"))
    expect(page.get_by_label("First step")).to_have_value(f"{first:,}")
    expect(page.locator("#overview-loss-text")).to_contain_text(f"from step {first:,} to {last:,}")

    eventually(
        page,
        "(() => { const { layout } = document.querySelector('#overview-error .js-plotly-plot');"
        f" return Math.abs(layout.xaxis.range[0] - {first}) < 2; }})()",
    )
    page.mouse.click(*pixel_of(page, "error", 0.5))
    step = selection(page)["step"]
    assert abs(step - (first + last) / 2) <= 10
    for chart in ("loss", "error"):
        expect(page.locator(f"[data-chart='{chart}']")).to_have_attribute("data-focus", str(step))
    expect(page).to_have_url(re.compile(f"step={step}"))
    expect(page.locator("#overview-at-title")).to_have_text(f"At step {step:,}")

    page.mouse.dblclick(*pixel_of(page, "loss", 0.5))
    expect(page).not_to_have_url(re.compile("range="))
    page.go_back()
    expect(page).to_have_url(re.compile(f"range={first}-{last}"))


# The range, once text and chart have followed the last turn of the wheel; null until then.
READ_ZOOM = """() => {
  const [first, last] = window.epochscope.selection().range ?? [0, 4000];
  const says = document.getElementById('overview-loss-text').textContent;
  const plot = document.querySelector('#overview-loss .js-plotly-plot');
  const band = plot._fullData.find(({ meta }) => meta.role === 'band' && meta.part === 'train');
  const follows = says.includes(`to ${last.toLocaleString('en')}, lowest`) && band?.x[0] === first;
  return last - first < 400 && follows ? { first, last, x: [...band.x] } : null;
}"""


def test_the_wheel_with_ctrl_zooms_around_the_pointer_and_reads_the_levels_anew(served, page):
    open_overview(page, f"{served}/?runs=planted")

    page.mouse.move(*pixel_of(page, "loss", 2_345 / 4_000))
    page.keyboard.down("Control")
    for _ in range(12):
        page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    zoom = page.wait_for_function(READ_ZOOM).json_value()
    assert zoom["first"] < 2_345 < zoom["last"]
    steps = zoom["last"] - zoom["first"] + 1
    assert len(zoom["x"]) == 2 * steps  # every step, none gathered with another


def test_the_pointer_reads_all_runs_at_its_step(served, page):
    open_overview(page, f"{served}/?runs=planted,project%2Ffailing")

    page.mouse.move(*pixel_of(page, "loss", 0.5))
    tip = page.locator("[data-chart='loss'] .curve-tip")
    expect(tip).to_be_visible()
    expect(tip.locator("b")).to_have_text(re.compile(r"step (1,99\d|2,00\d)"))
    expect(tip.locator("tr")).to_have_count(4)
    expect(tip).to_contain_text("NaN from step 726")
    expect(page.locator("[data-chart='error'] .curve-hover")).to_be_visible()


def test_runs_are_chosen_and_dropped_by_their_dot_and_filtered_by_words_and_comparisons(
    served, page
):
    open_overview(page, f"{served}/?runs=planted")

    page.get_by_role("checkbox", name="Choose scores").click()
    expect(page).to_have_url(re.compile("runs=planted,scores"))
    dot = page.get_by_role("checkbox", name="Drop scores").locator(".dot")
    expect(dot).to_have_class(re.compile("run-2"))
    expect(page.locator(".runs-grid .ag-row.chosen").first).to_be_visible()
    page.get_by_role("checkbox", name="Drop planted").click()
    expect(page).to_have_url(re.compile("runs=scores$"))
    expect(page.get_by_role("checkbox", name="Drop scores").locator(".dot")).to_have_class(
        re.compile("run-1")
    )

    rows = page.locator(".runs-grid .ag-center-cols-container .ag-row")
    expect(rows).to_have_count(4)
    field = page.get_by_label("Filter runs by words and comparisons")
    field.fill("step>=4000 NaN")
    expect(rows).to_have_count(1)
    field.fill("widht<1")
    expect(page.locator("#overview-filter-problem")).to_have_text("no column “widht”")


def test_a_run_without_errors_says_what_records_them(served, page):
    page.goto(f"{served}/?runs=plain")
    page.wait_for_selector(".curve-chart[data-drawn]")

    note = page.locator("#overview-error-note")
    expect(note).to_contain_text("plain has recorded no error")
    expect(note).to_contain_text("recorder.validate(validation_loader)")


def test_a_finding_brings_its_run_and_its_step(served, page):
    open_overview(page, f"{served}/?runs=planted")

    page.locator(".finding.bad").click()
    expect(page).to_have_url(re.compile("runs=planted,project%2Ffailing&step=726"))
    expect(page.locator("#overview-at")).to_contain_text("NaN")


def test_options_are_in_the_link_and_the_link_sets_them(served, page):
    open_overview(
        page, f"{served}/?runs=planted&overview.axis=epoch&overview.loss=log&overview.marks=off"
    )
    expect(page.locator("#overview-loss .xtitle")).to_have_text("epoch")
    assert traces(page, "loss", "recorded") == []
    page.locator("#overview-axis").get_by_text("time").click()
    expect(page).to_have_url(re.compile("overview.axis=time"))
    expect(page.locator("#overview-loss .xtitle")).to_have_text(re.compile("since the run began"))
    page.locator(".mantine-Slider-thumb").press("Home")
    expect(page).to_have_url(re.compile("overview.smoothing=0(&|$)"))
    page.go_back()
    expect(page.locator("#overview-loss .xtitle")).to_have_text("epoch")


def test_changes_its_colours_with_the_scheme_without_asking_for_the_figure(served, page):
    open_overview(page, f"{served}/?runs=planted")
    asked = []
    page.on("request", lambda request: asked.append(request.post_data or ""))

    line = page.locator("#overview-loss .scatterlayer path.js-line[style*='rgb(63, 130, 230)']")
    expect(line.first).to_be_attached()
    page.locator("#color-scheme-toggle").click()
    dark = page.locator("#overview-loss .scatterlayer path.js-line[style*='rgb(68, 129, 236)']")
    expect(dark.first).to_be_attached()
    grid = page.locator("#overview-loss .gridlayer path[style*='rgb(31, 38, 47)']")
    expect(grid.first).to_be_attached()
    assert not [body for body in asked if "overview-loss-figure.data" in body.split('"inputs"')[0]]


def test_the_curves_are_drawn_before_the_table(served, fresh_page, visit):
    page = fresh_page()
    page.add_init_script("""
        window.order = [];
        const signs = { curves: '.curve-chart[data-drawn]', table: '.ag-root' };
        new MutationObserver(() => {
          Object.entries(signs).forEach(([name, sign]) => {
            if (!window.order.includes(name) && document.querySelector(sign)) window.order.push(name);
          });
        }).observe(document, { subtree: true, childList: true, attributes: true });
    """)

    def hold_up(route):
        sleep(1)  # the table would be there by then
        route.continue_()

    page.route("**/plotly-basic-*.js", hold_up)
    visit(page, f"{served}/?runs=planted")
    page.wait_for_function("() => window.order.length === 2")

    assert page.evaluate("window.order") == ["curves", "table"]
