"""Loads the queries: one SELECT per file of data/sql, whose header says what goes in and comes out."""

import re
from functools import cache
from importlib.resources import files


@cache
def load_query(name: str) -> str:
    """Return the text of sql/<name>.sql."""
    return (files("data") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def read_header(text: str, key: str) -> str:
    """Return what follows `-- key:` in the header of a query, its further lines joined."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        comment = line[2:].strip()
        if match := re.fullmatch(r"(in|out|cost):\s*(.*)", comment):
            lines = found.setdefault(match[1], [])
            comment = match[2]
        lines.append(comment)
    return " ".join(found.get(key, []))
