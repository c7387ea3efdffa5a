"""Lift compares with steps drawn from the same stages, and outlines nothing where there is only chance."""

from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import lift as module
from analytics.lift import measure_lift

cases = st.integers(1, 7).flatmap(
    lambda steps: st.tuples(
        st.lists(st.integers(0, 3), min_size=steps, max_size=steps),
        st.lists(st.booleans(), min_size=steps, max_size=steps),
        st.lists(st.integers(0, 2), min_size=steps, max_size=steps),
    )
)


def literal_chances(counts, anomalous, stages):
    """All ways to draw as many steps of each stage as the class has anomalies there: their sums."""
    choices = []
    for stage in sorted(set(stages)):
        steps = [t for t in range(len(stages)) if stages[t] == stage]
        number = sum(anomalous[t] for t in steps)
        choices.append([sum(counts[t] for t in drawn) for drawn in combinations(steps, number)])
    return [sum(one) for one in product(*choices)]


@given(cases)
def test_expectation_and_chance_are_those_of_all_draws(case):
    counts, anomalous, stages = case
    lift = measure_lift(np.array([counts]), np.array([anomalous]), np.array(stages))
    sums = literal_chances(counts, anomalous, stages)
    observed = sum(c for c, a in zip(counts, anomalous, strict=True) if a)
    expected = sum(sums) / len(sums)
    assert lift.observed[0, 0] == observed
    assert lift.expected[0, 0] == pytest.approx(expected)
    assert lift.lift[0, 0] == pytest.approx((observed + 1) / (expected + 1))
    assert lift.p[0, 0] == pytest.approx(sum(s >= observed for s in sums) / len(sums))


@given(st.integers(0, 2**32 - 1))
def test_a_row_has_the_same_chances_beside_rows_like_it(seed):
    rng = np.random.default_rng(seed)
    stages = rng.integers(-1, 2, 12)
    row = rng.integers(0, 3, 12)
    # The same counts in each stage, in another order; and rows unlike it.
    alike = row.copy()
    for stage in (0, 1):
        alike[stages == stage] = rng.permutation(row[stages == stage])
    rows = np.stack([row, alike, rng.integers(0, 3, 12), row[::-1]])
    anomalies = (rng.random((5, 12)) < 0.4) & (stages >= 0)
    together = measure_lift(rows, anomalies, stages)
    for place, counts in enumerate(rows):
        alone = measure_lift(counts[None], anomalies, stages)
        for name in ("observed", "expected", "lift", "p"):
            np.testing.assert_allclose(getattr(together, name)[place], getattr(alone, name)[0])


def test_thousands_of_sets_take_no_longer_than_their_kinds(monkeypatch):
    """Of mini-sets most appear at one or two steps: each kind's chances are worked out once."""
    worked_out = []
    distribute = module._distribute

    def note(counts, *given):
        worked_out.append(counts)
        return distribute(counts, *given)

    monkeypatch.setattr(module, "_distribute", note)
    rng = np.random.default_rng(3)
    appearances = np.zeros((2_000, 60), int)
    for row in appearances:
        row[rng.choice(60, rng.integers(1, 3), replace=False)] = 1
    measure_lift(appearances, rng.random((8, 60)) < 0.1, np.repeat([0, 1], 30))
    kinds = {(int(row[:30].sum()), int(row[30:].sum())) for row in appearances}
    assert len(worked_out) == 2 * len(kinds) == 2 * 5


def test_draws_come_near_the_exact_distribution(monkeypatch):
    rng = np.random.default_rng(0)
    counts, stages = rng.integers(0, 5, (3, 60)), np.repeat([0, 1, 2], 20)
    anomalies = rng.random((4, 60)) < 0.2
    exact = measure_lift(counts, anomalies, stages)
    monkeypatch.setattr(module, "_EXACT_AT_MOST", 0)
    drawn = measure_lift(counts, anomalies, stages)
    np.testing.assert_allclose(drawn.expected, exact.expected, rtol=0.05)
    np.testing.assert_allclose(drawn.p, exact.p, atol=0.06)


def test_what_no_draw_reaches_is_not_called_impossible(monkeypatch):
    monkeypatch.setattr(module, "_EXACT_AT_MOST", 0)
    appearances = np.zeros((1, 400), int)
    appearances[0, :5] = 9
    lift = measure_lift(appearances, appearances > 0, np.zeros(400, int))
    assert lift.p[0, 0] == 1 / 2_001


