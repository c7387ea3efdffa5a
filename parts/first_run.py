"""The parts of the first-run page that change while it watches the log folder."""

from urllib.parse import quote

from dash import dcc, html
from dash.development.base_component import Component

from data.log_place import LogPlace
from ids import FirstRun
from parts.blocks import attributes, icon, trouble


def draw_watch(place: LogPlace) -> Component:
    """Draw the strip that waits for the first run of the folder."""
    if place.trouble:
        return trouble("bad", "The log folder cannot be watched", place.trouble)
    text = (
        "Nothing there yet, looked at every 2 s. "
        if place.exists
        else "It does not exist yet; the recorder makes it. "
    )
    return html.Div(
        [
            html.Span(className="pulse"),
            html.Div(
                [
                    html.B(["Watching ", html.Span(str(place.path), className="path")]),
                    html.Div([text, "The first run opens here by itself."], className="sub"),
                ]
            ),
        ],
        className="watch",
    )


def draw_begun(name: str, step: int | None, age_seconds: float | None) -> html.Div:
    """Draw the strip of a run that has begun: with its step, or still waiting for the first."""
    if step is None:
        waited = "" if age_seconds is None else f", {age_seconds:,.0f} s"
        text = f"waiting for its first step{waited}"
        return html.Div(
            [
                html.Span(className="pulse"),
                html.Div(
                    [html.B(f"{name} has started"), html.Div(text, className="sub")],
                ),
            ],
            className="watch",
        )
    link = dcc.Link(
        "Open it",
        href=f"/?runs={quote(name, safe='')}",
        id=FirstRun.OPEN,
        className="btn small primary",
    )
    return html.Div(
        [
            html.Span(icon("circle-check"), className="sign"),
            html.Div(
                [
                    html.B(f"{name} has begun, step {step:,}"),
                    html.Div("The Overview opens with it.", className="sub"),
                ]
            ),
            link,
        ],
        className="watch begun",
        **attributes(data_run=name),
    )


def draw_folder(place: LogPlace, runs: int) -> list[Component]:
    """Draw what the server sees of its log folder."""
    readable = "no" if place.trouble else "yes" if place.exists else "not yet"
    others = len(place.entries)
    facts = draw_facts(
        (
            ("exists, readable", readable),
            ("runs found", f"{runs:,}"),
            ("other files", f"{others:,}, ignored" if others else "0"),
        )
    )
    path = html.Div(html.Code(str(place.path), title=str(place.path)), className="code")
    return [path, facts, *_others(place.entries)]


def _others(names: tuple[str, ...]) -> list[Component]:
    if not names:
        return []
    shown = names[:20]
    rest = [html.Li(f"and {len(names) - 20:,} more")] if len(names) > 20 else []
    items = html.Ul([*(html.Li(name) for name in shown), *rest])
    return [html.Details([html.Summary("Show the other files"), items])]


def draw_facts(pairs: tuple[tuple[str, str], ...]) -> html.Dl:
    """Draw a list of names and values."""
    rows: list[Component] = []
    for name, value in pairs:
        tone = {"yes": "good", "no": "bad"}.get(value)
        rows += [html.Dt(name), html.Dd(value, className=tone)]
    return html.Dl(rows, className="facts")
