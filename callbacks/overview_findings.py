"""Lists what the scalars alone tell: losses that stop being finite, losses that leap."""

from collections.abc import Sequence
from dataclasses import dataclass

from callbacks.overview_load import ChosenRun, has_curve, load_spikes
from data.store import RunSummary
from figures.numbers import format_number

MOST_SPIKES = 5  # per run: the strongest
MOST_BAD = 20  # runs

NAMES = {"train/loss": "Loss", "validation/loss": "Validation loss"}


@dataclass(frozen=True)
class Finding:
    """Something that happened in a run, in one sentence."""

    run: str
    step: int
    text: str
    tone: str  # "bad" or "warn"


def list_findings(runs: Sequence[RunSummary], chosen: Sequence[ChosenRun]) -> list[Finding]:
    """List values that are not finite in any run, then spikes of the chosen runs."""
    names = [one.run.name for one in chosen]
    ordered = sorted(runs, key=lambda run: run.name not in names)
    bad = [finding for run in ordered for finding in _find_bad(run)]
    spikes = [finding for one in chosen for finding in _find_spikes(one)]
    return bad[:MOST_BAD] + spikes


def _find_bad(run: RunSummary) -> list[Finding]:
    if run.first_bad is None:
        return []
    name = NAMES.get(run.first_bad.name, run.first_bad.name)
    value = run.first_bad.value.replace("-", "−")
    return [
        Finding(
            run.name,
            run.first_bad.step,
            f"{name} is {value} from step {run.first_bad.step:,}.",
            "bad",
        )
    ]


def _find_spikes(chosen: ChosenRun) -> list[Finding]:
    if not has_curve(chosen.run, "train/loss"):
        return []
    spikes = load_spikes(chosen.run, "train/loss").strongest(MOST_SPIKES)
    rows = zip(
        spikes.steps.tolist(), spikes.values.tolist(), spikes.baselines.tolist(), strict=True
    )
    return [
        Finding(
            chosen.run.name,
            step,
            f"Loss leaps to {format_number(value)} at step {step:,}, from {format_number(base)}.",
            "warn",
        )
        for step, value, base in rows
    ]
