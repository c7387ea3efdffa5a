"""What may differ between machines, read once from the environment."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """The settings of one server process."""

    logdir: Path


@cache
def settings() -> Settings:
    """Read the settings from the environment."""
    return Settings(logdir=Path(os.environ.get("EPOCHSCOPE_LOGDIR", "runs")))
