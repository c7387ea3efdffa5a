"""The rows of recorded steps against the raw tensors of the same training, after storage."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from epochscope import Recorder
from tests.epochscope.recording.reading import layer_index, read_curve, read_row, read_rows
from tests.epochscope.recording.trainings import Training, cnn, frozen_backbone, mlp, tied

STORED = 1e-3  # relative, of a 10-bit mantissa


def record(folder, training: Training, steps, **options):
    """Train and record every step; return the weights and gradients of each step."""
    options = {"optimizer": training.optimizer, "every": 1, "strict": True, **options}
    raw = {0: copy.deepcopy(training.model.state_dict())}
    grads = {}
    with Recorder(folder, training.model, **options) as recorder:
        for step in range(1, steps + 1):
            scalars = training.update(step)
            recorder.step(**scalars)
            raw[step] = copy.deepcopy(training.model.state_dict())
            grads[step] = {
                name: None if p.grad is None else p.grad.clone()
                for name, p in training.model.named_parameters()
            }
    return raw, grads


def assert_row(row, tensor):
    values = tensor.detach().double().numpy().ravel()
    near = {"rtol": STORED, "atol": 1e-3 * float(np.abs(values).max())}
    assert row["count"] == values.size
    for name, value in {
        "min": values.min(),
        "max": values.max(),
        "mean": values.mean(),
        "median": np.median(values),
    }.items():
        np.testing.assert_allclose(row[name], value, **near, err_msg=name)
    for name, value in {
        "sd": values.std(),
        "l1": np.abs(values).mean(),
        "l2": np.sqrt((values**2).mean()),
        "l0": (values != 0).mean(),
    }.items():
        np.testing.assert_allclose(row[name], value, rtol=STORED, err_msg=name)
    assert sum(row["bins"]) == values.size


def test_weights_biases_gradients_and_updates_are_those_of_the_step(tmp_path):
    torch.manual_seed(1)
    raw, grads = record(tmp_path / "run", cnn(), 4)
    for name in ("0", "1", "3", "6"):
        index = layer_index(tmp_path / "run", name)
        for step in (1, 4):
            now, before = raw[step][f"{name}.weight"], raw[step - 1][f"{name}.weight"]
            rows = {
                row["kind"]: row
                for row in read_rows(tmp_path / "run", "layer_stat", layer=index, step=step)
            }
            assert_row(rows["weight"], now)
            assert_row(rows["bias"], raw[step][f"{name}.bias"])
            assert_row(rows["gradient"], grads[step][f"{name}.weight"])
            assert_row(rows["update"], now - before)
            assert rows["weight"]["previous_step"] == step - 1
            relative = (now - before).norm() / before.norm()
            np.testing.assert_allclose(rows["weight"]["relative"], relative, rtol=2e-3)
            decay = 0.05 * 1e-3 * before / (1 - 0.9)
            rms = decay.square().mean().sqrt()
            np.testing.assert_allclose(rows["weight"]["decay_update_l2"], rms, rtol=2e-3)
            rest = ((now - before) + decay).square().mean().sqrt()
            np.testing.assert_allclose(rows["weight"]["gradient_update_l2"], rest, rtol=2e-3)


def test_filters_are_the_output_channels(tmp_path):
    torch.manual_seed(1)
    raw, grads = record(tmp_path / "run", cnn(), 3)
    index = layer_index(tmp_path / "run", "0")
    row = read_row(tmp_path / "run", "filter_stat", layer=index, step=3)
    now = raw[3]["0.weight"].flatten(1).double().numpy()
    before = raw[2]["0.weight"].flatten(1).double().numpy()
    np.testing.assert_allclose(row["l2"], np.sqrt((now**2).mean(1)), rtol=STORED)
    np.testing.assert_allclose(row["max"], now.max(1), rtol=STORED)
    lengths = np.linalg.norm(now, axis=1) * np.linalg.norm(before, axis=1)
    np.testing.assert_allclose(row["change"], 1 - (now * before).sum(1) / lengths, rtol=2e-3)
    gradient = grads[3]["0.weight"].flatten(1).double().numpy()
    np.testing.assert_allclose(row["gradient_l2"], np.sqrt((gradient**2).mean(1)), rtol=STORED)
    assert len(row["change_px"]) == 8
    norm = read_row(
        tmp_path / "run", "filter_stat", layer=layer_index(tmp_path / "run", "1"), step=3
    )
    assert norm["change"] is None  # one number has no direction
    assert norm["relative"] is not None


def test_activations_are_those_after_the_rectifier_that_the_layer_feeds(tmp_path):
    torch.manual_seed(1)
    training = cnn()
    model = training.model
    inputs, labels = torch.randn(8, 3, 8, 8), torch.randint(0, 6, (8,))
    with Recorder(tmp_path / "run", model, optimizer=training.optimizer, strict=True) as recorder:
        seen = {}
        model[1].register_forward_hook(lambda m, a, out: seen.update(norm=out.clone()))
        model[0].register_forward_hook(lambda m, a, out: seen.update(conv=out.clone()))
        F.cross_entropy(model(inputs), labels).backward()
        training.optimizer.step()
        recorder.step()
    for name, values in (("0", seen["conv"]), ("1", seen["norm"].relu())):
        index = layer_index(tmp_path / "run", name)
        row = read_row(tmp_path / "run", "layer_stat", layer=index, step=1, kind="activation")
        assert_row(row, values)
        filters = read_row(tmp_path / "run", "filter_stat", layer=index, step=1)
        flat = values.detach().movedim(1, 0).flatten(1).double().numpy()
        np.testing.assert_allclose(filters["activation_mean"], flat.mean(1), rtol=STORED, atol=1e-5)
        np.testing.assert_allclose(filters["activation_max"], flat.max(1), rtol=STORED)
        if name == "1":
            np.testing.assert_allclose(filters["active_share"], (flat > 0).mean(1), rtol=STORED)
        else:
            assert filters["active_share"] is None  # its output feeds no rectifier
    kinds = {row["name"]: row["activation"] for row in read_rows(tmp_path / "run", "layers")}
    assert (kinds["0"], kinds["1"], kinds["3"], kinds["6"]) == ("pre", "post", "post", "pre")


def test_a_frozen_layer_is_recorded_at_first_and_when_it_changes_after_all(tmp_path):
    torch.manual_seed(1)
    training = frozen_backbone()
    with Recorder(
        tmp_path / "run", training.model, optimizer=training.optimizer, every=1
    ) as recorder:
        for step in range(1, 6):
            training.update(step)
            if step == 4:
                training.model[0][0].weight.data.mul_(2)
            recorder.step()
    index = layer_index(tmp_path / "run", "0.0")
    rows = read_rows(tmp_path / "run", "layer_stat", layer=index, kind="weight")
    assert [(row["step"], row["previous_step"]) for row in rows] == [(0, None), (4, 0)]
    assert rows[1]["relative"] == pytest.approx(1, rel=STORED)
    assert read_row(tmp_path / "run", "layers", name="0.0")["frozen"]


def test_tied_weights_are_recorded_once(tmp_path):
    torch.manual_seed(1)
    record(tmp_path / "run", tied(), 2)
    first, other = layer_index(tmp_path / "run", "embed"), layer_index(tmp_path / "run", "head")
    assert read_row(tmp_path / "run", "layers", name="head")["tied_to"] == first
    assert read_rows(tmp_path / "run", "layer_stat", layer=first, kind="weight")
    assert not read_rows(tmp_path / "run", "layer_stat", layer=other, kind="weight")
    assert read_rows(tmp_path / "run", "layer_stat", layer=other, kind="bias")


def test_a_skipped_update_has_no_gradients_but_a_count_of_what_is_broken(tmp_path):
    torch.manual_seed(1)
    training = mlp()
    inputs, labels = torch.randn(8, 12), torch.randint(0, 6, (8,))
    with Recorder(
        tmp_path / "run", training.model, optimizer=training.optimizer, every=1
    ) as recorder:
        training.update(1)
        recorder.step()
        training.optimizer.zero_grad()
        F.cross_entropy(training.model(inputs), labels).backward()
        training.model[0].weight.grad[0, :3] = torch.inf  # as a loss scaler would find it
        recorder.step()
    index = layer_index(tmp_path / "run", "0")
    row = read_row(tmp_path / "run", "layer_stat", layer=index, step=2, kind="gradient")
    assert (row["pos_inf"], row["mean"], row["bins"]) == (3, None, None)
    assert not read_rows(tmp_path / "run", "layer_stat", layer=index, step=2, kind="update")
    assert read_row(tmp_path / "run", "filter_stat", layer=index, step=2)["gradient_l2"] is None
    assert [row["step"] for row in read_rows(tmp_path / "run", "event", kind="skipped")] == [2]


def test_without_an_optimizer_gradients_are_those_that_were_accumulated(tmp_path):
    torch.manual_seed(1)
    training = cnn()
    plain = training.update
    found = {}

    def update(step):
        scalars = plain(step)
        found[step] = training.model[0].weight.grad.clone()
        training.model.zero_grad()  # before step(): every grad is None by then
        return scalars

    training.update = update
    record(tmp_path / "run", training, 2, optimizer=None)
    index = layer_index(tmp_path / "run", "0")
    row = read_row(tmp_path / "run", "layer_stat", layer=index, step=2, kind="gradient")
    assert_row(row, found[2])


def test_a_nan_in_training_is_counted_and_the_rest_is_measured(tmp_path):
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with Recorder(tmp_path / "run", model, optimizer=optimizer, every=1, strict=True) as recorder:
        for step in range(1, 4):
            inputs = torch.randn(5, 4)
            if step == 2:
                inputs[0, 0] = torch.nan
            loss = model(inputs).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            recorder.step(loss=loss)
    assert np.isnan(read_curve(tmp_path / "run", "train/loss")[2])
    index = layer_index(tmp_path / "run", "0")
    row = read_row(tmp_path / "run", "layer_stat", layer=index, step=2, kind="activation")
    assert row["nan"] == 3
    assert np.isfinite(row["mean"])
    weights = read_row(tmp_path / "run", "layer_stat", layer=index, step=3, kind="weight")
    assert weights["nan"] > 0


def test_scalars_are_written_by_the_names_pages_know(tmp_path):
    torch.manual_seed(1)
    training = mlp()
    training.optimizer.param_groups[0]["name"] = "all"
    with Recorder(tmp_path / "run", training.model, optimizer=training.optimizer) as recorder:
        loss = torch.ones(())
        for step in range(1, 5):
            training.optimizer.param_groups[0]["lr"] = 0.5 if step < 3 else 0.25
            recorder.step(loss=loss, error=0.5, epoch=step // 2, speed=step)
            loss.add_(1)  # what training overwrites later was copied
        recorder.log({"own": 7}, step=2)
        recorder.add_scalar("familiar", 8.0, 3)
        recorder.event("note", "half time")
        recorder.finish()
    assert read_curve(tmp_path / "run", "train/loss") == {1: 1, 2: 2, 3: 3, 4: 4}
    assert read_curve(tmp_path / "run", "train/error") == dict.fromkeys(range(1, 5), 0.5)
    assert read_curve(tmp_path / "run", "lr/all") == {1: 0.5, 3: 0.25}
    assert read_curve(tmp_path / "run", "epoch") == {1: 0, 2: 1, 4: 2}
    assert read_curve(tmp_path / "run", "speed") == {1: 1, 2: 2, 3: 3, 4: 4}
    assert read_curve(tmp_path / "run", "own") == {2: 7}
    assert read_curve(tmp_path / "run", "familiar") == {3: 8}
    assert read_row(tmp_path / "run", "event", kind="note")["message"] == "half time"
