"""What browser tests share: a served dashboard, and a watch over every page that is opened."""

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from settings import settings
from tests.browser.patience import SECONDS

SCREEN = {"width": 1440, "height": 900}

expect.set_options(timeout=1_000 * SECONDS)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        # The same engine without windows opens a page at half the processor time.
        "executable_path": shutil.which("chromium-headless-shell") or shutil.which("chromium"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": SCREEN, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def server(planted_runs) -> Iterator[str]:
    """One dashboard for all tests, at its address; it serves the log folder of the running test."""
    before = os.environ.get("EPOCHSCOPE_LOGDIR")
    os.environ["EPOCHSCOPE_LOGDIR"] = str(planted_runs["planted"].folder.parent)
    settings.cache_clear()
    from app import create_app

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line per request
    application = create_app().server
    application.config["COMPRESS_STREAMS"] = False  # leaves files for the collector to close
    listening = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()
    if before is None:
        del os.environ["EPOCHSCOPE_LOGDIR"]
    else:
        os.environ["EPOCHSCOPE_LOGDIR"] = before
    settings.cache_clear()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Console errors and requests to other hosts, of every watched page; a test may clear it."""
    found: list[str] = []
    yield found
    assert found == []


def watch(context: BrowserContext, address: str, complaints: list[str]) -> None:
    """Note what a page must never do."""
    host = urlsplit(address).netloc

    def on_request(request):
        asked = urlsplit(request.url)
        if asked.scheme in ("http", "https", "ws", "wss") and asked.netloc != host:
            complaints.append(f"asked another host: {request.url}")

    def on_console(message):
        if message.type in ("error", "warning"):
            complaints.append(f"console {message.type}: {message.text}")

    context.on("request", on_request)
    context.on("console", on_console)
    context.on("weberror", lambda error: complaints.append(f"not caught: {error.error}"))


@pytest.fixture(autouse=True)
def _watched(context, server, complaints) -> None:
    watch(context, server, complaints)


@pytest.fixture
def served(runs, server) -> str:
    """The address of the dashboard over the planted runs."""
    return server


@pytest.fixture
def served_log(logdir, server) -> str:
    """The address of the dashboard over `logdir`, an empty folder that the test may fill."""
    return server


@pytest.fixture
def fresh_page(browser: Browser, server, complaints) -> Iterator[Callable[..., Page]]:
    """Open pages in browser contexts of their own, as another reader's browser would."""
    contexts: list[BrowserContext] = []

    def open_page(**options) -> Page:
        context = browser.new_context(**{"viewport": SCREEN, "reduced_motion": "reduce", **options})
        contexts.append(context)
        watch(context, server, complaints)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def kept(browser: Browser, server) -> Iterator[tuple[Page, list[str]]]:
    """A page that stays open over the tests of a file, a visit less for each, and its complaints."""
    complaints: list[str] = []
    context = browser.new_context(viewport=SCREEN, reduced_motion="reduce")
    watch(context, server, complaints)
    yield context.new_page(), complaints
    context.close()


@pytest.fixture
def visit() -> Callable[[Page, str], Page]:
    """Open an address and wait until the page and the timeline are drawn."""

    def open_address(page: Page, address: str) -> Page:
        page.goto(address)
        page.wait_for_selector("[data-page] h1")
        page.wait_for_selector("#timeline[data-drawn][data-rows]:not([data-rows='0'])")
        return page

    return open_address


@pytest.fixture
def eventually() -> Callable[[Page, str], None]:
    """Wait until an expression is true in the page; wait_for_function takes functions only here."""

    def wait(page: Page, expression: str, seconds: float = SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not page.evaluate(expression):
            assert time.monotonic() < deadline, f"{expression!r} did not become true"
            page.wait_for_timeout(30)

    return wait
