"""Opens the pages on a log in Chromium and times them: python -m benchmarks.pages LOGDIR."""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.timing import print_head

APP = Path(__file__).parent.parent / "app.py"
REPEATS = 5
QUIET = 1_500  # milliseconds without a drawing after which a page is taken to be whole
SCREEN = {"width": 1440, "height": 900}
PAGES = ("overview", "validation", "layers", "correlation", "cube")
ANOMALY_PAGES = ("validation", "correlation", "cube")
MOVES = {"window": range(2, 7), "threshold": range(25, 50, 5)}  # of the sliders of those pages

# Notes when anything was drawn, what every canvas holds then, and when the first frame was that holds
# what is wanted: asked from outside, the time would be that at which the page had nothing else to do.
WATCH = """
(() => {
  const watch = (window.watch = { at: 0, wanted: null, reached: null });
  const look = () => {
    watch.at = performance.now();
    if (watch.wanted === null || !watch.whole() || watch.state() !== watch.wanted) return;
    requestAnimationFrame(() => { watch.reached ??= performance.now(); });
  };
  document.addEventListener("DOMContentLoaded", () =>
    new MutationObserver(look).observe(document.body, {
      subtree: true, attributes: true, attributeFilter: ["data-drawn"],
    }));
  // A page holds something once its canvases have rows; Overview draws curves instead.
  watch.whole = () => [...document.querySelectorAll("[data-page] canvas")].some(({ dataset }) => Number(dataset.rows) > 0)
    || Boolean(document.querySelector("[data-page='overview'] .curve-chart[data-drawn]"));
  watch.state = () => JSON.stringify([...document.querySelectorAll("[data-page] canvas[data-drawn]")]
    .map((canvas) => [canvas.id, canvas.dataset.rows ?? "", canvas.dataset.cells ?? ""]));
})();
"""
# Milliseconds from a move of the pointer to the frame after it, and how much is outlined then.
HOVER = """
async ([selector, x, y]) => {
  const host = document.querySelector(selector);
  const box = host.getBoundingClientRect();
  const [clientX, clientY] = [box.left + x * box.width, box.top + y * box.height];
  const under = document.elementFromPoint(clientX, clientY);
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame();
  const begin = performance.now();
  (host.contains(under) ? under : host).dispatchEvent(
    new PointerEvent("pointermove", { bubbles: true, pointerType: "mouse", clientX, clientY }));
  await frame();
  return [performance.now() - begin, host.querySelectorAll(".marks path.hov").length];
}
"""
FACES = "[data-page] .faces"


@dataclass(frozen=True)
class Opening:
    """How long a page took to hold what it holds, and what it was sent."""

    milliseconds: list[float]
    rows: int
    cells: int
    kilobytes: float  # of the answers to callbacks, as they came over the wire


