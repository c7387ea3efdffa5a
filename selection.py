"""What is chosen on every page (runs, steps, classes, layers, views), and how a link says it.

assets/selection.js is its twin in the browser; tests/selection_cases.json holds both to one reading.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import quote, unquote

RUNS_AT_MOST = 4
PAGES = (
    "overview",
    "validation",
    "layers",
    "correlation",
    "cube",
    "dataflow",
    "neurons",
    "compare",
)
_OPTION = re.compile(rf"({'|'.join(PAGES)})\.[a-z][a-z0-9-]*")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KEPT = "!~*'()"  # what encodeURIComponent leaves alone beside letters, digits, - _ .


@dataclass(frozen=True)
class Selection:
    """The one cross-filter state of the dashboard; absent means None, an empty tuple or False."""

    runs: tuple[str, ...] = ()
    step: int | None = None  # focus step
    range: tuple[int, int] | None = None  # first and last step, both included
    picks: tuple[int, ...] = ()  # steps
    classes: tuple[int, ...] = ()
    images: tuple[int, ...] = ()
    layers: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()  # layer:index
    minisets: tuple[str, ...] = ()  # layer:signature
    window: int | None = None
    threshold: int | None = None
    rule: str | None = None
    top: int | None = None
    appearances: int | None = None
    view: str | None = None
    sample: bool = False
    options: tuple[tuple[str, str], ...] = ()  # ("page.option", value), sorted

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> tuple["Selection", list[str]]:
        """Read an already decoded query, as a page's layout gets it; name what was left out.

        A name that holds a comma cannot be told from two names here; from_link can.
        """
        return _parse(query.items(), lambda text: text)

    @classmethod
    def from_link(cls, search: str) -> tuple["Selection", list[str]]:
        """Read the query string of a link, `?` included or not; name what was left out."""
        pairs = [pair.partition("=")[::2] for pair in search.removeprefix("?").split("&") if pair]
        return _parse(pairs, _decode)

    @classmethod
    def from_store(cls, data: Mapping[str, Any] | None) -> "Selection":
        """Read the selection store of the frame."""
        known = {field.name for field in fields(cls)} - {"options"}
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in (data or {}).items()
            if name in known and value is not None
        }
        options = tuple(sorted(((data or {}).get("options") or {}).items()))
        return cls(**values, options=options)

    def to_store(self) -> dict[str, Any]:
        """Return what the selection store of the frame holds; what is absent is left out."""
        chosen = {
            key: list(value) if isinstance(value, tuple) else value
            for key in _KEYS
            if not _is_absent(value := getattr(self, key))
        }
        return {**chosen, "options": dict(self.options)} if self.options else chosen

    def to_query(self) -> str:
        """Write the query string, `?` included, in one order; empty when nothing is chosen."""
        parts = [
            f"{key}={_KEYS[key].write(value)}"
            for key in _KEYS
            if not _is_absent(value := getattr(self, key))
        ]
        parts += [f"{key}={_write_many(value.split(','))}" for key, value in self.options]
        return "?" + "&".join(parts) if parts else ""

    def option(self, name: str, default: str) -> str:
        """Return a page's own view option such as "validation.order"."""
        return dict(self.options).get(name, default)


class _UnreadableValueError(ValueError):
    """The value of a key means nothing; its text says why, for the notice."""


@dataclass(frozen=True)
class _Key:
    kind: str  # the word of the notice
    read: Callable[[str], Any]  # one decoded value
    many: bool = False
    at_most: int | None = None

    def write(self, value: Any) -> str:
        """Write a value as the text after `key=`."""
        if self.many:
            return _write_many([str(part) for part in value])
        if isinstance(value, tuple):
            return f"{value[0]}-{value[1]}"
        return quote("1" if value is True else str(value), safe=_KEPT)


def _is_absent(value: object) -> bool:
    return value is None or value is False or value == ()


def _write_many(values: Iterable[str]) -> str:
    return ",".join(quote(value, safe=_KEPT) for value in values)


