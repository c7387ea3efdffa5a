"""Epochscope's recorder and log format; importing this package loads no torch."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from epochscope.recorder import Recorder as Recorder

__all__ = ["Recorder"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # torch costs seconds and hundreds of megabytes that a reader of logs must not pay.
    if name == "Recorder":
        from epochscope.recorder import Recorder

        return Recorder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
