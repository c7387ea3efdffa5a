"""Shows one selection after another in a Layers page that stays open, as links and Back do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page

from settings import settings

GO = """address => {
  history.pushState({}, '', address);
  window.dispatchEvent(new PopStateEvent('popstate'));
}"""

# What is drawn is what the query asks for, with the charts that the server sent for it.
SHOWN = """query => {
  const { layers: page, layersFilters: filters, canvas, parseQuery, toQuery, selection } = window.epochscope ?? {};
  const view = canvas?.view('layers-rows');
  if (!view?.spec || !page.state.data) return false;
  const wanted = parseQuery(query).selection;
  const options = toQuery({ options: wanted.options });
  if (toQuery(selection()) !== toQuery(wanted) || String(page.state.chosen) !== String(wanted.runs)) return false;
  if ([page.state.options, view.spec.options].some((one) => toQuery({ options: one }) !== options)) return false;
  const rows = page.askShown(page.state.options);
  const charts = filters.ask(page.state.data, page.state.options);
  return JSON.stringify(page.state.asked) === JSON.stringify(rows) && page.state.search === ''
    && JSON.stringify(filters.state.asked) === JSON.stringify(charts)
    && [...filters.state.charts.values()].every(({ runs }) => runs.length === page.state.chosen.length)
    && (canvas.axisOf('layers').focus ?? null) === (wanted.step ?? null)
    && String(page.state.layers) === String(wanted.layers ?? [])
    && view.spec.rows.every(({ kind }) => kind !== 'waiting')
    && Boolean(document.getElementById('layers-graph').dataset.drawn);
}"""

# The strips of the top-changing filters are those that the selection asks for.
TOP_SHOWN = """() => {
  const { layersFilters: filters, canvas, selection } = window.epochscope;
  const { top } = filters.state;
  const asked = filters.askTop(selection(), canvas.axisOf('layers').focus);
  return JSON.stringify(top?.asked) === JSON.stringify(asked)
    && canvas.view('layers-top-rows').spec.rows.length === top.filters.length;
}"""


def go(page, address, query, wait=True):
    """Show a selection; the page is loaded only where it is not open yet."""
    if page.url.startswith(f"{address}/layers"):
        page.mouse.move(0, 0)
        if page.locator("#layers-search").input_value():
            page.locator("#layers-search").fill("")
        page.evaluate(GO, f"/layers?{query}")
    else:
        page.goto(f"{address}/layers?{query}")
    if wait:
        page.wait_for_function(SHOWN, arg=query)


@contextmanager
def visiting(server: str, kept: tuple[Page, list[str]]) -> Iterator[Callable[[str], Page]]:
    """Show queries in the page that stays open; nothing may be complained about meanwhile."""
    page, complaints = kept
    complaints.clear()

    def visit(query: str) -> Page:
        go(page, server, query)
        return page

    yield visit
    assert complaints == []


@contextmanager
def serving(folder) -> Iterator[None]:
    """Let the dashboard serve a log folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EPOCHSCOPE_LOGDIR", str(folder))
        settings.cache_clear()
        yield
    settings.cache_clear()
