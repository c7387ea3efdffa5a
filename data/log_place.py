"""Looks at the log folder itself: is it there, may it be listed, what lies in it."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LogPlace:
    """What a server can see of its log folder."""

    path: Path  # absolute
    exists: bool
    trouble: str  # one sentence when the folder can never be served, else empty
    entries: tuple[str, ...]  # names in the folder, hidden ones left out, sorted


def inspect_log_place(path: Path) -> LogPlace:
    """Look at a log folder; a missing one is no trouble, the recorder makes it."""
    whole = Path(os.path.normpath(path.expanduser().absolute()))
    try:
        with os.scandir(whole) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    except FileNotFoundError:
        return LogPlace(whole, exists=False, trouble="", entries=())
    except OSError as error:
        return LogPlace(whole, exists=True, trouble=_name_trouble(whole, error), entries=())
    if not os.access(whole, os.R_OK | os.X_OK):
        trouble = _name_trouble(whole, PermissionError())
        return LogPlace(whole, exists=True, trouble=trouble, entries=())
    return LogPlace(whole, exists=True, trouble="", entries=tuple(names))


def _name_trouble(path: Path, error: OSError) -> str:
    where = f"The log folder {str(path)!r}"
    if isinstance(error, NotADirectoryError):
        return f"{where} is a file or lies below one; name the folder that holds the runs."
    if isinstance(error, PermissionError):
        return f"{where} may not be listed by the user {user_name()!r}; let this user read it, or name another folder."
    return f"{where} cannot be opened ({error.strerror}); name another folder."


def user_name() -> str:
    """Name the user this process runs as."""
    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
