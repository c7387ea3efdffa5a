"""The files the browser loads: nothing from elsewhere, licences beside what others made."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ASSETS = ROOT / "assets"
# Scripts of others name addresses that they never ask; every browser test watches what is asked.
TEXTS = sorted(
    path
    for path in ASSETS.rglob("*")
    if path.suffix in {".css", ".js", ".svg"} and path.parent.name != "vendor"
)
ICONS = sorted(path.stem for path in (ASSETS / "icons").glob("*.svg"))
ADDRESS = re.compile(r"""(?:https?:)?//[\w-]+(?:\.[\w-]+)+""")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ASSETS)))
def test_names_no_other_host(path):
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert ADDRESS.findall(text) == []


def test_the_licences_of_font_and_icons_are_there():
    assert "SIL Open Font License" in (ASSETS / "fonts" / "inter.LICENSE.txt").read_text()
    assert "MIT License" in (ASSETS / "icons" / "tabler.LICENSE.txt").read_text()


def test_the_font_is_a_woff2_file():
    assert (ASSETS / "fonts" / "inter.woff2").read_bytes()[:4] == b"wOF2"


def test_every_file_that_css_names_exists():
    for path in ASSETS.glob("*.css"):
        for name in set(re.findall(r"url\(([^)]+)\)", path.read_text())) - {"icons.svg"}:
            assert (ASSETS / name).is_file(), f"{path.name} names {name!r}"


def test_every_icon_that_code_names_exists():
    named = set()
    for folder in ("pages", "parts", "callbacks"):
        for path in (ROOT / folder).glob("*.py"):
            named |= set(re.findall(r'\bicon\("([\w-]+)"\)', path.read_text()))
    for path in ASSETS.glob("*.js"):
        named |= set(re.findall(r"\bicon\('([\w-]+)'\)", path.read_text()))
    assert named - set(ICONS) == set()
    assert "copy" in named


def test_every_icon_is_drawn_in_the_colour_of_the_text():
    for name in ICONS:
        text = (ASSETS / "icons" / f"{name}.svg").read_text()
        assert 'stroke="currentColor"' in text
        assert 'viewBox="0 0 24 24"' in text


def test_the_icon_of_the_tab_is_there():
    assert (ASSETS / "favicon.ico").read_bytes()[:4] == b"\0\0\1\0"


def test_every_icon_is_in_use():
    places = ("*.py", "pages/*.py", "parts/*.py", "callbacks/*.py", "assets/*.js")
    code = "".join(path.read_text() for place in places for path in ROOT.glob(place))
    assert [name for name in ICONS if not re.search(rf"""["' -]{name}["'\s]""", code)] == []
