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
    comments = [line[2:].strip() for line in text.splitlines() if line.startswith("--")]
    found: list[str] = []
    for line in comments:
        if match := re.match(r"(in|out|cost):\s*(.*)", line):
            found = [match[2]] if match[1] == key else found if key in found else []
        elif found:
            found.append(line)
    return " ".join(found)
