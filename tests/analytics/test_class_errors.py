"""Class errors follow their definition, and what was not validated stays unknown."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.class_errors import measure_class_errors, measure_mean_scores

shapes = st.tuples(st.integers(1, 5), st.integers(1, 4))


@st.composite
def validations(draw):
    shape = draw(shapes)
    images = draw(arrays(np.int64, shape, elements=st.integers(0, 9)))
    share = draw(arrays(np.float64, shape, elements=st.floats(0, 1)))
    missing = draw(arrays(np.bool_, shape))
    return np.where(missing, np.nan, np.floor(images * share)), images


def literal_errors(right, images):
    steps, classes = right.shape
    errors = np.full((steps, classes), np.nan)
    overall = np.full(steps, np.nan)
    for t in range(steps):
        wrong = seen = 0
        for c in range(classes):
            if images[t, c] > 0 and not np.isnan(right[t, c]):
                errors[t, c] = 1 - right[t, c] / images[t, c]
                wrong += images[t, c] - right[t, c]
                seen += images[t, c]
        if seen:
            overall[t] = wrong / seen
    return errors, overall


@given(validations())
def test_follows_its_definition(validation):
    found = measure_class_errors(*validation)
    errors, overall = literal_errors(*validation)
    np.testing.assert_allclose(found.errors, errors, atol=1e-12)
    np.testing.assert_allclose(found.overall, overall, atol=1e-12)


@given(validations())
def test_the_mean_is_that_of_the_validated_steps(validation):
    found = measure_class_errors(*validation)
    for class_, mean in enumerate(found.mean):
        known = [error for error in found.errors[:, class_] if not np.isnan(error)]
        np.testing.assert_allclose(mean, np.mean(known) if known else np.nan)


def test_counts_the_wrong_images_exactly_and_marks_the_unknown():
    found = measure_class_errors(np.array([[3.0, np.nan]]), np.array([[7, 7]]))
    assert found.wrong.tolist() == [[4, -1]]


def test_mean_scores_weigh_classes_by_their_images():
    scores = measure_mean_scores(np.array([[1.0, 4.0], [np.nan, 4.0]]), np.array([[2, 1], [0, 3]]))
    assert scores.tolist() == [2.0, 4.0]


def test_a_score_that_is_not_finite_is_not_hidden_in_the_mean():
    scores = measure_mean_scores(np.array([[1.0, np.nan]]), np.array([[2, 1]]))
    assert np.isnan(scores[0])
