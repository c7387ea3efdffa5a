"""The page of an empty or missing log folder: how to record a run, or look at the demo."""

import shlex
from pathlib import Path
from typing import Final

from dash import dcc, html
from dash.development.base_component import Component

from data.log_place import LogPlace, inspect_log_place
from ids import FirstRun
from pages._first_run_code import added_lines, draw_block, write_block
from parts.blocks import attributes, code_line, icon, page_frame
from parts.controls import panel_section
from parts.first_run import draw_facts, draw_folder, draw_watch
from settings import settings

CHECKOUT: Final = Path(__file__).parent.parent
DEMO: Final = (
    ("base_cnn", "learns", ""),
    ("narrow_cnn", "a quarter as wide", ""),
    ("hinge_stuck", "stuck at 2.0", "warn"),
    ("vae_healthy", "learns", ""),
    ("vae_failing", "becomes NaN", "bad"),
    ("vae_repaired", "learns again", ""),
)
SAMPLES: Final = (
    ("loss", "Overview", "loss over steps", "A spike, and the first value that is not finite."),
    (
        "classes",
        "Validation",
        "one stripe per class",
        "Classes learned, forgotten, never learned.",
    ),
    (
        "layers",
        "Layers",
        "gradient, per layer",
        "Where the trouble began, one row per layer.",
    ),
)
RECORDED: Final = (
    ("each step", "loss, learning rate"),
    ("when due", "layers, filters"),
    ("when you validate", "predictions"),
    ("up to ten times", "snapshots"),
)
HOW: Final = (
    "Record one in three steps, or look at the demo. "
    "Pages open as soon as a run has its first step."
)


def build_first_run() -> html.Div:
    """Build the page from what the log folder looks like now."""
    place = inspect_log_place(settings().logdir)
    top = html.Div([_steps_card(place), _demo_card()], className="first-run")
    body = [top, *_samples(), dcc.Store(id=FirstRun.SAMPLES, data=[name for name, *_ in SAMPLES])]
    panel = [
        panel_section(
            "Log folder",
            html.Div(draw_folder(place, 0), id=FirstRun.FOLDER, className="folder-facts"),
        ),
        panel_section("What gets recorded", draw_facts(RECORDED)),
    ]
    return page_frame("first_run", "No runs yet", HOW, body, panel)


def _steps_card(place: LogPlace) -> html.Div:
    block = write_block(_run_folder(place))
    parts = [
        _step(1, "Install the recorder", "beside PyTorch: numpy, pyarrow and safetensors"),
        _command(f"pip install {shlex.quote(f'{CHECKOUT}[torch]')}"),
        _step(2, "Add five lines to your training loop", "your own lines are grey"),
        html.Div(
            [
                html.Div(
                    [html.Span("PyTorch", className="language"), _copy_button(added_lines(block))]
                ),
                draw_block(block),
            ],
            className="listing",
        ),
        html.P(
            [
                "Losses stay equal to the last bit, and it takes ",
                html.B("at most 5\N{NO-BREAK SPACE}% of the time"),
                ".",
            ],
            className="note",
        ),
        _step(3, "Start the training", ""),
        html.Div(draw_watch(place), id=FirstRun.WATCH, role="status"),
    ]
    return html.Div(parts, className="card steps")


def _run_folder(place: LogPlace) -> str:
    # Relative only where the reader named the folder so: then the training starts beside it.
    given = settings().logdir
    return (place.path / "first" if given.is_absolute() else given / "first").as_posix()


def _step(number: int, title: str, note: str) -> html.Div:
    return html.Div(
        [
            html.Span(str(number), className="number"),
            html.H2(title),
            html.Span(note, className="sub"),
        ],
        className="step",
    )


def _command(command: str, key: str | None = None) -> html.Div:
    line = [html.Span("$", className="prompt"), code_line(command)]
    return html.Div(line, className="command", **(attributes(data_key=key) if key else {}))


def _copy_button(lines: str) -> html.Div:
    count = len(lines.splitlines())
    button = html.Button(
        [icon("copy"), html.Span("Copy")],
        type="button",
        className="btn small",
        title=f"Copy the {count} lines to add (C)",
        **attributes(
            data_do="copy",
            data_copy=lines,
            data_said=f"{count} lines are in your clipboard",
        ),
    )
    return html.Div(
        [button, html.Span(className="said", role="status")],
        className="copy",
        **attributes(data_key="c"),
    )


def _demo_card() -> html.Div:
    rows = [
        html.Li(
            [
                html.Span(className=f"dot {kind or 'none'}"),
                html.B(name),
                html.Span(what, className="sub"),
            ]
        )
        for name, what, kind in DEMO
    ]
    parts = [
        html.H2("Or look at the demo first"),
        html.P("Six small trainings on 5,000 digits, no download, ready in 90 s."),
        _command("make demo", key="d"),
        html.Ul(rows),
        html.P("Then ask: which layer made the loss NaN, and which image?"),
    ]
    return html.Div(parts, className="card demo")


def _samples() -> list[Component]:
    cards = [
        html.Div(
            [
                html.Div([html.B(title), html.Span(what, className="sub")], className="head"),
                html.Canvas(
                    role="img",
                    **attributes(data_sample=name, aria_label=f"Sample chart: {what}. {text}"),
                ),
                html.P(text),
            ],
            className="card",
        )
        for name, title, what, text in SAMPLES
    ]
    head = html.Div(
        [html.H2("What you will see"), html.Span("sample data", className="sub")],
        className="samples-head",
    )
    return [head, html.Div(cards, className="samples")]
