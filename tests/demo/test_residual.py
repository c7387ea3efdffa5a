"""A residual network with learning-rate stages shows DeepTracker's findings (on CIFAR-10, where it is at hand)."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from callbacks.anomalies import AnomalySettings, find_anomalies, load_stages
from data.layers import read_filter_statistics
from data.store import open_run
from demo.residual import TRAINING, VALIDATION, ResidualNet, load_cifar10, train_residual


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)  # a second one spins on a busy machine


def follow(monkeypatch, folder):
    from settings import settings

    monkeypatch.setenv("EPOCHSCOPE_LOGDIR", str(folder))
    settings.cache_clear()


def test_is_of_any_depth():
    modules = ResidualNet(2, 4, 3).modules()
    convolutions = [each for each in modules if isinstance(each, torch.nn.Conv2d)]
    assert len(convolutions) == 1 + 3 * 2 * 2 + 2  # two shortcuts project


def test_records_each_step_of_each_stage(residual_log, monkeypatch):
    follow(monkeypatch, residual_log)
    run = open_run("resnet")
    found = find_anomalies(run, AnomalySettings(window=1))
    assert found.steps.tolist() == list(range(11))
    assert load_stages(run, found.steps).tolist() == [-1, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2]


@pytest.mark.skipif(
    "EPOCHSCOPE_CIFAR10" not in os.environ, reason="EPOCHSCOPE_CIFAR10 names no folder"
)
def test_anomalies_and_filter_change_follow_the_learning_rate(tmp_path, monkeypatch):
    folder = Path(os.environ["EPOCHSCOPE_CIFAR10"])
    split = load_cifar10(folder, training=TRAINING, validation=VALIDATION)
    train_residual(split, tmp_path / "resnet", steps=800, lr=0.1, blocks=1)
    follow(monkeypatch, tmp_path)
    run = open_run("resnet")
    found = find_anomalies(run, AnomalySettings())
    stages = load_stages(run, found.steps)
    by_stage = [found.chosen[:, stages == stage].sum() for stage in range(3)]
    assert by_stage[0] >= 10
    assert by_stage[0] >= 4 * sum(by_stage[1:])
    for layer in ("conv1", "stage3.0.conv2"):
        read = read_filter_statistics(run, layer, ["change", "relative"], "validation")
        change = read.values["change"]
        medians = [np.median(change[load_stages(run, read.steps) == stage]) for stage in range(3)]
        assert medians[0] > 10 * medians[1] > 100 * medians[2] > 0
        assert (read.values["relative"][1:] > 0).all()  # no filter is frozen
