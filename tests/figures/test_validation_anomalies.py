"""How the scores of a run are spread, told for a histogram."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from figures.validation_anomalies import RunAnomalies, draw_anomalies

SIZES = st.lists(st.integers(1, 60), min_size=1, max_size=5)


@given(SIZES, st.integers(1, 6), st.sampled_from(["left", "right", "either"]), st.data())
def test_scores_are_counted_by_percent_of_their_class(sizes, steps, rule, data):
    rows = [arrays(np.int64, steps, elements=st.integers(0, size)) for size in sizes]
    left, right = (np.array([data.draw(row) for row in rows]) for _ in range(2))
    classes = np.arange(len(sizes))
    run = RunAnomalies(
        rows=classes,
        cells=np.arange(steps),
        images=np.array(sizes),
        left=left,
        right=right,
        learned=None,
        chosen=np.zeros(left.shape, np.bool_),
        window=1,
        rule=rule,
    )

    found = draw_anomalies([run], {})["runs"][0]["spread"]

    wanted = [0] * 101
    for name, scores in (("left", left), ("right", right)):
        for size, row in zip(sizes, scores.tolist(), strict=True):
            for score in row:
                wanted[100 * score // size] += bool(score) and rule in (name, "either")
    assert found == wanted
