"""The colours: one token file for CSS, one for Plotly, equal to each other, and no colour code elsewhere."""

import re
from pathlib import Path

import pytest

from bundles import join_styles
from figures.theme import MARGIN, RUN_COUNT, SCHEMES, TEMPLATES, TOKENS, fade, run_colors

ROOT = Path(__file__).parent.parent
TOKEN_FILES = {ROOT / "assets" / "tokens.css", ROOT / "figures" / "theme.py"}
HEX = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b")
# Colours by number, other than black at some opacity: shadows are the same in both schemes.
NUMBERS = re.compile(r"\b(?:rgba?|hsla?)\(\s*(?!0, ?0, ?0[,)])\d")
FOLDERS = ("assets", "pages", "parts", "callbacks", "figures", "analytics")
FILES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".css", ".js", ".py", ".svg"}
    and path not in TOKEN_FILES
    and path.parent.name != "vendor"  # what it draws takes its colours from the templates
)


def read_css_tokens(scheme):
    text = (ROOT / "assets" / "tokens.css").read_text()
    block = re.search(
        rf'\[data-mantine-color-scheme="{scheme}"\] \{{(.*?)\n\}}', text, re.DOTALL
    ).group(1)
    return dict(re.findall(r"--([\w-]+): ([^;]+);", block))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_css_and_plotly_have_the_same_colours(scheme):
    css = read_css_tokens(scheme)
    assert {name: css.get(name) for name in TOKENS[scheme]} == TOKENS[scheme]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_colour_code_of_the_css_is_known_to_plotly(scheme):
    coded = {name for name, value in read_css_tokens(scheme).items() if HEX.search(value)}
    assert coded - set(TOKENS[scheme]) == set()


def test_both_schemes_name_the_same_tokens():
    assert set(read_css_tokens("light")) == set(read_css_tokens("dark"))
    assert set(TOKENS["light"]) == set(TOKENS["dark"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_holds_no_colour_code(path):
    text = path.read_text(encoding="utf-8")
    assert HEX.findall(text) + NUMBERS.findall(text) == []


def test_every_token_that_css_uses_is_defined():
    text = join_styles().content
    defined = set(re.findall(r"(--[\w-]+):", text))
    used = set(re.findall(r"var\((--[\w-]+)", text))
    foreign = {name for name in used if name.startswith(("--mantine-", "--ag-", "--Dash-"))}
    assert used - defined - foreign == set()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("side", ["wrong", "right"])
def test_soft_fills_are_the_colour_mixed_with_the_surface(scheme, side):
    tokens = TOKENS[scheme]

    def parts(name):
        return [int(tokens[name][start : start + 2], 16) for start in (1, 3, 5)]

    mixed = [
        0.84 * full + 0.16 * ground
        for full, ground in zip(parts(side), parts("surface"), strict=True)
    ]
    assert parts(f"{side}-soft") == pytest.approx(mixed, abs=0.5)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_template_draws_runs_in_the_colours_of_the_header(scheme):
    layout = TEMPLATES[f"epoch_{scheme}"].layout
    assert layout.colorway == tuple(run_colors(scheme))
    assert len(layout.colorway) == RUN_COUNT
    assert layout.font.color == TOKENS[scheme]["muted"]
    assert layout.margin.l == MARGIN["l"]
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"


def test_fading_keeps_the_colour():
    assert fade("#3f82e6", 0.17) == "rgba(63, 130, 230, 0.17)"
