"""Builds the dashboard, tells readers about errors, and serves it: python app.py --logdir DIR."""

import argparse
import atexit
import gc
import logging
import os
import sys
from typing import Any, NoReturn

import pandas  # type: ignore[import-untyped]  # noqa: F401 - plotly would import it in the first callback, two at once then fail
from dash import Dash, html, page_registry, set_props
from dash.development.base_component import Component
from flask import Flask, has_request_context, request
from waitress.server import create_server  # type: ignore[import-untyped]

from bundles import register_bundles, thin_scripts
from callbacks import register_callbacks
from callbacks.shell_opening import open_link
from data.compactor import start_compactor
from data.errors import RunError
from data.log_place import inspect_log_place
from ids import Shell
from pages._shell import build_shell
from parts.blocks import attributes, icon, trouble
from parts.markup import fold, folded
from routes import register_routes
from settings import settings

log = logging.getLogger("epochscope")

THREADS = 8
PORTS = range(65_536)
INDEX = """<!DOCTYPE html>
<html lang="en">
<head>{%metas%}<title>{%title%}</title><script src="COLOR_SCHEME"></script>{%favicon%}{%css%}
<link rel="preload" href="FONT" as="font" type="font/woff2" crossorigin>
<link rel="preload" href="LAYOUT" as="fetch" crossorigin>
<link rel="preload" href="DEPENDENCIES" as="fetch" crossorigin></head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>
"""


class Dashboard(Dash):
    """A Dash app whose pages load nothing that today's browsers have."""

    def interpolate_index(self, scripts: str = "", **parts: Any) -> str:  # type: ignore[override]
        """Fill the page."""
        # Without Dash's "Loading...": the first text waits for the browser to find its fonts.
        parts["app_entry"] = '<div id="react-entry-point"></div>'
        page: str = super().interpolate_index(scripts=thin_scripts(scripts), **parts)  # type: ignore[no-untyped-call]
        return page


def create_app() -> Dash:
    """Build the dashboard over the log folder of the settings."""
    app = Dashboard(
        __name__,
        use_pages=True,
        title="Epochscope",
        update_title="",
        description="Shows why a neural network trains the way it does.",
        on_error=show_error,
        serve_locally=True,
        compress=True,
        health_endpoint="healthz",
        assets_ignore=r"\.(js|css)$",  # they come in bundles
        # Parts of a page appear only when they apply: the first-run page on an empty log.
        suppress_callback_exceptions=True,
    )
    app.index_string = write_index(app)
    app.layout = lay_out
    for page in page_registry.values():
        page["layout"] = folded(page["layout"])
    register_bundles(app)
    register_callbacks(app)
    register_routes(app)
    return app


def write_index(app: Dash) -> str:
    """Write the page that the browser loads: what it will need soon is named before the scripts."""
    addresses = {
        "COLOR_SCHEME": app.get_asset_url("color_scheme.js"),
        # The font before the first text needs it: the page would be laid out twice.
        "FONT": app.get_asset_url("fonts/inter.woff2"),
        # What Dash asks for first, once all scripts have run.
        "LAYOUT": app.get_relative_path("/_dash-layout"),
        "DEPENDENCIES": app.get_relative_path("/_dash-dependencies"),
    }
    index = INDEX
    for name, address in addresses.items():
        index = index.replace(name, address)
    return index


def lay_out() -> Component:
    """Lay out the frame with the page of the link that the browser asks for."""
    opening = open_link(request.referrer if has_request_context() else None)
    return fold(build_shell(opening.stores, opening.pathname, opening.search))


def show_error(error: Exception) -> None:
    """Tell the reader what went wrong; keep the traceback for the log."""
    if isinstance(error, RunError):
        title, text = "The log cannot answer this", str(error)
    else:
        log.error("a callback failed", exc_info=error)
        title, text = "Something went wrong", "The log of the server has the details."
    away = html.Button(
        icon("x"),
        type="button",
        className="iconbtn small away",
        title="Put away",
        **attributes(aria_label="Put the error away", data_do="dismiss"),
    )
    set_props(Shell.ERROR, {"children": html.Div([trouble("bad", title, text), away])})


def __getattr__(name: str) -> Flask:
    """Build the server when gunicorn asks for app:server, not when the module is imported."""
    if name != "server":
        raise AttributeError(f"module 'app' has no attribute {name!r}")
    server = make_server()
    start_compactor()
    globals()["server"] = server  # one app, however often it is asked for
    return server


def make_server() -> Flask:
    """Build the server of the dashboard, to be kept as long as the process runs."""
    server: Flask = create_app().server
    # All of it stays for good. To look through it for garbage took 0.1 s, in the middle of requests.
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # or modules would complain that they were left behind
    return server


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the command line in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Stop with exit code 2 and the sentence alone."""
        stop(f"{message[:1].upper()}{message[1:]}; python app.py --help lists the options.")


def stop(sentence: str) -> NoReturn:
    """End the command: one sentence on stderr, exit code 2."""
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(2)


def parse_port(text: str) -> int:
    """Read a port number; 0 stands for any free port."""
    if not text.isascii() or not text.isdecimal() or int(text) not in PORTS:
        stop(f"The port is a whole number from 0 to 65535, got {text!r}.")
    return int(text)


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = Parser(prog="python app.py", description="Serve the dashboard over a log folder.")
    parser.add_argument("--logdir", default=None, help="the folder that holds the runs")
    parser.add_argument("--port", default="8050", help="port to serve at; 0: any free one")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve at")
    parser.add_argument(
        "--check", action="store_true", help="only check that folder and port can be used"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    """Serve the dashboard until interrupted."""
    options = parse_arguments(arguments)
    port = parse_port(options.port)
    if options.logdir == "":
        stop("The log folder after --logdir has no name; name the folder that holds the runs.")
    if options.logdir is not None:
        os.environ["EPOCHSCOPE_LOGDIR"] = options.logdir
    place = inspect_log_place(settings().logdir)
    if place.trouble:
        stop(place.trouble)
    if options.check:  # needs no pages
        bind(Flask(__name__), options.host, port).close()
        return
    server = bind(make_server(), options.host, port)
    sys.stdout.write(f"Epochscope serves {place.path} at {address(server, options.host)}\n")
    sys.stdout.flush()
    start_compactor()
    server.run()


def bind(application: Flask, host: str, port: int) -> Any:
    """Take the port, so that its address can be told before the first request."""
    try:
        return create_server(application, host=host, port=port, threads=THREADS, ident=None)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        stop(
            f"Port {port} of {host!r} cannot be taken ({reason}); choose another with --port or --host."
        )


def address(server: Any, host: str) -> str:
    """Name the address a browser of this machine opens."""
    port = (
        server.effective_port
        if hasattr(server, "effective_port")
        else server.effective_listen[0][1]
    )
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


if __name__ == "__main__":
    main()
