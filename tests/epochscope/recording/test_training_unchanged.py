"""Training is the same to the last bit with and without the recorder, whatever the architecture."""

import copy
import pickle
import random

import numpy as np
import pytest
import torch

from epochscope import Recorder
from epochscope.log_reader import read_log
from tests.epochscope.recording.reading import read_rows
from tests.epochscope.recording.trainings import ALL, Training, cnn, roots

STEPS = 9


def run(build, folder=None, **options):
    """Train; return losses, weights, modes and random states, to be compared bit by bit."""
    torch.manual_seed(3)
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002  the global state is what must stay
    training: Training = build()
    recorder = None
    if folder is not None:
        options = {"every": 3, "strict": True, "optimizer": training.optimizer, **options}
        recorder = Recorder(folder, training.model, **options)
    losses = []
    for step in range(1, STEPS + 1):
        scalars = training.update(step)
        losses.append({name: value.item() for name, value in scalars.items()})
        if recorder is not None:
            recorder.step(**scalars)
            if step in (2, 6):
                recorder.validate(training.loader, **training.validation)
    if recorder is not None:
        recorder.close()
    return training, losses, state(training)


def state(training):
    models = roots(training.model)
    tensors = [t.clone() for model in models for t in model.state_dict().values()]
    gradients = [p.grad for model in models for p in model.parameters()]
    modes = [module.training for model in models for module in model.modules()]
    drawn = (torch.get_rng_state().tolist(), random.random(), np.random.random())  # noqa: NPY002
    return tensors, gradients, modes, drawn


def hooks(training):
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    modules = [module for model in roots(training.model) for module in model.modules()]
    found = [getattr(module, kind) for module in modules for kind in kinds]
    for model in roots(training.model):
        found += [p._post_accumulate_grad_hooks or {} for p in model.parameters()]
        found += [p._backward_hooks or {} for p in model.parameters()]
    optimizers = training.optimizer
    if optimizers is not None:
        several = optimizers.values() if isinstance(optimizers, dict) else [optimizers]
        found += [one._optimizer_step_pre_hooks for one in several]
    return sum(map(len, found))


@pytest.mark.parametrize("build", ALL, ids=lambda build: build.__name__)
def test_losses_weights_modes_and_random_states_are_the_same(build, tmp_path):
    plain, losses, (tensors, gradients, modes, drawn) = run(build)
    recorded, same_losses, (same, same_gradients, same_modes, same_drawn) = run(
        build, tmp_path / "run"
    )
    assert losses == same_losses
    assert all(torch.equal(a, b) for a, b in zip(tensors, same, strict=True))
    for a, b in zip(gradients, same_gradients, strict=True):
        assert (a is None) == (b is None)
        assert a is None or torch.equal(a, b)
    assert modes == same_modes
    assert drawn == same_drawn
    assert hooks(recorded) == hooks(plain)
    log = read_log(tmp_path / "run")
    assert {"layer_stat", "filter_stat", "class_stat", "scalar", "layers", "graph"} <= {
        file.table for file in log.files
    }
    steps = {row["step"] for row in read_rows(tmp_path / "run", "layer_stat")}
    assert steps == {0, 1, 2, 3, 4, 6, 8, 9}


def test_a_model_is_copied_and_pickled_while_hooks_are_attached(tmp_path):
    torch.manual_seed(3)
    training = cnn()
    with Recorder(
        tmp_path / "run", training.model, optimizer=training.optimizer, every=1
    ) as recorder:
        assert hooks(training) > 0
        average = copy.deepcopy(training.model)
        again = pickle.loads(pickle.dumps(training.model))
        optimizer = pickle.loads(pickle.dumps(training.optimizer))
        for twin in (average, again):
            twin(training.loader[0][0])  # its hooks are there, and do nothing
        training.update(1)
        recorder.step()
        copied = pickle.loads(pickle.dumps(recorder))
        copied.step(loss=1.0)
        copied.close()
        copy.deepcopy(recorder).step(loss=1.0)
    assert optimizer.state_dict()["param_groups"] == training.optimizer.state_dict()["param_groups"]
    log = read_log(tmp_path / "run")
    assert log.last_step == 1


def test_an_average_of_the_model_is_validated_in_its_place(tmp_path):
    torch.manual_seed(3)
    training = cnn()
    with Recorder(tmp_path / "run", training.model, every=100, strict=True) as recorder:
        average = copy.deepcopy(training.model)
        recorder.step()
        recorder.validate(training.loader, model=average, **training.validation)
    assert read_log(tmp_path / "run").of("class_stat")


def test_the_recorder_is_off_when_it_is_not_enabled(tmp_path):
    training = cnn()
    recorder = Recorder(tmp_path / "run", training.model, enabled=False)
    assert hooks(training) == 0
    recorder.step(loss=training.update(1)["loss"])
    recorder.validate(training.loader)
    recorder.log_images(training.loader)
    recorder.close()
    assert not (tmp_path / "run").exists()
