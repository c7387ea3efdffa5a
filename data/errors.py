"""What a reader of recorded runs can do something about: one sentence each, shown word for word.

RunError
├── RunNotFoundError       no run has this name
├── NothingRecordedError   the run holds no such rows
└── UnreadableRunError     the files are there and cannot be read
"""


class RunError(Exception):
    """A recorded run cannot answer; the message says what, which, where and what to do."""


class RunNotFoundError(RunError):
    """No run of the log folder has this name."""


class NothingRecordedError(RunError):
    """The run holds no rows of what was asked for."""


class UnreadableRunError(RunError):
    """A run, a file of it, or the log folder itself cannot be read."""
