"""Single tensors come out of a snapshot as they went in."""

import numpy as np
import pytest
import torch
from torch import nn

from data.errors import UnreadableRunError
from data.snapshots import list_snapshots, read_tensors
from data.store import open_run
from epochscope import Recorder


@pytest.fixture
def recorded(logdir):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    inputs, targets = torch.randn(8, 6), torch.randint(0, 3, (8,))
    states = {}
    with Recorder(logdir / "small", model, optimizer=optimizer, snapshot_every=2) as recorder:
        for step in range(1, 5):
            loss = nn.functional.cross_entropy(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            recorder.step(loss=loss)
            recorder.validate([(inputs, targets)])
            states[step] = {name: one.clone() for name, one in model.state_dict().items()}
    return open_run("small"), states


def test_the_weights_of_a_step_are_bit_equal(recorded):
    run, states = recorded
    steps = list_snapshots(run)
    assert len(steps)
    step = int(steps[-1])
    found = read_tensors(run, step, ["parameters/0.weight", "parameters/2.bias", "no such"])
    assert set(found) == {"parameters/0.weight", "parameters/2.bias"}
    np.testing.assert_array_equal(found["parameters/0.weight"], states[step]["0.weight"].numpy())


def test_half_precision_comes_as_float32(recorded):
    run, _ = recorded
    step = int(list_snapshots(run)[-1])
    (gradient,) = read_tensors(run, step, ["gradients/0.weight"]).values()
    assert gradient.dtype == np.float32
    exact = torch.from_numpy(gradient.copy())
    assert (exact == exact.bfloat16().float()).all()
    assert gradient.any()


def test_a_damaged_snapshot_is_named(recorded):
    run, _ = recorded
    step = int(list_snapshots(run)[-1])
    (file,) = run.state.of("snapshot", step, step)
    (run.folder / file.path).write_bytes(b"torn")
    with pytest.raises(UnreadableRunError, match=r"safetensors"):
        read_tensors(open_run("small"), step, ["parameters/0.weight"])
