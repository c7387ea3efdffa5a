"""The statistics of a module are those of all values inside it, taken together."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from epochscope import Recorder
from epochscope.recording.changes import measure_change
from epochscope.recording.pooling import Part, pool_parts
from epochscope.recording.samples import CHANGE_LIMITS, share_changes
from epochscope.recording.statistics import as_rows, measure, measure_rows
from tests.epochscope.recording.reading import layer_index, read_rows

MOMENTS = ("min", "q25", "median", "q75", "max", "mean", "sd", "l0", "l1", "l2")
tensors = st.lists(
    st.tuples(st.integers(1, 40), st.floats(0.01, 3), st.integers(0, 99)), min_size=1, max_size=5
)


def draw(sizes):
    return [
        torch.from_numpy(np.random.default_rng(seed).normal(0.1, spread, size).astype(np.float32))
        for size, spread, seed in sizes
    ]


@given(tensors)
def test_pooled_statistics_are_those_of_the_values_together(sizes):
    values = draw(sizes)
    pooled = pool_parts([Part(measure(one)) for one in values]).whole
    together = measure(torch.cat(values))
    assert (pooled.count, pooled.sampled) == (together.count, False)
    for name in MOMENTS:
        assert getattr(pooled, name) == pytest.approx(getattr(together, name), rel=1e-5, abs=1e-7)
    np.testing.assert_array_equal(pooled.bins, together.bins)


def test_what_is_not_finite_is_counted_and_left_out():
    broken = torch.tensor([torch.nan, 1.0, torch.inf, -torch.inf])
    nothing = torch.full((3,), torch.nan)
    pooled = pool_parts([Part(measure(one)) for one in (broken, nothing, torch.tensor([3.0]))])
    whole = pooled.whole
    assert (whole.count, whole.nan, whole.pos_inf, whole.neg_inf, whole.finite) == (8, 4, 1, 1, 2)
    assert (whole.mean, whole.median, whole.max) == (2.0, 2.0, 3.0)
    empty = pool_parts([Part(measure(nothing)), Part(measure(nothing))]).whole
    assert (empty.nan, empty.mean, empty.bins) == (6, None, None)


def test_quantiles_of_many_values_are_right_to_a_hundredth_of_the_ranks(rng):
    values = [torch.from_numpy(rng.normal(at, 1, size)) for at, size in ((0, 300_000), (5, 40_000))]
    whole = pool_parts([Part(measure(one.float())) for one in values]).whole
    together = np.sort(torch.cat(values).numpy())
    assert whole.sampled
    for name, share in (("q25", 0.25), ("median", 0.5), ("q75", 0.75)):
        rank = np.searchsorted(together, getattr(whole, name)) / len(together)
        assert abs(rank - share) < 0.01
    shown = whole.bins / whole.bins.sum()
    exact, _ = np.histogram(together, 64, (whole.min, whole.max))
    assert np.abs(np.cumsum(shown) - np.cumsum(exact / len(together))).max() < 0.01


def test_pooled_change_is_that_of_all_weights_as_one_vector(rng):
    before = [
        torch.from_numpy(rng.normal(size=shape).astype(np.float32)) for shape in ((4, 6), (3, 50))
    ]
    now = [
        one + torch.from_numpy(rng.normal(0, 1e-3, one.shape).astype(np.float32)) for one in before
    ]
    parts = []
    for w, p in zip(now, before, strict=True):
        change = measure_change(w, p, measure_rows(w), measure_rows(p))
        parts.append(Part(measure(w), 7, change.lengths, share_changes(w, p), (0.5, 0.25)))
    pooled = pool_parts(parts)
    w, p = (torch.cat([one.flatten() for one in some]) for some in (now, before))
    whole = measure_change(*map(as_rows, (w, p)), *(measure_rows(as_rows(one)) for one in (w, p)))
    cosine, relative = pooled.lengths.measure()
    assert cosine == pytest.approx(whole.layer, rel=1e-4)
    assert relative == pytest.approx(whole.layer_relative, rel=1e-5)
    np.testing.assert_allclose(pooled.share, share_changes(w, p), atol=1e-6)
    assert len(CHANGE_LIMITS) == len(pooled.share)
    assert (pooled.previous, pooled.updates) == (7, (0.5, 0.25))


def record_two_steps(folder):
    """Record a block whose first convolution is frozen; return its convolutions at steps 0, 1, 2."""
    torch.manual_seed(3)
    block = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 6, 3))
    model = nn.Sequential(block, nn.Flatten(), nn.Linear(24, 3))
    block[0].weight.requires_grad_(False)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    images, labels = torch.randn(9, 1, 6, 6), torch.arange(9) % 3
    kept = [[block[place].weight.detach().clone() for place in (0, 3)]]
    with Recorder(folder, model, optimizer=optimizer, every=1, strict=True) as recorder:
        for _ in range(2):
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            recorder.step(loss=loss)
            kept.append([block[place].weight.detach().clone() for place in (0, 3)])
    return kept


def test_a_recorder_pools_every_module_but_its_normalisations(tmp_path):
    kept = record_two_steps(tmp_path / "run")
    index = layer_index(tmp_path / "run", "0")
    rows = read_rows(
        tmp_path / "run", "layer_stat", layer=index, kind="weight", series="statistics"
    )
    assert [row["step"] for row in rows] == [0, 1, 2]
    for row, weights in zip(rows, kept, strict=True):
        together = measure(torch.cat([one.flatten() for one in weights]))
        assert row["count"] == 4 * 9 + 6 * 36
        for name in MOMENTS:
            assert row[name] == pytest.approx(getattr(together, name), rel=1e-3, abs=1e-6)
        assert row["bins"] == together.bins.tolist()
    for row, before, now in zip(rows[1:], kept, kept[1:], strict=False):
        p, w = (torch.cat([one.flatten() for one in some]).double() for some in (before, now))
        assert row["previous_step"] == row["step"] - 1
        assert row["relative"] == pytest.approx(float((w - p).norm() / p.norm()), rel=2e-3)
        assert row["change"] == pytest.approx(float(1 - F.cosine_similarity(w, p, dim=0)), rel=2e-3)
    gradients = read_rows(tmp_path / "run", "layer_stat", layer=index, kind="gradient")
    assert [row["count"] for row in gradients] == [6 * 36] * 2  # the other one is frozen
    whole = read_rows(
        tmp_path / "run", "layer_stat", layer=layer_index(tmp_path / "run", ""), kind="weight"
    )
    assert whole[0]["count"] == 4 * 9 + 6 * 36 + 72


def test_a_layer_that_is_frozen_on_the_way_stays_in_its_module(tmp_path):
    torch.manual_seed(3)
    model = nn.Sequential(nn.Sequential(nn.Linear(8, 5), nn.Linear(5, 4)), nn.Linear(4, 3))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    images, labels = torch.randn(9, 8), torch.arange(9) % 3
    with Recorder(tmp_path / "run", model, optimizer=optimizer, every=1, strict=True) as recorder:
        for step in range(3):
            model[0][0].weight.requires_grad_(step == 0)
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()
            recorder.step()
    inside = layer_index(tmp_path / "run", "0")
    chosen = {"kind": "weight", "series": "statistics"}
    rows = read_rows(tmp_path / "run", "layer_stat", layer=inside, **chosen)
    assert [(row["step"], row["count"]) for row in rows] == [(step, 60) for step in range(4)]
    assert [row["previous_step"] for row in rows] == [None, 0, 1, 2]
    layer = layer_index(tmp_path / "run", "0.0")
    own = read_rows(tmp_path / "run", "layer_stat", layer=layer, **chosen)
    assert [row["step"] for row in own] == [0, 1]


def test_validated_steps_have_modules_too(tmp_path):
    model = nn.Sequential(nn.Sequential(nn.Linear(8, 5), nn.ReLU()), nn.Linear(5, 3))
    images = TensorDataset(torch.randn(12, 8), torch.arange(12) % 3)
    with Recorder(tmp_path / "run", model, strict=True) as recorder:
        recorder.log_images(images)
        recorder.validate(DataLoader(images, batch_size=12))
    index = layer_index(tmp_path / "run", "0")
    rows = read_rows(
        tmp_path / "run", "layer_stat", layer=index, kind="weight", series="validation"
    )
    assert [row["count"] for row in rows] == [40]
