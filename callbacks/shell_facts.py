"""What the chosen runs are made of: their classes and layers, for search and for checking links."""

from typing import Any

from dash import Dash, Input, Output, no_update

from data.store import Run, open_run
from ids import Shell


def register(app: Dash) -> None:
    """Wire the chosen runs to their facts."""
    app.callback(
        Output(Shell.FACTS, "data"),
        Input(Shell.CHOSEN, "data"),
        Input(Shell.CHOSEN_VERSIONS, "data"),
        prevent_initial_call=True,  # the frame comes with the facts of the runs it opens with
    )(show_facts)


def show_facts(chosen: list[str] | None, _versions: dict[str, str] | None) -> Any:
    """Name classes and layers of each chosen run; nothing is sent before runs are chosen."""
    if not chosen:
        return no_update
    return {name: describe_parts(open_run(name)) for name in chosen}


def describe_parts(run: Run) -> dict[str, Any]:
    """List [id, name] of the classes, the number of images and the names of the layers."""
    return {
        "name": run.name,
        "classes": [[class_, name] for class_, name in enumerate(run.class_names)],
        "images": run.summary().image_count,
        "layers": [layer.name for layer in run.layers],
    }