def main() -> int:
    """Print medians of opening each page, of moving window k and threshold, and of hovering."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("logdir", type=Path)
    parser.add_argument("--run", help="name of the run; else the newest")
    arguments = parser.parse_args()
    query = f"?runs={quote(arguments.run)}" if arguments.run else ""
    with _serve(arguments.logdir) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        print_head("Pages in Chromium", "open 1.5 s, move 150 ms, hover 50 ms (medians)")
        for name in PAGES:
            _measure_page(browser, address, name, query)
        browser.close()
    return 0


def _measure_page(browser: Browser, address: str, name: str, query: str) -> None:
    url = f"{address}/{'' if name == 'overview' else name}{query}"
    found = _open(browser, url)
    print(
        f"{name:<12} open {statistics.median(found.milliseconds):>8.0f} ms"
        f"  {found.rows:>6} rows {found.cells:>9} cells {found.kilobytes:>8.0f} kB"
    )
    page = _settle(browser, url)
    if name in ANOMALY_PAGES:
        for slider, values in MOVES.items():
            taken = _move(page, slider, values)
            print(f"{'':<12} move {statistics.median(taken):>8.0f} ms  {slider}")
    for canvas, taken in _hover(page).items():
        print(f"{'':<12} hover{statistics.median(taken):>8.0f} ms  {canvas}")
    if page.locator(FACES).count():
        lit = _hover_faces(page)
        print(
            f"{'':<12} hover{statistics.median(lit):>8.0f} ms  faces, {len(lit)} places that light up"
        )
    page.context.close()


def _open(browser: Browser, url: str) -> Opening:
    page = _settle(browser, url)  # warms the server up, and says what the page will hold
    wanted = page.evaluate("() => window.watch.state()")
    totals = page.evaluate(
        "() => JSON.parse(window.watch.state()).reduce(([r, c], [, rows, cells]) =>"
        " [r + Number(rows), c + Number(cells)], [0, 0])"
    )
    page.context.close()
    taken, sizes = [], []
    for _ in range(REPEATS):
        page = _new_page(browser)
        page.add_init_script(f"window.watch.wanted = {json.dumps(wanted)};")
        received = _count_answers(page)
        page.goto(url)
        reached = page.wait_for_function("() => window.watch.reached")
        taken.append(reached.json_value())
        sizes.append(sum(received) / 1e3)
        page.context.close()
    return Opening(taken, totals[0], totals[1], statistics.median(sizes))


def _count_answers(page: Page) -> list[float]:
    """Collect the bytes of each answer to a callback, as they come over the wire."""
    answers: set[str] = set()
    received: list[float] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def begin(event: dict[str, Any]) -> None:
        if "_dash-update-component" in event["request"]["url"]:
            answers.add(event["requestId"])

    def end(event: dict[str, Any]) -> None:
        if event["requestId"] in answers:
            received.append(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", begin)
    session.on("Network.loadingFinished", end)
    return received


def _move(page: Page, slider: str, values: Iterable[int]) -> list[float]:
    taken = []
    for value in values:
        begin = page.evaluate(
            "(patch) => { const now = performance.now();"
            " window.epochscope.select(patch); return now; }",
            {slider: value},
        )
        page.wait_for_timeout(QUIET)
        drawn = page.evaluate("() => window.watch.at")
        if drawn > begin:  # else nothing looks different under this value
            taken.append(drawn - begin)
    return taken or [float("nan")]


def _hover(page: Page) -> dict[str, list[float]]:
    canvases = page.eval_on_selector_all(
        "[data-page] canvas[id][data-drawn]", "all => all.map(({ id }) => id)"
    )
    return {
        canvas: [
            page.evaluate(HOVER, [f"#{canvas}", 0.3 + 0.05 * place, 0.2 + 0.1 * place])[0]
            for place in range(REPEATS)
        ]
        for canvas in canvases
    }


def _hover_faces(page: Page) -> list[float]:
    """Move over a grid of places on the faces; those where a class or a mini-set lights up count."""
    shares = [(2 * place + 1) / 20 for place in range(10)]
    moves = [page.evaluate(HOVER, [FACES, x, y]) for y in shares for x in shares]
    return [milliseconds for milliseconds, outlined in moves if outlined] or [float("nan")]


def _settle(browser: Browser, url: str) -> Page:
    page = _new_page(browser)
    page.goto(url)
    page.wait_for_function(
        f"() => window.watch.whole() && performance.now() - window.watch.at > {QUIET}",
        timeout=120_000,
    )
    return page


def _new_page(browser: Browser) -> Page:
    context = browser.new_context(viewport=SCREEN, reduced_motion="reduce")
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(120_000)
    return page


@contextmanager
def _serve(logdir: Path) -> Iterator[str]:
    """Serve the log as its users do: by a process of its own, at any free port."""
    command = [sys.executable, str(APP), "--logdir", str(logdir.resolve()), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None, "it was asked for as a pipe"
        said = server.stdout.readline().split()
        if not said:  # the server has told on stderr what it refuses
            raise SystemExit(server.wait())
        try:
            yield said[-1].rstrip("/")
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
