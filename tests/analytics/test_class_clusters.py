"""Clusters of classes follow what was planted, are ordered easy to hard, and none is empty."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.class_clusters import cluster_classes, measure_silhouettes

errors = st.tuples(st.integers(1, 8), st.integers(0, 5)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.1, 0.3, 0.9, np.nan]))
)


def plant(rng, levels, classes=7, steps=30):
    """Classes whose error falls to the level of their group; the group of each."""
    group = rng.permutation(np.repeat(np.arange(len(levels)), classes))
    fall = np.exp(-np.linspace(0, 6, steps))
    curves = np.array(levels)[group, None] + fall * (1 - np.array(levels)[group, None])
    return curves + rng.normal(0, 0.01, curves.shape), group


@pytest.mark.parametrize("seed", range(5))
def test_finds_planted_clusters_easy_to_hard(seed):
    curves, group = plant(np.random.default_rng(seed), [0.05, 0.3, 0.6, 0.9])
    np.testing.assert_array_equal(cluster_classes(curves, 4, seed), group)


def test_the_best_silhouette_is_at_the_planted_number():
    curves, _ = plant(np.random.default_rng(1), [0.05, 0.45, 0.9])
    assert np.nanargmax(measure_silhouettes(curves, 6)) + 2 == 3


def test_a_step_counts_as_much_however_small_its_errors_are():
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1], 5)
    small = np.tile(0.001 * group[:, None], (1, 9))
    noise = rng.normal(0, 0.3, (10, 1))
    found = cluster_classes(np.hstack([small, noise]), 2)
    assert len(set(zip(found.tolist(), group.tolist(), strict=True))) == 2


@given(errors, st.integers(1, 5), st.integers(0, 3))
def test_no_cluster_is_empty_and_means_rise(error, k, seed):
    known = error[:, ~np.isnan(error).any(0)]
    different = len({tuple(row) for row in known.tolist()})
    if k > different:
        with pytest.raises(ValueError, match="different error curves"):
            cluster_classes(error, k, seed)
        return
    labels = cluster_classes(error, k, seed)
    assert set(labels.tolist()) == set(range(k))
    if known.size:
        means = [known[labels == each].mean() for each in range(k)]
        assert all(a <= b + 1e-12 for a, b in itertools.pairwise(means))
    np.testing.assert_array_equal(labels, cluster_classes(error, k, seed))


def test_no_classes_make_no_labels():
    assert cluster_classes(np.zeros((0, 4)), 3).tolist() == []
    assert np.isnan(measure_silhouettes(np.zeros((0, 4)), 4)).all()


def test_refuses_what_is_no_table_of_curves():
    with pytest.raises(ValueError, match="class, step"):
        cluster_classes(np.zeros(3), 1)
    with pytest.raises(ValueError, match="not 0"):
        cluster_classes(np.ones((2, 2)), 0)
