"""What the server answers beside Dash: health, thumbnails, headers, the page of an unusable folder."""

import base64
import hashlib
import re
import socket

import pytest

from app import create_app
from data.images import read_thumbnail
from settings import settings

PAGES = (
    *("/", "/validation", "/layers", "/correlation", "/cube", "/dataflow", "/neurons", "/compare"),
    "/no/such/page",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_address_answers_with_the_app(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "<title>Epochscope" in answer.text or "· Epochscope</title>" in answer.text


def test_is_healthy(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "OK")


def test_sends_the_very_picture_that_was_recorded(client, run):
    answer = client.get("/thumbnail", query_string={"run": "planted", "image": 5})
    assert answer.data == read_thumbnail(run, 5).bytes
    assert answer.mimetype == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_picture_asked_for_again_is_not_sent_again(client):
    query = {"run": "planted", "image": 5}
    first = client.get("/thumbnail", query_string=query)
    again = client.get(
        "/thumbnail", query_string=query, headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    assert first.cache_control.no_cache
    other = client.get("/thumbnail", query_string={"run": "planted", "image": 6})
    assert other.headers["ETag"] != first.headers["ETag"]


def test_a_picture_of_a_named_version_is_kept_for_good(client):
    answer = client.get("/thumbnail?run=planted&image=5&version=a1")
    assert answer.cache_control.immutable
    assert answer.cache_control.max_age == 31_536_000


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"run": "nobody", "image": "5"}, "'nobody'"),
        ({"run": "../planted", "image": "5"}, "'../planted'"),
        ({"run": "/etc", "image": "5"}, "'/etc'"),
        ({"run": "", "image": "5"}, "''"),
        ({"run": "planted", "image": "100000"}, "100000"),
        ({"run": "plain", "image": "0"}, "'plain'"),
        ({"run": "planted", "image": "5.0"}, "'5.0'"),
        ({"run": "planted", "image": "-1"}, "'-1'"),
        ({"run": "planted", "image": "9" * 30}, "9" * 30),
        ({"run": "planted"}, "''"),
        ({}, "''"),
    ],
)
def test_what_is_not_there_is_named_in_one_sentence(client, query, word):
    answer = client.get("/thumbnail", query_string=query)
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert word in answer.text
    assert answer.text.endswith(".")
    assert answer.cache_control.no_store


def test_a_page_may_load_from_this_server_only(client):
    answer = client.get("/")
    policy = dict(
        rule.strip().split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert all("://" not in rule and "*" not in rule for rule in policy.values())
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_the_policy_admits_every_inline_script_of_the_page(client):
    answer = client.get("/")
    scripts = re.findall(r"<script(?![^>]*src=)[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    assert scripts
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_the_page_names_no_other_host(client):
    addresses = re.findall(r"""(?:src|href)=["']?([^"' >]+)""", client.get("/").text)
    assert addresses
    assert [address for address in addresses if not address.startswith("/")] == []


def test_the_colour_scheme_is_set_before_anything_is_drawn(client):
    head = client.get("/").text.partition("</head>")[0]
    assert "color_scheme.js" in head
    with client.get("/assets/color_scheme.js") as answer:
        assert answer.status_code == 200


def test_answers_are_compressed(client):
    answer = client.get("/_dash-layout", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"


def test_a_folder_that_became_unusable_is_named_on_every_page(logdir):
    client = create_app().server.test_client()
    assert client.get("/layers").status_code == 200
    logdir.rmdir()
    logdir.touch()
    for path in ("/", "/layers"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "is a file" in answer.text
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert client.get("/healthz").status_code == 200
    with client.get("/assets/tokens.css") as style:
        assert style.status_code == 200


def test_the_error_page_shows_a_path_as_text_never_as_markup(tmp_path, logdir, monkeypatch):
    file = tmp_path / "<script>alert(1)<"
    file.touch()
    monkeypatch.setenv("EPOCHSCOPE_LOGDIR", str(file))
    client = create_app().server.test_client()
    settings.cache_clear()
    answer = client.get("/")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_builds_without_a_network(logdir, monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert create_app().server.test_client().get("/").status_code == 200
