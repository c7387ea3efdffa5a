import math
import struct
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from epochscope.parquet_files import conform, decode, encode, round_floats, sort_rows
from epochscope.schema import FLOATS, META, TABLES

LARGEST = struct.unpack("<f", struct.pack("<I", 0x7F7FFFFF))[0]
any_float32 = st.integers(0, 2**32 - 1).map(
    lambda bits: np.array([bits], np.uint32).view(np.float32)
)
normal_float32 = st.floats(-LARGEST, LARGEST, width=32).filter(lambda x: abs(x) >= 2.0**-126)


def near(value, type_):
    rounding = {pa.float64(): 0, pa.float32(): 2**-11, FLOATS: 2**-11}
    if type_ not in rounding or value is None:
        return value
    return pytest.approx(value, rel=rounding[type_], nan_ok=True)


def literal_rounding(value):
    """The nearest number of the form m × 2^e with 2^10 <= |m| <= 2^11, ties to even m."""
    mantissa, exponent = math.frexp(abs(value))
    scaled = Fraction(mantissa) * 2**11
    rounded = round(scaled)  # a Fraction's ties go to the even number
    return math.copysign(math.ldexp(rounded, exponent - 11), value)


@given(normal_float32)
def test_rounds_to_the_nearest_10_bit_mantissa(value):
    expected = literal_rounding(value)
    found = round_floats(np.array([value], np.float32))[0]
    if abs(expected) > LARGEST:
        assert math.isfinite(found)
        assert abs(found) <= abs(value)
    else:
        assert found == expected


@given(any_float32)
def test_rounding_keeps_nan_infinity_and_sign(value):
    rounded = round_floats(value)
    assert np.isnan(rounded[0]) == np.isnan(value[0])
    assert np.isinf(rounded[0]) == np.isinf(value[0])
    assert np.signbit(rounded[0]) == np.signbit(value[0])


@given(any_float32)
def test_rounding_twice_changes_nothing_more(value):
    once = round_floats(value)
    np.testing.assert_array_equal(round_floats(once), once)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_comes_back_within_its_rounding(name, draw_rows):
    rows = sort_rows(pa.concat_tables([draw_rows(name, step) for step in (1, 2, 3)]), name)
    found = decode(bytes(encode(rows, name)), name)
    assert found.schema == TABLES[name].schema
    for field in rows.schema:
        expected = [near(value, field.type) for value in rows[field.name].to_pylist()]
        assert found[field.name].to_pylist() == expected


def test_a_slice_of_a_larger_table_is_written_as_the_slice(draw_rows):
    rows = pa.concat_tables([draw_rows("filter_stat", step) for step in range(9)])
    found = decode(bytes(encode(rows.slice(4, 7), "filter_stat")), "filter_stat")
    assert found["step"].to_pylist() == rows.slice(4, 7)["step"].to_pylist()
    expected = [near(value, FLOATS) for value in rows["mean"].to_pylist()[4:11]]
    assert found["mean"].to_pylist() == expected


def test_refuses_a_column_that_the_schema_lacks():
    with pytest.raises(ValueError, match="'classes' has no column 'colour'"):
        conform(pa.table({"class": [1], "name": ["cat"], "images": [2], "colour": [3]}), "classes")


def test_refuses_null_where_the_schema_has_none():
    with pytest.raises(ValueError, match="'name' of table 'classes' may not be null"):
        conform(pa.table({"class": [1], "images": [2]}), "classes")


def test_fills_missing_columns_with_null():
    rows = conform(pa.table({"step": [1], "class": [0], "n": [5]}), "class_stat")
    assert rows["right"].to_pylist() == [None]
    assert rows.schema == TABLES["class_stat"].schema


def test_an_empty_table_keeps_its_schema():
    for name, table in {**META, **TABLES}.items():
        empty = table.schema.empty_table()
        assert decode(bytes(encode(empty, name)), name).schema == table.schema


def test_a_layer_statistic_takes_less_than_300_bytes_once_compacted():
    """Real histograms of drifting weights: 4 layers, 64 recorded steps, 64 bins each."""
    rng = np.random.default_rng(7)
    weights = [rng.standard_normal(size).astype(np.float32) for size in (500, 5_000, 20_000, 640)]
    rows = []
    for step in range(64):
        for layer, values in enumerate(weights):
            values += rng.standard_normal(values.size).astype(np.float32) * np.float32(0.01)
            rows.append(_statistics(values, step, layer))
    table = pa.Table.from_pylist(rows, TABLES["layer_stat"].schema)
    size = len(encode(sort_rows(table, "layer_stat"), "layer_stat"))
    assert size / len(rows) < 300


def _statistics(values, step, layer):
    quarters = np.quantile(values, [0, 0.25, 0.5, 0.75, 1]).tolist()
    row = dict(zip(("min", "q25", "median", "q75", "max"), quarters, strict=True))
    counts = dict.fromkeys(("nan", "pos_inf", "neg_inf"), 0)
    share = np.linspace(0, 1, 55) ** (1 + step / 64)
    return row | counts | {
        "step": step, "layer": layer, "kind": "weight", "series": "statistics",
        "previous_step": step - 1, "count": values.size, "mean": float(values.mean()),
        "sd": float(values.std()), "l0": 1.0, "l1": float(np.abs(values).mean()),
        "l2": float(np.sqrt(np.mean(values**2))), "lo": row["min"], "hi": row["max"],
        "bins": np.histogram(values, 64)[0].tolist(), "sampled": False,
        "change": 1e-5 * (layer + 1), "relative": 1e-3, "change_share": share.tolist(),
    }  # fmt: skip
