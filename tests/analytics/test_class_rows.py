"""The same class stands in the same row of every run."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.class_rows import align_classes, label_rows

runs = st.lists(st.lists(st.sampled_from("abcdef"), max_size=5), min_size=1, max_size=4)


@given(runs)
def test_every_class_of_every_run_stands_in_one_row_of_its_name(names):
    rows = align_classes(names)
    for run, found in enumerate(names):
        shown = [(row.classes[run], row.name) for row in rows if row.classes[run] is not None]
        assert sorted(shown) == list(enumerate(found))


@given(runs)
def test_rows_of_the_first_run_are_its_class_ids(names):
    rows = align_classes(names)
    assert [row.row for row in rows] == list(range(len(rows)))
    assert [row.classes[0] for row in rows[: len(names[0])]] == list(range(len(names[0])))


@given(runs)
def test_no_row_is_empty(names):
    for row in align_classes(names):
        assert any(class_ is not None for class_ in row.classes)


def test_a_class_of_only_the_second_run_follows_the_first_runs():
    rows = align_classes([["cat", "dog"], ["dog", "fox"]])
    assert [(row.name, row.classes) for row in rows] == [
        ("cat", (0, None)),
        ("dog", (1, 0)),
        ("fox", (None, 1)),
    ]


@given(st.lists(st.integers(-1, 6), min_size=1, max_size=8), st.permutations(range(5)))
def test_labels_become_the_rows_of_their_classes(predicted, classes):
    rows = label_rows(np.array([predicted]), [None, *classes])
    for label, row in zip(predicted, rows[0].tolist(), strict=True):
        if label == -1:
            assert row == -1
        elif label in classes:
            assert row == 1 + list(classes).index(label)
        else:
            assert row == 1_000_000 + label
