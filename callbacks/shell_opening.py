"""What the frame holds when a link is opened: the browser then need not work it out and ask again.

assets/shell_derive.js works out the same at every later change; tests/opening_cases.json holds both
to one reading.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from callbacks.shell_facts import show_facts
from callbacks.shell_live import list_first
from data.errors import RunError
from ids import Shell
from selection import Selection

Stores = dict[str, Any]
LiveRuns = Sequence[Mapping[str, Any]]  # as callbacks/shell_live.py describes them


@dataclass(frozen=True)
class Opening:
    """What is known of a link before the browser has asked for anything but its layout."""

    stores: Stores  # data by the ids of the frame's stores
    pathname: str | None = None  # both as the browser writes them; None where the link is not known
    search: str | None = None


def open_link(address: str | None) -> Opening:
    """Work out what the frame holds under a link; without one, or without a log, the browser does.

    `address` is that of the page that asks for its layout.
    """
    live = list_first()
    stores = {Shell.LIVE: live, Shell.LIVE_VERSION: live and live["version"]}
    if not address or live is None:
        return Opening(stores)
    try:
        parts = urlsplit(address)
    except ValueError:  # a header can hold anything
        return Opening(stores)
    search = f"?{parts.query}" if parts.query else ""
    with suppress(RunError):  # the browser asks again, and is told why
        stores.update(_derive(search, live["runs"]))
    return Opening(stores, parts.path, search)


def _derive(search: str, runs: LiveRuns) -> Stores:
    selection, _ = Selection.from_link(search)
    chosen = choose_runs(selection.runs, runs)
    facts = show_facts(chosen, None) if chosen else None
    return {**derive_stores(selection, runs, facts), Shell.FACTS: facts}


def derive_stores(selection: Selection, runs: LiveRuns, facts: Mapping[str, Any] | None) -> Stores:
    """Work out what follows from a selection in a log, by the ids of the stores; absent is None."""
    chosen = choose_runs(selection.runs, runs)
    asked = {**selection.to_store(), **({} if selection.runs or not chosen else {"runs": chosen})}
    options = asked.get("options", {})
    return {
        Shell.SELECTION: asked,
        Shell.CHOSEN: chosen,
        Shell.CHOSEN_VERSIONS: {
            run["name"]: run["version"] for run in runs if run["name"] in chosen
        },
        **_choose_steps(selection, [run for run in runs if run["name"] in chosen]),
        Shell.OPTIONS: options,
        Shell.SETTINGS: _settings(asked, options),
        **_choose_parts(selection, [facts[name] for name in chosen] if facts else []),
    }


def choose_runs(asked: Iterable[str], runs: LiveRuns) -> list[str]:
    """Choose the readable ones of the runs that are asked for; where there is none, the newest."""
    readable = [run["name"] for run in runs if run["state"] != "unreadable"]
    return [name for name in asked if name in readable] or readable[:1]


def _choose_steps(selection: Selection, runs: LiveRuns) -> Stores:
    steps = [run["step"] for run in runs if run["step"] is not None]
    focus, range_ = selection.step, selection.range
    if steps:
        focus = None if focus is None else min(focus, max(steps))
        within = range_ is not None and range_[0] <= max(steps)
        range_ = (range_[0], min(range_[1], max(steps))) if range_ and within else None
    return {Shell.RANGE: range_ and list(range_), Shell.FOCUS: focus}


def _settings(asked: Mapping[str, Any], options: Mapping[str, str]) -> Stores:
    settings = {key: asked[key] for key in ("window", "threshold", "rule") if key in asked}
    flips = options.get("validation.flips")
    return {**settings, "options": {"validation.flips": flips}} if flips else settings


def _choose_parts(selection: Selection, facts: Sequence[Mapping[str, Any]]) -> Stores:
    def keep(values: Iterable[Any], is_there: Callable[[Any, Any], bool]) -> list[Any] | None:
        if not facts:  # it is not known what the runs have
            return None if values else []
        return [value for value in values if any(is_there(fact, value) for fact in facts)]

    return {
        Shell.CLASSES: keep(
            selection.classes, lambda fact, id_: any(id_ == known for known, _ in fact["classes"])
        ),
        Shell.IMAGES: keep(selection.images, lambda fact, id_: bool(id_ < fact["images"])),
        Shell.LAYERS: keep(selection.layers, lambda fact, name: name in fact["layers"]),
    }
