"""The two files that stand for the scripts and style sheets of assets/."""

import base64
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from plotly.offline import get_plotlyjs_version

from bundles import join_scripts, join_styles, list_vendored

ASSETS = Path(__file__).parent.parent / "assets"


def test_the_scripts_are_whole_and_in_the_order_of_their_names():
    content = join_scripts().content
    places = [
        content.index(path.read_text())
        for path in sorted(ASSETS.glob("*.js"))
        if path.name != "color_scheme.js"
    ]
    assert places == sorted(places)
    assert len(places) > 50


def test_the_colour_scheme_is_not_set_twice():
    assert (ASSETS / "color_scheme.js").read_text() not in join_scripts().content


def test_the_styles_are_whole_but_for_the_picture_of_the_icons_which_is_inside():
    content = join_styles().content
    for path in ASSETS.glob("*.css"):
        assert path.read_text().split("url(icons.svg)")[0] in content
    assert "icons.svg" not in content


def test_every_icon_is_where_its_class_says():
    content = join_styles().content
    (picture,) = re.findall(r"mask-image: url\(data:image/svg\+xml;base64,([^)]+)\)", content)
    row = ElementTree.fromstring(base64.b64decode(picture))
    (number,) = re.findall(r":root \{ --icons: (\d+); \}", content)
    places = dict(re.findall(r"\.icon-([\w-]+) \{ --icon: (\d+); \}", content))
    icons = {path.stem: path for path in (ASSETS / "icons").glob("*.svg")}
    assert places.keys() == icons.keys()
    assert len(row) == len(icons) == int(number)
    assert (row.get("width"), row.get("height")) == (str(24 * len(icons)), "24")
    for icon, place in places.items():
        found = row[int(place)]
        found.tail = None
        assert found.attrib.pop("x") == str(24 * int(place))
        assert ElementTree.tostring(found) == ElementTree.tostring(
            ElementTree.parse(icons[icon]).getroot()
        )


@pytest.mark.parametrize("bundle", [join_scripts(), join_styles()], ids=lambda one: one.name)
def test_a_page_names_one_file_of_each_kind_that_browsers_keep(client, bundle):
    page = client.get("/").text
    [address] = re.findall(rf"""["']([^"']*{re.escape(bundle.name)}[^"']*)["']""", page)
    assert address == f"/assets/{bundle.name}?v={bundle.version}"
    answer = client.get(address)
    assert answer.text == bundle.content
    assert answer.mimetype == bundle.mimetype
    assert "immutable" in answer.headers["Cache-Control"]
    kind = bundle.name.rpartition(".")[2]
    others = set(re.findall(rf"/assets/([\w./-]+\.{kind})\b", page)) - {bundle.name}
    assert others == ({"color_scheme.js"} if kind == "js" else set())


def test_scripts_of_others_come_with_their_licence():
    scripts = list((ASSETS / "vendor").glob("*.js"))
    assert len(scripts) == 2
    for script in scripts:
        name = re.fullmatch(r"([\w-]+)-[\d.]+\d(\.min)?\.js", script.name)[1]
        assert "MIT" in (ASSETS / "vendor" / f"{name}.LICENSE.txt").read_text()


def test_a_page_loads_no_polyfill_but_the_part_that_dash_needs(client):
    page = client.get("/").text
    assert "react-dom@" in page
    assert "polyfill" not in page
    assert "regeneratorRuntime" in join_scripts().content


def test_a_page_leaves_the_scripts_of_tables_until_they_are_needed(client):
    page = client.get("/validation").text
    assert not re.findall(r'<script src="[^"]*dash_(table|ag_grid)', page)
    (address,) = re.findall(r'<meta id="ag-grid-address" content="([^"]+)">', page)
    assert "window.dash_ag_grid" in client.get(address).text


def test_scripts_that_a_page_loads_when_it_needs_them_are_kept(client):
    for script in list_vendored():
        answer = client.get(f"/assets/{script.name}")
        assert answer.text == script.content
        assert "immutable" in answer.headers["Cache-Control"]


def test_the_basic_plotly_is_the_one_that_is_loaded_and_of_the_age_of_the_python_package():
    (script,) = list_vendored()
    assert script.name in (ASSETS / "plotly.js").read_text()
    version = re.search(r"-(\d+)\.", script.name)[1]
    assert f"v{version}." in script.content[:500]
    assert version == get_plotlyjs_version().split(".")[0]
