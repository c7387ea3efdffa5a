"""What a layer, a neuron and a filter is in each kind of module."""

import numpy as np
import pytest
import torch
from torch import nn

from epochscope.recording.layers import find_layers, find_nodes


def layer_of(module, name=""):
    return next(layer for layer in find_layers(module) if layer.name == name)


@pytest.mark.parametrize(
    "module", [nn.Conv1d(4, 6, 3, groups=2), nn.Conv3d(2, 5, 2), nn.Conv2d(3, 4, 1)]
)
def test_a_convolutions_filters_are_its_output_channels(module):
    filters = layer_of(module).filters()
    assert torch.equal(filters, module.weight.flatten(1))
    assert filters.data_ptr() == module.weight.data_ptr()  # a view


@pytest.mark.parametrize("groups", [1, 2])
def test_a_transposed_convolutions_filters_are_its_output_channels_within_their_group(groups):
    module = nn.ConvTranspose2d(4, 6, 3, groups=groups, bias=False)
    filters = layer_of(module).filters()
    for channel in range(6):
        with torch.no_grad():
            silent = nn.ConvTranspose2d(4, 6, 3, groups=groups, bias=False)
            silent.weight.copy_(module.weight)
            group, within = divmod(channel, 6 // groups)
            inputs = range(group * 4 // groups, (group + 1) * 4 // groups)
            mine = torch.stack([silent.weight[i, within].clone() for i in inputs])
            for i in inputs:
                silent.weight[i, within] = 0
            out = silent(torch.rand(1, 4, 5, 5))
        assert torch.equal(filters[channel], mine.flatten())
        assert out[0, channel].abs().max() == 0
        assert sum(out[0, other].abs().max() > 0 for other in range(6)) == 5


@pytest.mark.parametrize(
    ("module", "gates"), [(nn.LSTM(3, 5), 4), (nn.GRU(3, 5), 3), (nn.GRUCell(3, 5), 3)]
)
def test_a_hidden_units_filter_is_its_row_of_every_gate(module, gates):
    filters = layer_of(module).filters()
    tensors = [p for name, p in module.named_parameters() if "weight" in name]
    for unit in range(5):
        rows = [weight[gate * 5 + unit] for weight in tensors for gate in range(gates)]
        assert torch.equal(filters[unit], torch.cat(rows))


def test_the_parts_of_a_deep_recurrent_layer_are_layers_and_the_last_ones_are_heard():
    module = nn.LSTM(3, 5, num_layers=2, bidirectional=True, batch_first=True)
    layers = find_layers(module)
    assert [layer.name for layer in layers] == ["l0", "l0_reverse", "l1", "l1_reverse"]
    output = module(torch.rand(2, 7, 3))
    heard = [layer.activation(output) for layer in layers if layer.tap is not None]
    assert torch.equal(torch.cat(heard, -1), output[0])


def test_attention_is_query_key_value_and_projection():
    module = nn.MultiheadAttention(8, 2)
    layers = {layer.name: layer for layer in find_layers(module)}
    assert list(layers) == ["query", "key", "value", "out_proj"]
    assert torch.equal(layers["key"].filters(), module.in_proj_weight[8:16])
    assert torch.equal(layers["out_proj"].filters(), module.out_proj.weight)
    sequence = torch.rand(4, 1, 8)
    output = module(sequence, sequence, sequence)
    assert torch.equal(layers["out_proj"].activation(output), output[0])
    assert layers["query"].tap is None


def test_a_parametrised_layer_has_the_effective_weight_and_keeps_its_state():
    module = nn.utils.parametrizations.spectral_norm(nn.Linear(6, 4))
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    filters = layer_of(module).filters()
    assert all(torch.equal(before[name], now) for name, now in module.state_dict().items())
    assert layer_of(module).type == "Linear"
    module.eval()
    assert torch.equal(filters, module.weight)


def test_normalisation_has_one_number_per_channel_and_large_embeddings_no_filters():
    assert layer_of(nn.BatchNorm2d(7)).filters().shape == (7, 1)
    assert layer_of(nn.LayerNorm(7)).neuron_axis == -1
    assert layer_of(nn.Embedding(9, 4)).filters().shape == (9, 4)
    assert layer_of(nn.Embedding(70_000, 1)).filters() is None
    assert layer_of(nn.PReLU()).filters() is None


def test_shared_and_tied_weights_refer_to_the_first_layer_that_has_them():
    shared = nn.Linear(4, 4)
    tied = nn.Linear(4, 4)
    tied.weight = shared.weight
    nodes = find_nodes(nn.ModuleDict({"a": shared, "b": shared, "c": tied, "d": nn.Linear(4, 4)}))
    assert {node.name: node.tied_to for node in nodes} == {
        "": None,
        "a": None,
        "b": 1,
        "c": 1,
        "d": None,
    }
    assert [node.index for node in nodes] == list(range(5))


def test_models_in_a_dict_are_told_apart_by_their_names():
    layers = find_layers({"g": nn.Sequential(nn.Linear(2, 3)), "d": nn.Linear(3, 1)})
    assert [layer.name for layer in layers] == ["g.0", "d"]
    assert layers[0].weight_names == ("g.0.weight",)


def test_gradient_filters_are_shaped_like_the_filters():
    module = nn.Conv2d(2, 3, 2)
    assert layer_of(module).gradient_filters() is None
    module(torch.rand(1, 2, 4, 4)).sum().backward()
    np.testing.assert_array_equal(
        layer_of(module).gradient_filters(), module.weight.grad.flatten(1)
    )
