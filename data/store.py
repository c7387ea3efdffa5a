"""Opens and lists the runs of the log folder."""

import time
from datetime import UTC, datetime

from data.damage import Damage
from data.digests import gather_digests
from data.errors import RunNotFoundError, UnreadableRunError
from data.following import FollowedRun
from data.log_folder import watch_log_folder
from data.run_files import LayerRow, RunFiles
from data.summaries import FirstBad, RunSummary, is_summarised, summarise
from settings import settings

__all__ = ["Damage", "FirstBad", "LayerRow", "Run", "RunSummary", "list_runs", "open_run"]


class Run(RunFiles):
    """One run as of the moment it was opened; data/*.py read it."""

    def summary(self) -> RunSummary:
        """Return how the run is and how far it came."""
        return summarise(self)


def list_runs() -> list[RunSummary]:
    """Return a summary of each run of the log folder, newest first."""
    runs = watch_log_folder(settings().logdir).find_runs()
    opened = [_look(name, followed) for name, followed in runs.items()]
    changed = [run for run in opened if isinstance(run, Run) and not is_summarised(run)]
    if len(changed) > 1:
        gather_digests(changed)
    found = [run.summary() if isinstance(run, Run) else run for run in opened]
    return sorted(found, key=lambda summary: (summary.created, summary.name), reverse=True)


def open_run(name: str) -> Run:
    """Open a run by its name; it may come from a URL, so it is looked up, never joined."""
    logdir = settings().logdir
    followed = watch_log_folder(logdir).find_run(name)
    if followed is None:
        raise RunNotFoundError(f"No run in the log folder {str(logdir)!r} is named {name!r}.")
    return Run(name, followed, followed.look())


def _look(name: str, followed: FollowedRun) -> Run | RunSummary:
    try:
        return Run(name, followed, followed.look())
    except UnreadableRunError as error:
        return RunSummary(name, "unreadable", str(error), _read_time(followed))


def _read_time(followed: FollowedRun) -> datetime:
    try:
        seconds = followed.folder.stat().st_mtime
    except OSError:
        seconds = time.time()
    return datetime.fromtimestamp(seconds, UTC)
