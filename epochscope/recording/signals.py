"""Turns SIGTERM into an exception while a `with` block records, so that the run ends as failed."""

import os
import signal
import threading
from types import FrameType


class Terminated(SystemExit):
    """The process was asked to end by a signal."""


class Termination:
    """The handler of SIGTERM; only where the program has none of its own."""

    def __init__(self) -> None:
        """Change nothing yet."""
        self._installed = False
        self._received = False

    def turn_into_exit(self) -> None:
        """Raise Terminated in the main thread when SIGTERM arrives."""
        if threading.current_thread() is not threading.main_thread():
            return
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, self._raise)
            self._installed = True

    def restore(self) -> None:
        """Put the default back; end by the signal, as would have happened without us."""
        if not self._installed:
            return
        self._installed = False
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if self._received:
            os.kill(os.getpid(), signal.SIGTERM)

    def _raise(self, number: int, frame: FrameType | None) -> None:
        self._received = True
        raise Terminated(128 + number)
