import json

import pytest
import torch
from torch import nn

from analytics.snapshot_sample import read_snapshot, replay_sample
from demo.images import load_digits
from demo.trainings import (
    AutoencoderSettings,
    ClassifierSettings,
    train_autoencoder,
    train_classifier,
)
from epochscope import Recorder
from epochscope.log_reader import read_log


@pytest.fixture(scope="module")
def digits():
    torch.set_num_threads(1)
    return load_digits()


def read_run(folder):
    graph = json.loads((folder / read_log(folder).of("graph")[0].path).read_bytes())
    files = read_log(folder).of("snapshot")
    return graph, {
        file.step_min: read_snapshot((folder / file.path).read_bytes()) for file in files
    }


def assert_replays(folder, steps):
    graph, snapshots = read_run(folder)
    assert graph["source"] == "export", graph["reason"]
    assert sorted(snapshots) == steps
    for step, snapshot in snapshots.items():
        assert [snapshot.about["weights_step"], snapshot.about["batch_step"]] == [step, step]
        recorded = snapshot.sample().outputs
        replayed = replay_sample(graph, snapshot).outputs
        assert list(replayed) == list(recorded)
        for path, tensor in recorded.items():
            torch.testing.assert_close(replayed[path], tensor, rtol=1e-5, atol=1e-5)


def test_replays_the_snapshots_of_the_demo_classifier(digits, tmp_path):
    settings = ClassifierSettings(steps=2, width=0.5, validate_every=1)
    train_classifier(digits, tmp_path / "run", settings, lambda step: None)
    assert_replays(tmp_path / "run", [0, 1, 2])


@pytest.mark.parametrize("variance", ["exp", "bounded"])
def test_replays_the_snapshots_of_the_demo_autoencoders(variance, digits, tmp_path):
    settings = AutoencoderSettings(steps=2, variance=variance, validate_every=1)
    train_autoencoder(digits, tmp_path / "run", settings, lambda step: None)
    assert_replays(tmp_path / "run", [0, 1, 2])
    graph, _ = read_run(tmp_path / "run")
    assert len(graph["sampling"]) == 2
    assert {sink["name"] for sink in graph["loss_sinks"]} == {"train/loss"}


def test_replays_a_recorded_resnet18(make_case, tmp_path):
    case = make_case("resnet18")
    model, optimizer = case.model.train(), torch.optim.SGD(case.model.parameters(), 0.01)
    x, y = *case.inputs(8), torch.arange(8) % 10
    loader = [(x[:4], y[:4]), (x[4:], y[4:])]
    with Recorder(tmp_path / "run", model, optimizer=optimizer, total_steps=1) as recorder:
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        recorder.step(loss=loss)
        recorder.validate(loader, loss=nn.functional.cross_entropy)
    assert_replays(tmp_path / "run", [1])
    _, snapshots = read_run(tmp_path / "run")
    tensors = snapshots[1].tensors
    for name, parameter in model.named_parameters():
        assert torch.equal(tensors[f"parameters/{name}"], parameter)
    gradient = tensors["gradients/conv1.weight"].float()
    torch.testing.assert_close(gradient, model.conv1.weight.grad, rtol=1e-2, atol=1e-6)
    update = tensors["updates/conv1.weight"].float()
    torch.testing.assert_close(update, -0.01 * gradient, rtol=2e-2, atol=1e-6)
