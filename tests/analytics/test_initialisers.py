"""The expected spread is what PyTorch draws."""

import pytest
import torch
from torch import nn

from analytics.initialisers import expect_spread

MODULES = [
    nn.Linear(300, 200),
    nn.Conv1d(40, 50, 5),
    nn.Conv2d(24, 48, 3),
    nn.Conv2d(32, 64, 3, groups=4),
    nn.ConvTranspose2d(48, 24, 3),
    nn.Embedding(300, 40),
    nn.BatchNorm2d(32),
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: type(module).__name__)
def test_the_default_is_what_pytorch_draws(module):
    torch.manual_seed(7)
    module.reset_parameters()
    expected = expect_spread(type(module).__name__, tuple(module.weight.shape)).default
    assert float(module.weight.detach().std()) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize(
    "cell", [nn.LSTM(80, 60), nn.GRU(80, 60), nn.RNN(80, 60), nn.LSTMCell(80, 60)]
)
def test_the_default_of_recurrent_layers_follows_their_units(cell):
    weight = next(one for name, one in cell.named_parameters() if name.startswith("weight_ih"))
    expected = expect_spread(type(cell).__name__, tuple(weight.shape)).default
    assert float(weight.detach().std()) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_the_parts_of_an_attention_share_one_draw(part):
    torch.manual_seed(7)
    module = nn.MultiheadAttention(96, 4)
    rows = module.in_proj_weight.detach()[96 * part : 96 * (part + 1)]
    expected = expect_spread("MultiheadAttention.query", (96, 96)).default
    assert float(rows.std()) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("shape", [(200, 300), (48, 24, 3, 3)])
def test_he_and_xavier_are_those_of_torch(shape):
    torch.manual_seed(7)
    found = expect_spread("Linear", shape)
    he = nn.init.kaiming_normal_(torch.empty(shape), nonlinearity="relu").std()
    xavier = nn.init.xavier_normal_(torch.empty(shape)).std()
    assert (found.he, found.xavier) == (
        pytest.approx(float(he), rel=0.03),
        pytest.approx(float(xavier), rel=0.03),
    )


def test_a_type_or_shape_that_is_not_known_has_no_expectation():
    assert expect_spread("MyLayer", (4, 4)).default is None
    assert expect_spread("Linear", None).he is None
