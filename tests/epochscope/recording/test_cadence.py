"""When steps are recorded and snapshots taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epochscope.recording.cadence import Cadence, SnapshotCadence


def recorded(cadence, steps, *, cost=0.0, step_seconds=1.0):
    """The steps that a training of `steps` records, each recording costing `cost` seconds."""
    found, spent, elapsed = [], 0.0, 0.0
    for step in range(1, steps + 1):
        due = cadence.is_due(step, spent, elapsed, cost)
        elapsed += step_seconds
        if due:
            spent += cost
            elapsed += cost
            cadence.recorded(step)
            found.append(step)
    return found, spent / elapsed


def test_every_nth_step_and_powers_of_two_up_to_128_are_recorded():
    found, _ = recorded(Cadence(every=100), 600)
    assert found == [1, 2, 4, 8, 16, 32, 64, 100, 128, 200, 300, 400, 500, 600]


@pytest.mark.parametrize("steps", [100, 777, 10_000])
def test_a_hundred_steps_are_recorded_where_the_budget_allows(steps):
    found, _ = recorded(Cadence(total_steps=steps), steps, cost=0.02)
    assert len(found) >= 100 or (steps == 100 and len(found) >= 95)


@pytest.mark.parametrize("cost", [0.5, 5.0, 50.0])
@pytest.mark.parametrize("total", [None, 20_000])
def test_the_budget_holds_over_a_long_training(cost, total):
    found, share = recorded(Cadence(total_steps=total), 20_000, cost=cost)
    assert share <= 0.05
    assert found[-1] > 15_000


def test_without_a_known_length_the_number_of_recorded_steps_grows_slowly():
    found, _ = recorded(Cadence(), 1_000_000)
    assert 500 < len(found) < 2_500


def test_a_validation_is_expected_as_far_on_as_the_last_two_were_apart():
    cadence = Cadence(every=10**9)
    for step in (130, 260, 390):
        cadence.validated(step)
    assert cadence.is_due(520, 0, 1, 0)
    assert not cadence.is_due(519, 0, 1, 0)


@given(
    every=st.none() | st.integers(1, 300),
    total=st.none() | st.integers(1, 5_000),
    gaps=st.lists(st.integers(1, 200), max_size=8),
    start=st.integers(0, 400),
)
def test_no_step_before_the_earliest_is_due(every, total, gaps, start):
    cadence, asked_always = (Cadence(every=every, total_steps=total) for _ in range(2))
    validations = {sum(gaps[: n + 1]) for n in range(len(gaps))}
    for step in range(start + 1, start + 600):
        due = asked_always.is_due(step, 0.0, 1.0, 0.0)
        assert (step >= cadence.earliest and cadence.is_due(step, 0.0, 1.0, 0.0)) == due
        for one in (cadence, asked_always):
            if due:
                one.recorded(step)
            if step in validations:
                one.validated(step)


@pytest.mark.parametrize(
    ("validations", "total"), [(range(0, 901, 10), 900), (range(0, 1001, 7), 1000)]
)
def test_ten_snapshots_from_the_first_to_the_last_validation(validations, total):
    cadence = SnapshotCadence(total_steps=total)
    taken = [step for step in validations if cadence.is_due(step) and not cadence.taken(step)]
    assert taken[0] == 0
    assert 9 <= len(taken) <= 10
    assert taken[-1] >= total * 8 / 9


def test_snapshots_every_n_steps_wait_for_the_next_validation():
    cadence = SnapshotCadence(every=100)
    taken = [step for step in range(0, 500, 30) if cadence.is_due(step) and not cadence.taken(step)]
    assert taken == [0, 120, 210, 300, 420]
