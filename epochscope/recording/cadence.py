"""Decides, before its forward pass, whether a step is recorded."""

from dataclasses import dataclass, field

ALWAYS_UP_TO = 128  # powers of two up to here are always recorded
PROMISED = 100  # recorded steps, where total_steps is known and the budget allows
GROWTH = 128  # without total_steps: at most about 128 recorded steps per doubling of the run


@dataclass
class Cadence:
    """When statistics are due: `every` n steps, or as a budget of training time allows."""

    every: int | None = None
    budget: float = 0.05  # share of training time
    total_steps: int | None = None
    last: int = 0  # the last recorded step
    earliest: int = 0  # no step before this one is due: training asks at every step
    _validations: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse what cannot be a cadence."""
        if self.every is not None and self.every < 1:
            raise ValueError(f"every is {self.every!r}; it counts steps, so give 1 or more.")
        if not 0 < self.budget <= 1:
            raise ValueError(f"budget is {self.budget!r}; give a share of time between 0 and 1.")

    def is_due(self, step: int, spent: float, trained: float, price: float) -> bool:
        """Tell whether `step` is recorded, given seconds spent, trained, and of one recording."""
        if step <= ALWAYS_UP_TO and step & (step - 1) == 0:
            return True
        if step == self.expected_validation():
            return True
        if self.every is not None:
            due = step % self.every == 0
        elif spent + price > self.budget * trained:
            return False
        else:
            due = step - self.last >= self._interval(step)
        if not due:
            self.earliest = self._next_candidate(step)
        return due

    def _next_candidate(self, step: int) -> int:
        """Return a step after `step` before which none is due, whatever was spent."""
        if self.every is not None:
            regular = (step // self.every + 1) * self.every
        else:  # the interval never shrinks
            regular = max(step + 1, self.last + self._interval(step))
        doubled = 1 << step.bit_length()
        expected = self.expected_validation()
        candidates = [regular]
        if doubled <= ALWAYS_UP_TO:
            candidates.append(doubled)
        if expected is not None and expected > step:
            candidates.append(expected)
        return min(candidates)

    def _interval(self, step: int) -> int:
        if self.total_steps:
            return max(1, self.total_steps // PROMISED)
        return max(1, step // GROWTH)

    def recorded(self, step: int) -> None:
        """Remember that `step` was recorded."""
        self.last = step
        self.earliest = 0

    def validated(self, step: int) -> None:
        """Remember the step of a validation, to expect the next one as far on."""
        if not self._validations or self._validations[-1] != step:
            self._validations = [*self._validations[-1:], step]
            self.earliest = 0

    def last_validation(self) -> int | None:
        """Return the step of the last validation, if there was any."""
        return self._validations[-1] if self._validations else None

    def expected_validation(self) -> int | None:
        """Return the step at which the next validation would fit the last two, if any."""
        if not self._validations:
            return None
        earlier = self._validations[0] if len(self._validations) == 2 else 0
        return 2 * self._validations[-1] - earlier


@dataclass
class SnapshotCadence:
    """When a snapshot is due: at the first validation, the last, and eight in between."""

    every: int | None = None
    total_steps: int | None = None
    last: int | None = None  # step of the last snapshot
    _next: int = 0

    def is_due(self, step: int) -> bool:
        """Tell whether a snapshot waits for a validation at `step`."""
        return step >= self._next

    def is_missing_at_end(self, step: int, validated: int | None) -> bool:
        """Tell whether the end of the run still lacks the snapshot of its last validation."""
        return self.last != step and validated in (None, step)

    def taken(self, step: int) -> None:
        """Remember a snapshot at `step`."""
        self.last = step
        if self.every is not None:
            self._next = (step // self.every + 1) * self.every
        elif self.total_steps:
            # Ten due points from 0 to total_steps, both included.
            part = step * 9 // self.total_steps + 1
            self._next = -(-part * self.total_steps // 9)
        else:
            self._next = max(1, 2 * step)  # the length is unknown: doubling keeps them few
