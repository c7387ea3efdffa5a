"""Ids of the components that callbacks use, one class per page."""


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
    CHOSEN_VERSIONS = "chosen-versions"
    FACTS = "chosen-facts"
    SCHEME = "color-scheme"
    SCHEME_TOGGLE = "color-scheme-toggle"
    TICK = "live-tick"
    ERROR = "error-banner"
    NOTICE = "link-notice"
    FRAME = "frame"
    CHIPS = "run-chips"
    LIVE_TEXT = "live-text"
    NAV_FOOT = "nav-foot"
    TIMELINE = "timeline"
    TIMELINE_DATA = "timeline-data"
    TIMELINE_TEXT = "timeline-text"
    PAGE_TITLE = "page-title"

    @staticmethod
    def nav(path: str) -> dict[str, str]:
        """Name the link of the navigation that leads to a page."""
        return {"type": "nav", "path": path}


class Overview:
    """The overview page."""


class Validation:
    """The validation page."""


class FirstRun:
    """The page of an empty log folder."""
