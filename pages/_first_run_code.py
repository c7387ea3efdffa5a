"""The code block of the first-run page: docs/first_run.py, with the lines to add marked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from dash import html
from dash.development.base_component import Component

BLOCK: Final = Path(__file__).parent.parent / "docs" / "first_run.py"
EXAMPLE_FOLDER: Final = "runs/first"
# A word of Python, a string or a comment: what the block colours.
PARTS: Final = re.compile(
    r'(?P<comment>#.*)|(?P<string>"[^"]*")|(?P<keyword>\b(?:from|import|with|as|for|in|if)\b)'
)


@dataclass(frozen=True)
class CodeLine:
    """One line of the block; `added` when it is not the reader's own."""

    text: str
    added: bool


@cache
def read_block() -> tuple[CodeLine, ...]:
    """Read the block: what follows the header of docs/first_run.py."""
    text = BLOCK.read_text(encoding="utf-8")
    lines = text[text.index("from epochscope") :].rstrip().splitlines()
    return tuple(CodeLine(line, added="recorder" in line.lower()) for line in lines)


def write_block(folder: str) -> tuple[CodeLine, ...]:
    """Return the block with the run recorded into `folder`."""
    quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
    return tuple(
        CodeLine(line.text.replace(EXAMPLE_FOLDER, quoted), line.added) for line in read_block()
    )


def added_lines(block: tuple[CodeLine, ...]) -> str:
    """Return the lines to add, with their indentation, as the copy button gives them."""
    return "\n".join(line.text for line in block if line.added)


def draw_block(block: tuple[CodeLine, ...]) -> html.Pre:
    """Draw the block: a plus and a tint on each line to add, the reader's own lines muted."""
    return html.Pre([_draw_line(line) for line in block], className="source", tabIndex=0)


def _draw_line(line: CodeLine) -> html.Div:
    if not line.added:
        return html.Div([html.Span(className="gutter"), html.Span(line.text or " ")])
    code = html.Span(list(_colour(line.text)))
    return html.Div([html.Span("+", className="gutter"), code], className="added")


def _colour(text: str) -> Iterator[str | Component]:
    start = 0
    for part in PARTS.finditer(text):
        yield text[start : part.start()]
        yield html.Span(part.group(), className=part.lastgroup)
        start = part.end()
    yield text[start:]