def _decode(text: str) -> str:
    if _BAD_ESCAPE.search(text):
        raise _UnreadableValueError("not readable")
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise _UnreadableValueError("not readable") from None


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if re.fullmatch("[0-9]{1,15}", text) and low <= int(text) <= high:
            return int(text)
        limits = f" from {low} to {high}" if high < _STEPS else f" from {low}" if low else ""
        raise _UnreadableValueError(f"no whole number{limits}")

    return read


def _matching(pattern: str, rule: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if re.fullmatch(pattern, text, re.DOTALL):
            return text
        raise _UnreadableValueError(rule)

    return read


def _read_range(text: str) -> tuple[int, int]:
    found = re.fullmatch("([0-9]{1,15})-([0-9]{1,15})", text)
    if found and int(found[1]) <= int(found[2]):
        return int(found[1]), int(found[2])
    raise _UnreadableValueError("no range first-last")


def _read_sample(text: str) -> bool:
    if text == "1":
        return True
    raise _UnreadableValueError("not 1")


_STEPS = 10**15 - 1
_NAME = _matching(".+", "no name")
_KEYS = {
    "runs": _Key("run", _NAME, many=True, at_most=RUNS_AT_MOST),
    "step": _Key("step", _whole(0, _STEPS)),
    "range": _Key("range", _read_range),
    "picks": _Key("pick", _whole(0, _STEPS), many=True),
    "classes": _Key("class", _whole(0, _STEPS), many=True),
    "images": _Key("image", _whole(0, _STEPS), many=True),
    "layers": _Key("layer", _NAME, many=True),
    "filters": _Key("filter", _matching(".+:[0-9]+", "no layer:index"), many=True),
    "minisets": _Key("mini-set", _matching(".+:[^:]+", "no layer:signature"), many=True),
    "window": _Key("window", _whole(1, 100)),
    "threshold": _Key("threshold", _whole(1, 100)),
    "rule": _Key("rule", _matching("left|right|either", "not left, right or either")),
    "top": _Key("top", _whole(1, _STEPS)),
    "appearances": _Key("appearances", _whole(1, _STEPS)),
    "view": _Key("view", _matching("[0-9A-Za-z_-]{1,64}", "no id of a view")),
    "sample": _Key("sample", _read_sample),
}


def _parse(
    pairs: Iterable[tuple[str, str]], decode: Callable[[str], str]
) -> tuple[Selection, list[str]]:
    values: dict[str, Any] = {}
    options: dict[str, str] = {}
    notices: list[str] = []
    for key, text in pairs:
        try:
            if key in values or key in options:
                raise _UnreadableValueError("given twice")
            if key in _KEYS and text:
                values |= _read(key, text, decode, notices)
            elif _OPTION.fullmatch(key) and text:
                options[key] = decode(text)
            elif key not in _KEYS and not _OPTION.fullmatch(key):
                raise _UnreadableValueError("no such key")
        except _UnreadableValueError as error:
            notices.append(_notice(_KEYS[key].kind if key in _KEYS else key, text, error))
    return Selection(**values, options=tuple(sorted(options.items()))), notices


def _read(name: str, text: str, decode: Callable[[str], str], notices: list[str]) -> dict[str, Any]:
    key = _KEYS[name]
    if not key.many:
        return {name: key.read(decode(text))}
    found: dict[Any, None] = {}  # ordered, each once
    for part in text.split(","):
        try:
            value = key.read(decode(part))
            if value not in found and key.at_most is not None and len(found) >= key.at_most:
                raise _UnreadableValueError(f"{key.at_most} at most")
            found[value] = None
        except _UnreadableValueError as error:
            notices.append(_notice(key.kind, part, error))
    return {name: tuple(found)} if found else {}


def _notice(kind: str, asked: str, reason: Exception) -> str:
    with suppress(_UnreadableValueError):  # then it is shown as it was written
        asked = _decode(asked)
    return f"{kind} “{asked}”: {reason}, left out"
