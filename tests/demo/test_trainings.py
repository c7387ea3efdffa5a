"""The demo's findings hold for other seeds than the one it shows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from demo.catalogue import FAULT_AT, RUNS
from demo.images import load_digits
from demo.trainings import NonFiniteLossError, train_autoencoder, train_classifier
from epochscope.log_reader import read_log, read_table


def ignore_progress(step):
    pass


@pytest.fixture(scope="module")
def split():
    torch.set_num_threads(1)
    return load_digits()


def read_scalar(folder, name):
    files = read_log(folder).of("scalar")
    rows = pd.concat([read_table(folder, file).to_pandas() for file in files])
    rows = rows[rows["name"] == name].sort_values("step")
    return rows["step"].to_numpy(), rows["value"].to_numpy()


def rarely_validated(settings, **changes):
    return replace(settings, validate_every=10**6, **changes)


@pytest.mark.parametrize("seed", range(4))
def test_one_scaled_image_makes_the_loss_nan_at_its_draw(seed, split, tmp_path):
    settings = rarely_validated(RUNS["vae_failing"], seed=seed)
    with pytest.raises(NonFiniteLossError):
        train_autoencoder(split, tmp_path / "run", settings, ignore_progress)
    steps, losses = read_scalar(tmp_path / "run", "train/loss")
    assert steps[~np.isfinite(losses)][0] == FAULT_AT
    assert read_log(tmp_path / "run").end.state == "failed"


def test_a_bounded_variance_survives_the_same_image(split, tmp_path):
    settings = rarely_validated(RUNS["vae_repaired"], steps=FAULT_AT + 200)
    train_autoencoder(split, tmp_path / "run", settings, ignore_progress)
    _, losses = read_scalar(tmp_path / "run", "train/loss")
    assert np.isfinite(losses).all()
    assert losses[FAULT_AT - 1] > 1e6
    assert np.median(losses[-20:]) < 3 * np.median(losses[FAULT_AT - 21 : FAULT_AT - 1])


@pytest.mark.parametrize("seed", range(3))
def test_the_hinge_loss_is_stuck_at_two(seed, split, tmp_path):
    settings = rarely_validated(RUNS["hinge_stuck"], seed=seed, steps=200)
    train_classifier(split, tmp_path / "run", settings, ignore_progress)
    _, losses = read_scalar(tmp_path / "run", "train/loss")
    assert np.median(losses[-50:]) == pytest.approx(2, abs=0.15)
    _, errors = read_scalar(tmp_path / "run", "train/error")
    assert np.mean(errors[-50:]) > 0.8


def test_the_classifier_learns(split, tmp_path):
    settings = rarely_validated(RUNS["base_cnn"], steps=200)
    train_classifier(split, tmp_path / "run", settings, ignore_progress)
    _, errors = read_scalar(tmp_path / "run", "train/error")
    assert np.mean(errors[-20:]) < 0.15


def test_the_same_seed_gives_the_same_losses(split, tmp_path):
    losses = []
    for name in ("one", "two"):
        settings = rarely_validated(RUNS["narrow_cnn"], steps=30)
        train_classifier(split, tmp_path / name, settings, ignore_progress)
        losses.append(read_scalar(tmp_path / name, "train/loss")[1])
    np.testing.assert_array_equal(*losses)
