"""What validate() writes: results of every image, neurons' activity, series of their own."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from epochscope import Recorder
from epochscope.log_reader import read_log
from epochscope.recording.border import RecordingWarning
from tests.epochscope.recording.reading import layer_index, read_curve, read_row, read_rows
from tests.epochscope.recording.trainings import unet, vae


@pytest.fixture
def images():
    torch.manual_seed(5)
    return TensorDataset(torch.rand(90, 1, 8, 8), torch.randint(0, 7, (90,)))


@pytest.fixture
def model():
    torch.manual_seed(6)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Dropout(), nn.Linear(144, 7)
    )


def outputs_of(model, images):
    with torch.no_grad():
        return model.eval()(images.tensors[0])


def test_predictions_bits_confidence_and_loss_follow_their_definition(tmp_path, model, images):
    folder = tmp_path / "run"
    names = [f"class {c}" for c in range(7)]
    with Recorder(folder, model, class_names=names, strict=True) as recorder:
        recorder.log_images(images)
        recorder.validate(DataLoader(images, batch_size=40), loss=F.cross_entropy)
        assert model.training
    logits, labels = outputs_of(model, images), images.tensors[1].numpy()
    predicted, shares = logits.argmax(1).numpy(), logits.softmax(1).amax(1).numpy()
    each = F.cross_entropy(logits, images.tensors[1], reduction="none").numpy()
    rows = read_rows(folder, "class_stat")
    assert [row["class"] for row in rows] == sorted(set(labels.tolist()))
    for row in rows:
        mine = np.flatnonzero(labels == row["class"])  # slots stand in the order of the images
        right = predicted[mine] == row["class"]
        assert (row["n"], row["right"]) == (len(mine), right.sum())
        assert row["predicted"] == predicted[mine].tolist()
        bits = [row["bits"][slot // 64] >> slot % 64 & 1 for slot in range(len(mine))]
        assert bits == right.astype(int).tolist()
        np.testing.assert_allclose(np.array(row["confidence"]) / 254, shares[mine], atol=0.5 / 254)
        np.testing.assert_allclose(row["loss"], each[mine].mean(), rtol=1e-3)
        top = logits[torch.from_numpy(mine)].topk(5).indices.numpy()
        assert row["right_top5"] == (top == row["class"]).any(1).sum()
    assert read_curve(folder, "validation/loss")[0] == pytest.approx(each.mean(), rel=1e-5)
    assert read_curve(folder, "validation/error")[0] == pytest.approx((predicted != labels).mean())
    assert [row["name"] for row in read_rows(folder, "classes")] == names


def test_neurons_are_averaged_over_all_samples_after_their_rectifier(tmp_path, model, images):
    folder = tmp_path / "run"
    with Recorder(folder, model, strict=True) as recorder:
        recorder.validate(DataLoader(images, batch_size=40))
    with torch.no_grad():
        active = model[1](model[0](images.tensors[0])).movedim(1, 0).flatten(1).double()
    row = read_row(folder, "filter_stat", layer=layer_index(folder, "0"), series="validation")
    np.testing.assert_allclose(row["activation_mean"], active.mean(1), rtol=1e-3)
    np.testing.assert_allclose(row["activation_max"], active.amax(1), rtol=1e-3)
    np.testing.assert_allclose(row["active_share"], (active > 0).double().mean(1), rtol=1e-3)


def test_validations_are_a_series_of_their_own_with_the_top_filters(tmp_path, model, images):
    folder = tmp_path / "run"
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loader = DataLoader(images, batch_size=45)
    with Recorder(folder, model, optimizer=optimizer, every=2, strict=True) as recorder:
        for step in range(1, 7):
            optimizer.zero_grad()
            F.cross_entropy(model(images.tensors[0]), images.tensors[1]).backward()
            optimizer.step()
            recorder.step()
            if step in (3, 6):
                recorder.validate(loader)
    index = layer_index(folder, "4")
    for series, steps in (("statistics", [0, 1, 2, 4, 6]), ("validation", [3, 6])):
        rows = read_rows(folder, "filter_stat", layer=index, series=series)
        assert [row["step"] for row in rows] == steps
        assert [row["previous_step"] for row in rows] == [None, *steps[:-1]]
    assert read_rows(folder, "filter_top", step=3) == []
    top = read_rows(folder, "filter_top", step=6)
    change = {
        (row["layer"], f): value
        for row in read_rows(folder, "filter_stat", step=6, series="validation")
        for f, value in enumerate(row["change"])
    }
    expected = sorted(change, key=change.get, reverse=True)
    assert [row["rank_all"] for row in top] == list(range(1, 12))
    found = [change[row["layer"], row["filter"]] for row in top]
    np.testing.assert_allclose(found, [change[key] for key in expected], rtol=2e-3)


def test_an_image_whose_logits_are_not_finite_has_no_prediction(tmp_path, images):
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 7))
    images.tensors[0][11] = torch.nan
    images.tensors[0][12] = torch.inf
    with Recorder(tmp_path / "run", model, strict=True) as recorder:
        recorder.log_images(images)
        recorder.validate(DataLoader(images, batch_size=90))
    rows = {row["class"]: row for row in read_rows(tmp_path / "run", "class_stat")}
    where = {row["image"]: row for row in read_rows(tmp_path / "run", "images")}
    none = [
        (class_, slot)
        for class_, row in rows.items()
        for slot, predicted in enumerate(row["predicted"])
        if predicted == -1
    ]
    assert sorted(none) == sorted((where[i]["class"], where[i]["slot"]) for i in (11, 12))


def test_a_shuffling_loader_is_refused_with_advice(tmp_path, model, images):
    folder = tmp_path / "run"
    with Recorder(folder, model) as recorder:
        recorder.log_images(images)
        with pytest.warns(RecordingWarning, match="shuffle=False"):
            recorder.validate(DataLoader(images, batch_size=90, shuffle=True), loss=F.cross_entropy)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # it warns once
            recorder.validate(DataLoader(TensorDataset(*images[:50]), batch_size=50))
    assert read_rows(folder, "class_stat") == []
    assert 0 in read_curve(folder, "validation/loss")
    messages = [row["message"] for row in read_rows(folder, "event", kind="failure")]
    assert len(messages) == 2
    assert "saw 50 samples where log_images() had 90" in messages[1]


def test_without_log_images_the_first_validation_names_the_samples(tmp_path, model, images):
    with Recorder(tmp_path / "run", model, strict=True) as recorder:
        recorder.validate(DataLoader(images, batch_size=90))
        recorder.validate(DataLoader(images, batch_size=30))
    rows = read_rows(tmp_path / "run", "images")
    assert [row["class"] for row in rows] == images.tensors[1].tolist()
    assert len(read_rows(tmp_path / "run", "class_stat")) == 14


@pytest.mark.parametrize("build", [unet, vae])
def test_a_score_of_each_sample_stands_in_for_predictions(tmp_path, build):
    torch.manual_seed(4)
    training = build()
    with Recorder(tmp_path / "run", training.model, strict=True) as recorder:
        recorder.validate(training.loader, **training.validation)
    row = read_row(tmp_path / "run", "class_stat")
    assert len(row["score"]) == row["n"] == 8
    assert (row["right"], row["bits"], row["predicted"]) == (None, None, None)


def test_snapshots_are_taken_at_first_at_last_and_at_most_ten_times(tmp_path, model, images):
    loader = DataLoader(images, batch_size=90)
    with Recorder(tmp_path / "run", model, total_steps=30, every=1000, strict=True) as recorder:
        recorder.log_images(images)
        recorder.validate(loader)
        for _ in range(30):
            recorder.step()
            recorder.validate(loader)
    names = sorted(Path(file.path).stem for file in read_log(tmp_path / "run").of("snapshot"))
    steps = [int(name.split("-")[0]) for name in names]
    assert (steps[0], steps[-1], len(steps)) == (0, 30, 10)


def test_a_snapshot_can_be_asked_for_over_the_logged_inputs(tmp_path, model, images):
    with Recorder(tmp_path / "run", model, strict=True) as recorder:
        recorder.log_images(images)
        recorder.step()
        recorder.snapshot()
        assert model.training
    assert [file.step_min for file in read_log(tmp_path / "run").of("snapshot")] == [1]


def test_a_run_without_validations_ends_with_a_snapshot_of_the_logged_inputs(
    tmp_path, model, images
):
    with Recorder(tmp_path / "run", model, strict=True) as recorder:
        recorder.log_images(images)
        for _ in range(3):
            recorder.step()
    assert [file.step_min for file in read_log(tmp_path / "run").of("snapshot")] == [3]


def test_a_generator_that_loader_and_training_share_is_put_back(tmp_path, model, images):
    generator = torch.Generator().manual_seed(1)
    loader = DataLoader(images, batch_size=90, generator=generator)
    before = generator.get_state()
    with Recorder(tmp_path / "run", model, strict=True) as recorder:
        recorder.validate(loader)
    assert torch.equal(generator.get_state(), before)
