import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics import similarity_order
from analytics.similarity_order import order_by_similarity

ROWS = arrays(
    np.float64,
    st.tuples(st.integers(3, 9), st.integers(2, 8)),
    elements=st.floats(0, 1, width=16),
)


def literal_coordinates(values):
    """Classical scaling, one number at a time; the coordinates and the two largest eigenvalues."""
    rows = len(values)
    distance = np.zeros((rows, rows))
    for a in range(rows):
        for b in range(rows):
            lengths = np.sqrt(sum(values[a] ** 2)), np.sqrt(sum(values[b] ** 2))
            if lengths == (0, 0) or a == b:
                continue
            distance[a, b] = (
                1 if 0 in lengths else 1 - sum(values[a] * values[b]) / (lengths[0] * lengths[1])
            )
    squared = (distance / (distance.max() or 1)) ** 2
    centring = np.eye(rows) - 1 / rows
    eigenvalues, eigenvectors = np.linalg.eigh(-0.5 * centring @ squared @ centring)
    return eigenvectors[:, -1] * np.sqrt(max(eigenvalues[-1], 0)), eigenvalues


def is_unimodal_order(coordinates, order):
    sorted_ = coordinates[order]
    slack = 1e-6 * np.ptp(coordinates)
    return (np.diff(sorted_) >= -slack).all() or (np.diff(sorted_) <= slack).all()


@given(ROWS)
def test_stands_in_the_order_of_classical_scaling_up_to_reversal(values):
    coordinates, eigenvalues = literal_coordinates(values)
    order = order_by_similarity(values)
    assert sorted(order) == list(range(len(values)))
    clear = eigenvalues[-1] > 1e-6 and eigenvalues[-1] - eigenvalues[-2] > 1e-6
    if clear:  # of two equal eigenvalues any axis between them is as good
        assert is_unimodal_order(coordinates, order)


@pytest.mark.parametrize("rows", [40, 300])
def test_finds_the_path_that_curves_were_shuffled_off(rng, rows):
    steps = np.linspace(0, 1, 50)
    bumps = np.exp(-(((steps - np.linspace(0.3, 0.7, rows)[:, None]) / 0.3) ** 2))
    shuffled = rng.permutation(rows)
    order = shuffled[order_by_similarity(bumps[shuffled])]
    assert order.tolist() in (list(range(rows)), list(range(rows))[::-1])


def test_takes_a_positive_eigenvalue_where_the_largest_singular_value_is_a_negative_one():
    rows = 6
    directions = np.array([[1, 0.0], [-1, 0], [1, 0], [-1, 0], [0, 1], [0, 1]])
    directions = directions + 0.01 * np.arange(rows)[:, None]
    coordinates, _ = literal_coordinates(directions)
    assert is_unimodal_order(coordinates, order_by_similarity(directions))


def test_takes_the_direction_closer_to_the_given_order():
    bumps = np.exp(-((np.linspace(0, 1, 20) - np.linspace(0.3, 0.7, 8)[:, None]) ** 2) * 9)
    assert order_by_similarity(bumps).tolist() == list(range(8))
    assert order_by_similarity(bumps[::-1]).tolist() == list(range(8))


@given(st.integers(0, 70), st.sampled_from([0.0, 1.0]))
def test_leaves_rows_that_are_alike_in_their_order(rows, value):
    assert order_by_similarity(np.full((rows, 4), value)).tolist() == list(range(rows))


def test_puts_rows_of_zeros_side_by_side(rng):
    values = rng.random((12, 30)) * np.linspace(0, 1, 30)
    values[[2, 7, 9]] = 0
    order = order_by_similarity(values).tolist()
    assert sorted(order.index(row) for row in (2, 7, 9)) == list(
        range(min(order.index(2), order.index(7)), min(order.index(2), order.index(7)) + 3)
    )


@given(ROWS, st.floats(0.5, 100))
def test_does_not_depend_on_how_large_a_row_is(values, factor):
    _, eigenvalues = literal_coordinates(values)
    if eigenvalues[-1] - eigenvalues[-2] < 1e-6:
        return
    coordinates, _ = literal_coordinates(values)
    scaled = values * np.linspace(1, factor, len(values))[:, None]
    assert is_unimodal_order(coordinates, order_by_similarity(scaled))


def test_counts_what_is_not_finite_as_nothing(rng):
    values = rng.random((9, 6))
    values[:, 0] = 0
    broken = values.copy()
    broken[:, 0] = [np.nan, np.inf, -np.inf] * 3
    assert order_by_similarity(broken).tolist() == order_by_similarity(values).tolist()


def test_places_the_rows_beyond_the_landmarks_between_them(rng, monkeypatch):
    monkeypatch.setattr(similarity_order, "LANDMARKS", 50)
    bumps = np.exp(-(((np.linspace(0, 1, 40) - np.linspace(0.3, 0.7, 200)[:, None]) / 0.3) ** 2))
    shuffled = rng.permutation(200)
    order = shuffled[order_by_similarity(bumps[shuffled])]
    assert np.abs(np.corrcoef(order, np.arange(200))[0, 1]) > 0.999
