"""Every page of the dashboard, in both themes: its own title and name, a quiet console, no other host."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PAGES = {
    "/": ("overview", "Overview"),
    "/validation": ("validation", "Validation"),
    "/layers": ("layers", "Layers"),
    "/correlation": ("correlation", "Correlation"),
    "/cube": ("cube", "Cube"),
    "/dataflow": ("dataflow", "Data flow"),
    "/neurons": ("neurons", "Neurons"),
    "/compare": ("compare", "Compare"),
    "/no/such/page": ("not_found", "Page not found"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_its_own_title_and_name(served, fresh_page, path, scheme):
    name, title = PAGES[path]
    page = fresh_page(color_scheme=scheme)
    page.goto(f"{served}{path}")
    expect(page.locator(f"[data-page='{name}'] h1")).to_have_text(title)
    expect(page.locator("[data-page]")).to_have_count(1)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", list(PAGES)[5:8])
def test_a_page_to_come_says_in_one_sentence_what_it_will_show(served, page, path):
    page.goto(f"{served}{path}")
    how = page.locator("[data-page] .how")
    expect(how).to_contain_text("This page will show")
    assert how.inner_text().count(".") == 1


def test_the_words_of_one_page_make_way_for_those_of_the_next(served, page):
    page.goto(f"{served}/dataflow")
    for name in ("Neurons", "Compare", "Layers", "Data flow", "Overview", "Neurons"):
        page.get_by_role("navigation").get_by_role("link", name=name).click()
        expect(page.locator("[data-page]")).to_have_count(1)
        expect(page.locator("h1")).to_have_text([name])
        if name == "Overview":  # the table's script is loaded only now
            expect(page.locator("#overview-runs .ag-row").first).to_be_visible()


def test_an_error_is_told_once_and_put_away(served, page):
    page.goto(f"{served}/layers")
    page.wait_for_selector("[data-page='layers']")
    page.evaluate(
        "window.epochscope.emit('error-banner', {children: {namespace: 'dash_html_components',"
        " type: 'Button', props: {children: 'The disk is full.', 'data-do': 'dismiss'}}})"
    )
    banner = page.locator("#error-banner")
    expect(banner).to_contain_text("The disk is full.")
    banner.get_by_role("button").click()
    expect(banner).to_be_empty()


def test_words_are_set_in_the_vendored_font(served, page):
    page.goto(f"{served}/layers")
    page.wait_for_selector("[data-page='layers']")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('13px Inter'))")
    loaded = page.evaluate("[...document.fonts].map((face) => [face.family, face.status])")
    assert ["Inter", "loaded"] in [[name.strip('"'), status] for name, status in loaded]
