"""Opens the Overview page and reads its charts as its browser tests need it."""

import time

from playwright.sync_api import expect


def open_overview(page, address, charts=2):
    """Open the page and wait for its charts; a run that logs no error has only the one of the loss."""
    page.goto(address)
    page.wait_for_selector("[data-page='overview'] h1")
    expect(page.locator(".curve-chart[data-drawn]")).to_have_count(charts, timeout=60_000)
    return page


def traces(page, chart, role):
    """The traces of one role as the chart has drawn them: {x, y, text, meta} with plain numbers."""
    return page.evaluate(
        """([chart, role]) => document
          .querySelector(`#overview-${chart} .js-plotly-plot`)
          ._fullData.filter((trace) => trace.meta.role === role)
          .map(({ x, y, text, meta }) => ({ x: [...x], y: [...y], text, meta }))""",
        [chart, role],
    )


def traces_from(page, chart, role, first):
    """The same once they begin at a step: a chart is drawn a moment after its words have changed."""
    deadline = time.monotonic() + 20
    while True:
        found = traces(page, chart, role)
        if any(trace["x"][0] == first for trace in found):
            return found
        assert time.monotonic() < deadline, f"{chart} is not drawn from step {first}"
        page.wait_for_timeout(30)
