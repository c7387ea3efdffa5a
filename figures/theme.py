"""Colours, type and Plotly templates: the token dict that figures share with assets/tokens.css."""

from typing import Any, Final, Literal

import plotly.graph_objects as go

Scheme = Literal["light", "dark"]

TOKENS: Final[dict[Scheme, dict[str, str]]] = {
    "light": {
        "bg": "#f7f8fa",
        "surface": "#ffffff",
        "sunken": "#f1f3f6",
        "line": "#e3e6eb",
        "line-strong": "#c9ced6",
        "text": "#171a1f",
        "muted": "#5a6473",
        "faint": "#7d8796",
        "accent": "#3355d8",
        "accent-soft": "#e9edfc",
        "run-1": "#3f82e6",
        "run-2": "#c27423",
        "run-3": "#0a6850",
        "run-4": "#85247a",
        "wrong": "#c8503c",
        "mid": "#f4efe4",
        "right": "#2b7a9b",
        "wrong-soft": "#d16c5b",
        "right-soft": "#4d8fab",
        "label-1": "#969614",
        "label-2": "#7c147c",
        "label-3": "#6262ca",
        "label-4": "#146248",
        "label-5": "#961414",
        "label-6": "#627c48",
        "paper-wrong": "#dd261c",
        "paper-half": "#ffffbf",
        "paper-above": "#d9ef8b",
        "paper-right": "#0e9247",
        "paper-mark": "#4682b4",
        "paper-set": "#3068a0",
        "neg": "#b9651a",
        "pos": "#3a78b8",
        "bad": "#c0362c",
        "warn": "#b7791f",
        "good": "#23845b",
        "bad-text": "#ab2b22",
        "warn-text": "#7c500c",
        "good-text": "#1a6b48",
        "focus": "#d6246e",
        "brush": "rgba(51, 85, 216, 0.1)",
        "brush-line": "rgba(51, 85, 216, 0.7)",
        "control": "#7f8996",
        "raised": "#ffffff",
        "on-accent": "#ffffff",
        "on-focus": "#ffffff",
        "chart-grid": "#eceff3",
    },
    "dark": {
        "bg": "#0e1116",
        "surface": "#151a21",
        "sunken": "#10141a",
        "line": "#252c36",
        "line-strong": "#3a4453",
        "text": "#e7eaef",
        "muted": "#93a0b1",
        "faint": "#7b8796",
        "accent": "#8ea6ff",
        "accent-soft": "#1d2747",
        "run-1": "#4481ec",
        "run-2": "#da924a",
        "run-3": "#98e6ca",
        "run-4": "#ecbeff",
        "wrong": "#e0705a",
        "mid": "#2c3038",
        "right": "#4aa8cc",
        "wrong-soft": "#c06251",
        "right-soft": "#4291b1",
        "label-1": "#ca9614",
        "label-2": "#feb0fe",
        "label-3": "#7ce4ca",
        "label-4": "#627c48",
        "label-5": "#cae462",
        "label-6": "#96b07c",
        "paper-wrong": "#dd261c",
        "paper-half": "#ffffbf",
        "paper-above": "#d9ef8b",
        "paper-right": "#0e9247",
        "paper-mark": "#4682b4",
        "paper-set": "#3879ba",
        "neg": "#e8a05a",
        "pos": "#6ea8e0",
        "bad": "#f0776b",
        "warn": "#e0b25a",
        "good": "#56c38f",
        "bad-text": "#f48378",
        "warn-text": "#e0b25a",
        "good-text": "#56c38f",
        "focus": "#ff5f9e",
        "brush": "rgba(142, 166, 255, 0.14)",
        "brush-line": "rgba(142, 166, 255, 0.7)",
        "control": "#6b7686",
        "raised": "#2a323d",
        "on-accent": "#0e1116",
        "on-focus": "#0e1116",
        "chart-grid": "#1f262f",
    },
}

SCHEMES: Final[tuple[Scheme, Scheme]] = ("light", "dark")
FONT: Final = "Inter, system-ui, sans-serif"
RUN_COUNT: Final = 4
# Gutters of a chart with numbers on its y axis, in pixels (design, section 7).
MARGIN: Final = {"l": 46, "r": 14, "t": 10, "b": 38}


def run_colors(scheme: Scheme) -> list[str]:
    """Return the colours of the chosen runs, in the order of the header."""
    return [TOKENS[scheme][f"run-{place}"] for place in range(1, RUN_COUNT + 1)]


def fade(color: str, opacity: float) -> str:
    """Return the hex code `color` as an rgba() value, opacity 0 to 1."""
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def build_template(scheme: Scheme) -> go.layout.Template:
    """Build the Plotly template of one colour scheme."""
    tokens = TOKENS[scheme]
    axis = _axis(tokens)
    return go.layout.Template(
        layout={
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": 11, "color": tokens["muted"]},
            "margin": MARGIN,
            "separators": ".,",
            "colorway": run_colors(scheme),
            "hovermode": "x",
            "dragmode": "select",
            "hoverlabel": {
                "bgcolor": tokens["text"],
                "bordercolor": "rgba(0,0,0,0)",
                "font": {"family": FONT, "size": 12, "color": tokens["surface"]},
                "namelength": -1,
            },
            "xaxis": {**axis, "showgrid": False},
            "yaxis": axis,
            "newselection": {"line": {"color": tokens["brush-line"], "width": 1.5}},
            "activeselection": {"fillcolor": tokens["accent"], "opacity": 0.1},
            "modebar": {"remove": ["all"]},
            "showlegend": False,
        }
    )


def _axis(tokens: dict[str, str]) -> dict[str, Any]:
    return {
        "gridcolor": tokens["chart-grid"],
        "gridwidth": 1,
        "zeroline": False,
        "showline": False,
        "ticks": "outside",
        "ticklen": 3,
        "tickcolor": tokens["line-strong"],
        "nticks": 6,
        "exponentformat": "e",
        "title": {"font": {"size": 11, "color": tokens["muted"]}},
    }


# By the names that a figure's layout.template is swapped between when the scheme changes.
TEMPLATES: Final[dict[str, go.layout.Template]] = {
    f"epoch_{scheme}": build_template(scheme) for scheme in SCHEMES
}
