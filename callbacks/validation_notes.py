"""Says on the Validation page what is missing or damaged, and what is shown all the same."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from callbacks.validation_strips import LoadedStrips
from pages._parts import empty_state, trouble

CODE = "recorder.validate(loader)"
NAMED_FILES = 3


def describe_notes(loaded: LoadedStrips) -> list[Component]:
    """Name damaged files and runs without results; with no results at all, say what to record."""
    notes = [*describe_unreadable(loaded.unreadable), *_describe_damage(loaded)]
    if not any(run is not None for run in loaded.runs):
        if loaded.unreadable:
            return notes
        names = _list([summary.name for summary in loaded.summaries])
        text = f"{names} recorded no validation. Call recorder.validate(loader)."
        empty = empty_state("photo-check", "Nothing to show yet", text, CODE)
        return [*notes, html.Div(empty, className="card")]
    missing = [
        summary.name
        for run, summary in zip(loaded.runs, loaded.summaries, strict=True)
        if run is None
    ]
    if missing and not loaded.unreadable:
        what = "scores" if loaded.scale is not None else "predictions"
        text = f"{_list(missing)} recorded no {what} that could stand beside the other runs."
        notes.append(trouble("info", "Not every run is shown.", text))
    return notes


def describe_unreadable(sentences: Sequence[str]) -> list[Component]:
    """Show a strip for each sentence about something that cannot be read."""
    return [
        trouble("bad", "Some results cannot be read.", f"{sentence} Everything else is shown.")
        for sentence in dict.fromkeys(sentences)
    ]


def _describe_damage(loaded: LoadedStrips) -> list[Component]:
    notes: list[Component] = []
    for summary in loaded.summaries:
        files = [damage for damage in summary.damaged_files if "class_stat" in damage.path]
        if not files:
            continue
        named = [html.Div(html.Code(damage.path)) for damage in files[:NAMED_FILES]]
        more = len(files) - len(named)
        if more > 0:
            named.append(html.Div(f"and {more} more"))
        count = "1 file" if len(files) == 1 else f"{len(files)} files"
        title = f"{count} of {summary.name} cannot be read."
        notes.append(trouble("bad", title, [*named, html.Div("Everything else is shown.")]))
    return notes


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
