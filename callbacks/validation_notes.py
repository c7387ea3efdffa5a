"""Says on the Validation page what is missing, and what is shown all the same."""

from collections.abc import Sequence

from callbacks.validation_strips import LoadedStrips

Note = dict[str, str]  # "kind": "bad" or "info", "title", "text"


def describe_notes(loaded: LoadedStrips) -> list[Note]:
    """Name the runs without results that could stand beside those of the others."""
    notes = describe_unreadable(loaded.unreadable)
    missing = [
        summary.name
        for run, summary in zip(loaded.runs, loaded.summaries, strict=True)
        if run is None
    ]
    if not missing or len(missing) == len(loaded.runs) or loaded.unreadable:
        return notes
    what = "scores" if loaded.scale is not None else "predictions"
    text = f"{_list(missing)} recorded no {what} that could stand beside the other runs."
    return [*notes, {"kind": "info", "title": "Not every run is shown.", "text": text}]


def describe_unreadable(sentences: Sequence[str]) -> list[Note]:
    """Repeat each sentence about something that cannot be read, once."""
    return [
        {
            "kind": "bad",
            "title": "Some results cannot be read.",
            "text": f"{sentence} Everything else is shown.",
        }
        for sentence in dict.fromkeys(sentences)
    ]


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
