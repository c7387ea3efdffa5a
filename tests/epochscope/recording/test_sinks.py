import gc
import weakref

import pytest
import torch
from torch import nn

from epochscope.recording.graph import LossSinks


@pytest.fixture
def outputs():
    model = nn.Linear(3, 2)
    x = torch.randn(4, 3)
    return model, {"left": model(x), "right": [model(x) ** 2, model(x).exp()]}


def test_ties_a_loss_to_the_outputs_it_was_computed_from(outputs):
    _, made = outputs
    sinks = LossSinks()
    sinks.watch(made)
    loss = (made["left"] * made["right"][1]).mean()
    found = sinks.tie({"train/loss": loss, "accuracy": loss.detach(), "plain": 0.5})
    wanted = {"name": "train/loss", "operation": "MeanBackward0", "direct": False}
    assert found == [wanted | {"outputs": ["output['left']", "output['right'][1]"]}]


@pytest.mark.parametrize("backward", [False, True])
def test_works_before_and_after_backward(backward, outputs):
    _, made = outputs
    sinks = LossSinks()
    sinks.watch(made)
    loss = made["right"][0].sum()
    if backward:
        loss.backward()
    assert sinks.tie({"loss": loss})[0]["outputs"] == ["output['right'][0]"]


def test_sees_through_an_output_that_made_another():
    weight = torch.randn(3, requires_grad=True)
    middle = weight * 2
    made = middle.exp()
    sinks = LossSinks()
    sinks.watch((made, middle))
    assert sinks.tie({"loss": made.sum()})[0]["outputs"] == ["output[0]"]


def test_says_when_a_loss_reaches_parameters_past_the_outputs(outputs):
    model, made = outputs
    sinks = LossSinks()
    sinks.watch(made)
    penalty = model.weight.square().sum()
    assert sinks.tie({"loss": made["left"].sum() + penalty})[0]["direct"] is True


def test_separates_models_and_losses(outputs):
    _, made = outputs
    sinks = LossSinks()
    sinks.watch(made["left"], "critic.")
    sinks.watch(made["right"], "maker.")
    found = sinks.tie({"d": made["left"].sum(), "g": made["right"][0].sum()})
    assert {sink["name"]: sink["outputs"] for sink in found} == {
        "d": ["critic.output"],
        "g": ["maker.output[0]"],
    }


def test_lets_go_of_the_autograd_graph():
    saved = torch.randn(3, requires_grad=True) * 1
    held, sinks = weakref.ref(saved), LossSinks()
    sinks.watch(saved**2)
    del saved
    assert held() is not None
    sinks.tie({})
    gc.collect()
    assert held() is None
