"""A curve hides neither a spike nor a value that is not finite, at any zoom."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import NothingRecordedError
from data.scalars import read_curve, read_curve_names
from data.store import open_run
from epochscope.log_writer import LogWriter

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
VALUES = st.one_of(st.floats(), st.sampled_from([0.0, 1.0, math.nan, math.inf, -math.inf]))
ROWS = st.dictionaries(st.integers(0, 200), VALUES, min_size=1, max_size=60)


def write_scalars(folder, rows, flushed=1.0):
    """Write rows of train/loss, a share of them sealed into a file and the rest journalled."""
    writer = LogWriter.create(folder, {})
    steps = sorted(rows)
    sealed = int(len(steps) * flushed)
    writer.add_scalars([(step, "train/loss", rows[step], NOW) for step in steps[:sealed]])
    writer.add_scalars([(step, "other", -1e9, NOW) for step in steps])
    writer.flush()
    writer._seal()
    writer.add_scalars([(step, "train/loss", rows[step], NOW) for step in steps[sealed:]])
    writer.flush()


def literal_curve(rows, first, last, buckets):
    """Return the buckets as dicts: the definition, one row at a time."""
    inside = [step for step in sorted(rows) if first <= step <= last]
    if not inside:
        return []
    if len(inside) <= buckets:
        groups = [[step] for step in inside]
    else:
        start, end = inside[0], inside[-1]
        numbers = [(step - start) * buckets // (end - start + 1) for step in inside]
        groups = [
            [step for step, number in zip(inside, numbers, strict=True) if number == bucket]
            for bucket in sorted(set(numbers))
        ]
    found = []
    for group in groups:
        sound = [step for step in group if math.isfinite(rows[step])]
        finite = [rows[step] for step in sound]
        found.append(
            {
                "first": group[0],
                "last": group[-1],
                "low": min(finite) if finite else math.nan,
                "high": max(finite) if finite else math.nan,
                "low_step": min(sound, key=rows.get) if sound else -1,
                "high_step": max(sound, key=rows.get) if sound else -1,
                "mean": np.mean(finite) if finite else math.nan,
                "bad": len(group) - len(finite),
            }
        )
    return found


@given(ROWS, st.integers(-5, 205), st.integers(0, 205), st.integers(1, 12), st.floats(0, 1))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_follows_its_definition(
    tmp_path_factory, monkeypatch, rows, first, length, buckets, flushed
):
    rows = {step: float(np.clip(value, -1e200, 1e200)) if math.isfinite(value) else value
            for step, value in rows.items()}  # fmt: skip
    folder = tmp_path_factory.mktemp("curve")
    write_scalars(folder / "a", rows, flushed)
    curve = read_curve(open_at(folder, monkeypatch), "train/loss", first, first + length, buckets)
    expected = literal_curve(rows, first, first + length, buckets)
    assert curve.first_steps.tolist() == [each["first"] for each in expected]
    assert curve.last_steps.tolist() == [each["last"] for each in expected]
    assert curve.bad.tolist() == [each["bad"] for each in expected]
    np.testing.assert_array_equal(curve.low, [each["low"] for each in expected])
    np.testing.assert_array_equal(curve.high, [each["high"] for each in expected])
    np.testing.assert_allclose(curve.mean, [each["mean"] for each in expected], rtol=1e-9)
    assert curve.low_steps.tolist() == [each["low_step"] for each in expected]
    assert curve.high_steps.tolist() == [each["high_step"] for each in expected]
    bad = [step for step in sorted(rows) if not math.isfinite(rows[step])]
    assert (curve.first_bad.step if curve.first_bad else None) == (bad[0] if bad else None)


def open_at(folder, monkeypatch):
    from settings import settings as read_settings

    monkeypatch.setenv("EPOCHSCOPE_LOGDIR", str(folder))
    read_settings.cache_clear()
    return open_run("a")


@pytest.mark.parametrize(
    ("value", "text"), [(math.nan, "NaN"), (math.inf, "+Inf"), (-math.inf, "-Inf")]
)
def test_names_the_first_bad_value_of_the_whole_run(logdir, value, text):
    rows = dict.fromkeys(range(10), 1.0) | {4: value, 7: math.nan}
    write_scalars(logdir / "a", rows)
    curve = read_curve(open_run("a"), "train/loss", 8, 9)
    assert (curve.first_bad.name, curve.first_bad.step, curve.first_bad.value) == (
        "train/loss",
        4,
        text,
    )


def test_one_row_is_one_bucket(logdir):
    write_scalars(logdir / "a", {3: 0.5})
    curve = read_curve(open_run("a"), "train/loss")
    assert (curve.rows, curve.low.tolist(), curve.first_steps.tolist()) == (1, [0.5], [3])
    assert curve.first_bad is None


def test_a_window_without_rows_has_no_buckets(logdir):
    write_scalars(logdir / "a", {3: 0.5})
    curve = read_curve(open_run("a"), "train/loss", 100, 200)
    assert (curve.rows, len(curve.first_steps)) == (0, 0)


def test_a_scalar_that_was_never_logged_is_named(logdir):
    write_scalars(logdir / "a", {3: 0.5})
    with pytest.raises(NothingRecordedError, match="no scalar named 'train/error'"):
        read_curve(open_run("a"), "train/error")


def test_a_run_without_scalars_has_no_names(logdir):
    LogWriter.create(logdir / "a", {})
    assert read_curve_names(open_run("a")) == []


def test_no_bucket_is_refused(run):
    with pytest.raises(ValueError, match="one bucket or more, got 0"):
        read_curve(run, "train/loss", buckets=0)


def test_exact_where_few_rows_and_levels_where_many(run, planted):
    steps, values = planted.scalars.of("train/loss")
    exact = read_curve(run, "train/loss", 101, 700, buckets=600)
    np.testing.assert_array_equal(exact.low, values[100:700])
    np.testing.assert_array_equal(exact.first_steps, steps[100:700])
    levels = read_curve(run, "train/loss", buckets=600)
    assert len(levels.low) == 600
    assert levels.high.max() == values.max()
    assert levels.high_steps[levels.high.argmax()] == planted.plan.spike_at
