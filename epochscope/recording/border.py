"""The border to training: what goes wrong in recording stops here, is told once, and counted."""

import os
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakSet

Result = TypeVar("Result")


class RecordingWarning(RuntimeWarning):
    """Something could not be recorded; training goes on."""


class Border:
    """Runs the recorder's code; nothing of it once shut, as it is in a forked child."""

    def __init__(self, strict: bool, report: Callable[[str, str], None]) -> None:
        """Report a failure as report(message, traceback); raise it in training when strict."""
        self._strict = strict
        self._report = report
        self.shut = False
        self._warned = False
        self.waiting: Exception | None = None  # met by the writer thread, told by the next call
        self._where = ""
        self.failures = 0
        _BORDERS.add(self)

    def call(self, where: str, function: Callable[..., Result], *args: object) -> Result | None:
        """Call function in the training thread; None where it failed and is not strict, or is shut."""
        if self.shut:
            return None
        try:
            if self.waiting is not None:
                self.surface()
            return function(*args)
        except Exception as error:  # noqa: BLE001  the recorder's border to training
            self.meet(where, error)
            return None

    def call_later(self, where: str, function: Callable[[], None]) -> bool:
        """Call function in the writer thread; a failure is told by the next call of training."""
        try:
            function()
        except Exception as error:  # noqa: BLE001  the recorder's border to training
            self._count(where, error)
            self.waiting, self._where = error, where
            return False
        return True

    def surface(self) -> None:
        """Tell what the writer thread met."""
        error, self.waiting = self.waiting, None
        if error is not None:
            self._tell(self._where, error)

    def meet(self, where: str, error: Exception) -> None:
        """Count and tell what a call of training met; raise it when strict."""
        if isinstance(error, StrictError):
            raise error
        self._count(where, error)
        self._tell(where, error)

    def _count(self, where: str, error: Exception) -> None:
        self.failures += 1
        self._report(_sentence(where, error), "".join(traceback.format_exception(error)))

    def _tell(self, where: str, error: Exception) -> None:
        if self._strict:
            raise StrictError(_sentence(where, error)) from error
        self.warn(f"{_sentence(where, error)} Training goes on; later failures are events only.")

    def warn(self, message: str) -> None:
        """Warn, once in the life of the recorder."""
        if self._warned:
            return
        self._warned = True
        try:
            warnings.warn(message, RecordingWarning, stacklevel=5)
        except RecordingWarning:  # warnings are errors here: still nothing reaches training
            sys.stderr.write(f"{message}\n")


_BORDERS: WeakSet[Border] = WeakSet()


def _shut_all() -> None:
    for border in _BORDERS:
        border.shut = True


# Told by the fork itself, so that no call of training need ask the system which process it is in.
os.register_at_fork(after_in_child=_shut_all)


class StrictError(RuntimeError):
    """A failure of the recorder under strict=True."""


def _sentence(where: str, error: Exception) -> str:
    return f"Epochscope's {where} met {type(error).__name__}: {error}."
