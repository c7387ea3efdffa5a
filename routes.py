"""What the server answers beside Dash: thumbnails, the page of an unusable log folder, headers."""

import base64
import hashlib
import re
from html import escape

from dash import Dash
from flask import Flask, Response, request

from data.errors import RunError
from data.images import read_thumbnail
from data.log_place import inspect_log_place
from data.store import open_run
from settings import settings

PICTURES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
ALWAYS_SERVED = ("/assets/", "/_dash", "/_favicon", "/healthz", "/thumbnail")
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
ERROR_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Epochscope</title>
<script src="{assets}color_scheme.js"></script><link rel="icon" href="{assets}favicon.ico">
<link rel="stylesheet" href="{styles}"></head>
<body><main class="page error-page" data-page="error">
<div class="brand"><span class="icon icon-epochscope" aria-hidden="true"></span>Epochscope</div>
<h1>The log cannot be opened</h1><p class="how">No run can be shown until it can.</p>
<div class="trouble bad" role="alert"><span class="icon icon-file-alert" aria-hidden="true"></span>
<b>The log folder cannot be used</b><div class="text path">{sentence}</div>
<div class="actions"><a class="btn small" href="">Look again</a></div></div></main></body>
</html>
"""


def register_routes(app: Dash) -> None:
    """Add the routes and headers of Epochscope to the server of a Dash app that has its bundles."""
    server: Flask = app.server
    (styles,) = app.config.external_stylesheets
    error_page = ERROR_PAGE.replace("{assets}", app.get_asset_url("")).replace("{styles}", styles)

    def refuse_unusable_folder() -> Response | None:
        if request.method != "GET" or request.path.startswith(ALWAYS_SERVED):
            return None
        trouble = inspect_log_place(settings().logdir).trouble
        if not trouble:
            return None
        page = error_page.replace("{sentence}", escape(trouble))
        return Response(page, status=503, mimetype="text/html")

    server.before_request(refuse_unusable_folder)
    server.after_request(add_security_headers)
    server.add_url_rule("/thumbnail", view_func=answer_thumbnail)


def answer_thumbnail() -> Response:
    """Answer /thumbnail?run=NAME&image=N with the picture, or with a sentence and 404."""
    run, image = request.args.get("run", ""), request.args.get("image", "")
    if not image.isdecimal():
        return _answer_sentence(f"The image of a thumbnail is a whole number, got {image!r}.")
    try:
        thumbnail = read_thumbnail(open_run(run), int(image))
    except RunError as error:
        return _answer_sentence(str(error))
    if thumbnail.format not in PICTURES:
        return _answer_sentence(
            f"The thumbnail of image {image} of {run!r} has the unknown format {thumbnail.format!r}."
        )
    response = Response(thumbnail.bytes, mimetype=PICTURES[thumbnail.format])
    response.add_etag()
    # A picture named with a version never changes; any other is asked for again, and answered 304.
    response.cache_control.private = True
    if request.args.get("version"):
        response.cache_control.max_age = 31_536_000
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def _answer_sentence(sentence: str) -> Response:
    response = Response(sentence, status=404, mimetype="text/plain")
    response.cache_control.no_store = True
    return response


def add_security_headers(response: Response) -> Response:
    """Keep a page from loading or sending anything beyond this server."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if response.mimetype == "text/html" and not response.direct_passthrough:
        response.headers["Content-Security-Policy"] = write_policy(response.get_data(as_text=True))
    return response


def write_policy(page: str) -> str:
    """Write the content security policy of a page: its own server, and its own inline scripts."""
    scripts = {
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in INLINE_SCRIPT.findall(page)
    }
    allowed = " ".join(f"'sha256-{digest}'" for digest in sorted(scripts))
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {allowed}".rstrip(),
            # Mantine and Plotly write style elements and attributes of their own.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    )
