"""The table of runs of the overview: its columns and how each is written."""

from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import html

from ids import Overview
from parts.blocks import attributes


def build_runs_card() -> html.Div:
    """Build the card with the table of all runs and the field that filters it."""
    field = dmc.TextInput(
        id=Overview.FILTER,
        placeholder="Filter: cnn lr>=0.1",
        size="xs",
        className="runs-filter",
        **attributes(aria_label="Filter runs by words and comparisons"),
    )
    head = html.Div(
        [
            html.B("Runs"),
            html.Span(id=Overview.RUNS_COUNT, className="sub"),
            html.Span(
                [html.Span(id=Overview.FILTER_PROBLEM, className="filter-problem"), field],
                className="right",
            ),
        ],
        className="head",
    )
    return html.Div(html.Div([head, _build_grid()], className="card"), className="runs-card")


def _build_grid() -> dag.AgGrid:
    options: dict[str, Any] = {
        "theme": {"function": "themeQuartz"},
        "rowHeight": 34,
        "headerHeight": 32,
        "suppressCellFocus": False,
        "suppressMovableColumns": False,
        "animateRows": False,
        "suppressNoRowsOverlay": True,
        "isExternalFilterPresent": {"function": "overviewIsFiltered()"},
        "doesExternalFilterPass": {"function": "overviewPasses(params)"},
        "tooltipShowDelay": 300,
    }
    return dag.AgGrid(
        id=Overview.RUNS,
        className="runs-grid",
        columnDefs=[],
        rowData=[],
        getRowId="params.data.name",
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "filter": False,
            "suppressHeaderMenuButton": True,
        },
        rowClassRules={"chosen": "overviewChosen(params)"},
        dashGridOptions=options,
        style={"height": None, "width": "100%"},
    )