@pytest.mark.parametrize("at_once", [1, 7, 10**6])
def test_a_draw_of_all_holds_all_and_one_of_none_nothing(monkeypatch, at_once):
    monkeypatch.setattr(module, "_DRAWN_AT_ONCE", at_once)
    counts = np.array([0, 1, 0, 5])
    drawn = module._draw(counts, [4, 0, 1, 3, 1], np.random.default_rng(4))
    assert sorted(drawn) == [0, 1, 3, 4]
    assert (drawn[0] == 0).all()
    assert (drawn[4] == 6).all()
    assert set(drawn[1]) == {0, 1, 5}
    assert set(drawn[3]) == {1, 5, 6}
    assert (drawn[1] == 5).mean() == pytest.approx(0.25, abs=0.04)
    assert (drawn[3] == 6).mean() == pytest.approx(0.5, abs=0.05)


def test_classes_that_differ_all_take_no_longer_than_the_draws(monkeypatch):
    """Hundreds of classes with numbers of their own, of counts whose sums are long."""
    rng = np.random.default_rng(5)
    appearances = rng.integers(0, 100, (2, 300))
    anomalies = rng.random((400, 300)) < rng.random((400, 1)) * 0.9
    monkeypatch.setattr(module, "_distribute", None)  # is not asked
    lift = measure_lift(appearances, anomalies, np.repeat([0, 1, 2], 100))
    means = appearances.reshape(2, 3, 100).mean(2) @ anomalies.reshape(400, 3, 100).sum(2).T
    np.testing.assert_allclose(lift.expected, means, rtol=0.02)
    assert 0.03 < (lift.p < 0.05).mean() < 0.07  # as chance has it
    assert not lift.beyond_chance.any()


def test_a_disturbance_of_the_whole_network_explains_itself():
    """Every class and layer moves in the early stage: within it, no step stands out."""
    rng = np.random.default_rng(1)
    stages = np.repeat([0, 1], [40, 160])
    appearances = np.where(stages == 0, rng.integers(5, 9, (6, 200)), 0)
    anomalies = (rng.random((10, 200)) < 0.3) & (stages == 0)
    lift = measure_lift(appearances, anomalies, stages)
    assert not lift.beyond_chance.any()
    assert (lift.lift < 1.5).all()
    blind = measure_lift(appearances, anomalies, np.zeros(200, int))
    assert blind.beyond_chance.mean() > 0.9


def test_a_planted_tie_is_outlined_alone():
    rng = np.random.default_rng(2)
    stages = np.repeat([0, 1], 100)
    appearances = (rng.random((30, 200)) < 0.03).astype(int)
    anomalies = np.zeros((12, 200), bool)
    for class_ in range(12):
        anomalies[class_, rng.choice(200, 5, replace=False)] = True
    appearances[7] = 0
    appearances[7, anomalies[4]] = 1
    outlined = np.argwhere(measure_lift(appearances, anomalies, stages).beyond_chance).tolist()
    assert [7, 4] in outlined
    assert len(outlined) <= 2


def test_classes_without_anomalies_and_empty_matrices_say_nothing():
    lift = measure_lift(np.ones((2, 3), int), np.zeros((1, 3), bool), np.zeros(3, int))
    assert lift.lift.tolist() == [[1], [1]]
    assert not lift.beyond_chance.any()
    for rows, classes, steps in ((0, 2, 3), (2, 0, 3), (2, 2, 0)):
        empty = measure_lift(
            np.zeros((rows, steps), int), np.zeros((classes, steps), bool), np.zeros(steps, int)
        )
        assert empty.p.shape == (rows, classes)


def test_large_runs_neither_overflow_nor_lose_the_small_chances():
    stages = np.zeros(3_000, int)
    appearances = np.zeros((1, 3_000), int)
    appearances[0, :5] = 1
    anomalies = appearances.astype(bool)
    lift = measure_lift(appearances, anomalies, stages)
    assert lift.p[0, 0] == pytest.approx(1 / comb(3_000, 5), rel=1e-9)
    assert lift.beyond_chance[0, 0]


@pytest.mark.parametrize(
    ("appearances", "anomalies", "stages", "words"),
    [
        (np.zeros((1, 3)), np.zeros((1, 2)), np.zeros(3), "needed"),
        (np.zeros(3), np.zeros((1, 3)), np.zeros(3), "needed"),
        (np.array([[-1]]), np.array([[True]]), np.array([0]), "counts"),
        (np.array([[1]]), np.array([[True]]), np.array([-1]), "no stage"),
    ],
)
def test_refuses_what_cannot_be_right(appearances, anomalies, stages, words):
    with pytest.raises(ValueError, match=words):
        measure_lift(appearances, anomalies, stages)
