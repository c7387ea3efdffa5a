"""A small real training in which some filters are kept from learning, each in its own way."""

import warnings

import torch
from torch import nn

from epochscope import Recorder

FROZEN, DECAYING, INACTIVE, LEADING = 2, 5, 9, 14
FILTERS, STEPS, DROP = 20, 60, 20
DECAY = 0.02


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, FILTERS, 3, padding=1)
        self.relu = nn.ReLU()
        self.second = nn.Conv2d(FILTERS, FILTERS, 3, padding=1)
        self.act = nn.ReLU()
        self.head = nn.Linear(FILTERS, 4)

    def forward(self, x):
        h = self.act(self.second(self.relu(self.first(x))))
        return self.head(h.mean((2, 3)))


def _spoil(model, generator):
    """Make one filter of the second layer frozen, one only decay, one silent, one lead late."""
    weight = model.second.weight
    state = {"late": False}

    def change(gradient):
        gradient = gradient.clone()
        # Away from ties, so that every other filter learns at every step.
        gradient += 0.002 * torch.randn(gradient.shape, generator=generator)
        gradient[FROZEN] = 0
        gradient[DECAYING] = DECAY * weight.detach()[DECAYING]
        if state["late"]:
            gradient[LEADING] *= 20
        return gradient

    weight.register_hook(change)
    model.second.bias.requires_grad_(False)
    model.second.bias.data[INACTIVE] = -1e4
    model.second.bias.data[FROZEN] = 0.5
    model.second.bias.data[DECAYING] = 0.5
    return state


def record_marked_training(folder):
    """Record the training into the folder, each step and with a validation every third."""
    torch.manual_seed(3)
    generator = torch.Generator().manual_seed(4)
    model = Net()
    state = _spoil(model, generator)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.05)
    inputs, targets = torch.randn(32, 3, 6, 6), torch.randint(0, 4, (32,))
    loader = [(inputs, targets)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recorder = Recorder(folder, model, optimizer=optimizer, every=2, snapshot_every=30)
    with recorder:
        recorder.log_images(torch.utils.data.TensorDataset(inputs, targets))
        recorder.validate(loader)
        for step in range(1, STEPS + 1):
            if step == DROP:
                optimizer.param_groups[0]["lr"] = 0.005
                state["late"] = True
            loss = nn.functional.cross_entropy(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            recorder.step(loss=loss)
            if step % 3 == 0:
                recorder.validate(loader)
    return model
