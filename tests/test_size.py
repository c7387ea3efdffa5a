import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINES_PER_FILE = 300
LINES_PER_FUNCTION = 40
SOURCES = (
    "analytics",
    "assets",
    "callbacks",
    "data",
    "demo",
    "epochscope",
    "figures",
    "pages",
    "parts",
)
FILES = sorted(
    file
    for folder in SOURCES
    for kind in ("*.py", "*.js", "*.css", "*.sql")
    for file in (ROOT / folder).rglob(kind)
    if file.parent.name != "vendor"
) + sorted(ROOT.glob("*.py"))


def lines_of_code(function, text):
    """The lines of a function that hold code: no docstring, comment or blank line."""
    lines = text.splitlines()
    first = function.body[0]
    docstring = set()
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        docstring = set(range(first.lineno, first.end_lineno + 1))
    return sum(
        1
        for number in range(function.lineno, function.end_lineno + 1)
        if number not in docstring
        and lines[number - 1].strip()
        and not lines[number - 1].strip().startswith("#")
    )


def test_finds_the_sources():
    assert len(FILES) > 40


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_is_small(file):
    text = file.read_text()
    assert len(text.splitlines()) <= LINES_PER_FILE
    if file.suffix == ".py":
        functions = [
            node
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        too_long = [f.name for f in functions if lines_of_code(f, text) > LINES_PER_FUNCTION]
        assert too_long == []
