"""Joins the scripts and the style sheets of assets/ into one file each: a page opens in few requests."""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dash import Dash
from flask import Flask, Response

ASSETS = Path(__file__).parent / "assets"
FIRST = "color_scheme.js"  # has a tag of its own: the theme is set before anything is drawn
FOREVER = 31_536_000  # seconds; the address changes with the content
GENERATORS = ASSETS / "vendor" / "regenerator-runtime-0.14.1.js"
UNUSED = re.compile(r'<script src="[^"]*/(polyfill@|dash_table/)[^"]*"></script>\s*')
GRID = re.compile(r'<script src="([^"]*/dash_ag_grid\.[^"]*)"></script>')
ICON_SIZE = 24  # units of the pictures in assets/icons


@dataclass(frozen=True)
class Bundle:
    """All files of one kind, one behind the other."""

    name: str
    mimetype: str
    content: str

    @property
    def version(self) -> str:
        """A short digest of the content."""
        return hashlib.sha256(self.content.encode()).hexdigest()[:12]


def join_scripts() -> Bundle:
    """Join the scripts in the order of their names, behind what Dash's own components need."""
    paths = (path for path in sorted(ASSETS.glob("*.js")) if path.name != FIRST)
    return Bundle("epochscope.js", "text/javascript", _join([GENERATORS, *paths]))


def thin_scripts(scripts: str) -> str:
    """Take out of the script tags of a page what it need not load.

    The polyfill is for browsers of 2018, takes a tenth of the time in which a page opens and
    replaces the browser's own promises; of all that is in it Dash's components need one part,
    which is among our scripts. No page has Dash's own table. Only one has AG Grid, the largest
    script of all: its address is left to assets/ag_grid.js.
    """
    return GRID.sub(r'<meta id="ag-grid-address" content="\1">', UNUSED.sub("", scripts))


def join_styles() -> Bundle:
    """Join the style sheets in the order of their names, with the icons inside."""
    paths = sorted((ASSETS / "icons").glob("*.svg"))
    sprite = base64.b64encode(draw_sprite(paths).encode()).decode()
    sheets = _join(sorted(ASSETS.glob("*.css"))).replace(
        "url(icons.svg)", f"url(data:image/svg+xml;base64,{sprite})"
    )
    places = [f".icon-{path.stem} {{ --icon: {place}; }}" for place, path in enumerate(paths)]
    content = "\n".join([sheets, f":root {{ --icons: {len(paths)}; }}", *places])
    return Bundle("epochscope.css", "text/css", content)


def draw_sprite(paths: Sequence[Path]) -> str:
    """Return one picture of several square ones, side by side."""
    icons = [
        path.read_text(encoding="utf-8").replace("<svg ", f'<svg x="{place * ICON_SIZE}" ', 1)
        for place, path in enumerate(paths)
    ]
    size = f'width="{ICON_SIZE * len(paths)}" height="{ICON_SIZE}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(icons)}</svg>'


def list_vendored() -> list[Bundle]:
    """List the scripts of others that a page loads when it needs them; their names hold their versions."""
    return [
        Bundle(f"vendor/{path.name}", "text/javascript", path.read_text(encoding="utf-8"))
        for path in sorted((ASSETS / "vendor").glob("*.js"))
        if path != GENERATORS
    ]


def register_bundles(app: Dash) -> None:
    """Let every page of a Dash app load the two bundles instead of the files in them."""
    for script in list_vendored():
        _serve(app.server, app.get_asset_url(script.name), script)
    for bundle, addresses in (
        (join_scripts(), app.config.external_scripts),
        (join_styles(), app.config.external_stylesheets),
    ):
        address = app.get_asset_url(bundle.name)
        addresses.append(f"{address}?v={bundle.version}")
        _serve(app.server, address, bundle)


def _serve(server: Flask, address: str, bundle: Bundle) -> None:
    def answer() -> Response:
        response = Response(bundle.content, mimetype=bundle.mimetype)
        response.cache_control.public = True
        response.cache_control.max_age = FOREVER
        response.cache_control.immutable = True
        return response

    server.add_url_rule(address, endpoint=bundle.name, view_func=answer)


def _join(paths: Iterable[Path]) -> str:
    return "\n".join(f"/* {path.name} */\n{path.read_text(encoding='utf-8')}" for path in paths)
