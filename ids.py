"""Ids of the components that callbacks use, one class per page."""

from typing import Any


class Shell:
    """The frame around every page: header, navigation, timeline, stores of the selection."""

    URL = "url"
    SELECTION = "selection"
    CHOSEN = "chosen-runs"
    RANGE = "step-range"
    FOCUS = "focus-step"
    CLASSES = "chosen-classes"
    IMAGES = "chosen-images"
    LAYERS = "chosen-layers"
    OPTIONS = "page-options"
    LIVE = "live"
    LIVE_VERSION = "live-version"
    CHOSEN_VERSIONS = "chosen-versions"
    FACTS = "chosen-facts"
    SCHEME = "color-scheme"
    SCHEME_TOGGLE = "color-scheme-toggle"
    TICK = "live-tick"
    ERROR = "error-banner"
    NOTICE = "link-notice"
    CHIPS = "run-chips"
    LIVE_TEXT = "live-text"
    NAV_FOOT = "nav-foot"
    TIMELINE = "timeline"
    TIMELINE_DATA = "timeline-data"
    TIMELINE_TEXT = "timeline-text"

    @staticmethod
    def nav(path: Any) -> dict[str, Any]:
        """Name the link of the navigation that leads to a page."""
        return {"type": "nav", "path": path}


class Overview:
    """The overview page."""

    VIEW = "overview-view"
    WIDTH = "overview-width"
    TEMPLATES = "overview-templates"
    PAINTED = "overview-painted"
    LOSS = "overview-loss"
    LOSS_FIGURE = "overview-loss-figure"
    LOSS_NOTE = "overview-loss-note"
    LOSS_TEXT = "overview-loss-text"
    ERROR = "overview-error"
    ERROR_FIGURE = "overview-error-figure"
    ERROR_NOTE = "overview-error-note"
    ERROR_TEXT = "overview-error-text"
    SMOOTHING = "overview-smoothing"
    SMOOTHING_TEXT = "overview-smoothing-text"
    AXIS = "overview-axis"
    LOSS_AXIS = "overview-loss-axis"
    MARKS = "overview-marks"
    FROM = "overview-from"
    TO = "overview-to"
    ALL_STEPS = "overview-all-steps"
    AT_TITLE = "overview-at-title"
    AT = "overview-at"
    RUNS = "overview-runs"
    RUNS_COUNT = "overview-runs-count"
    FILTER = "overview-filter"
    FILTER_PROBLEM = "overview-filter-problem"
    FINDINGS = "overview-findings"


class Validation:
    """The validation page."""

    STRIPS = "validation-strips"
    OPEN = "validation-open"
    CHARTS = "validation-charts"
    ANSWERS = "validation-answers"
    NOTES = "validation-notes"
    CARD = "validation-card"
    HEAD = "validation-head"
    ROWS = "validation-rows"
    TEXT = "validation-text"
    CRUMB = "validation-crumb"
    LEGEND = "validation-legend"
    SEARCH = "validation-search"
    SORT = "validation-sort"
    COLOR = "validation-color"
    ORDER = "validation-order"
    HEIGHT = "validation-height"
    HEIGHT_TEXT = "validation-height-text"


class Layers:
    """The layers page."""

    STRUCTURE = "layers-structure"
    SHOWN = "layers-shown"
    ROWS_DATA = "layers-rows-data"
    NOTES = "layers-notes"
    CARD = "layers-card"
    HEAD = "layers-head"
    ROWS = "layers-rows"
    GRAPH = "layers-graph"
    TEXT = "layers-text"
    CRUMB = "layers-crumb"
    LEGEND = "layers-legend"
    TOP = "layers-top"
    FILTER_DRAWER = "layers-filter-drawer"
    FILTER_CONTROLS = "layers-filter-controls"
    TOP_CONTROLS = "layers-top-controls"
    VALUES = "layers-values"
    STATISTIC = "layers-statistic"
    TYPE = "layers-type"
    BANDS = "layers-bands"
    BANDS_TEXT = "layers-bands-text"
    SCALE = "layers-scale"
    RATIO = "layers-ratio"
    SEARCH = "layers-search"
    SORT = "layers-sort"
    ONLY = "layers-only"


class FirstRun:
    """The page of an empty log folder."""

    WATCH = "first-run-watch"
    FOLDER = "first-run-folder"
    OPEN = "first-run-open"
    SAMPLES = "first-run-samples"
