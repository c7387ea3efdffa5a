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
    OPTIONS = "page-options"
    LIVE = "live"
    CHOSEN_VERSIONS = "chosen-versions"
    SCHEME = "color-scheme"
    ERROR = "error-banner"


class Overview:
    """The overview page."""


class Validation:
    """The validation page."""


class FirstRun:
    """The page of an empty log folder."""
