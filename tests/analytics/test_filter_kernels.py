import numpy as np
import pytest
import torch
from torch import nn

from analytics.filter_kernels import arrange_kernels, order_kernels


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Conv2d(6, 4, (3, 5)), (6, 3, 5)),
        (nn.Conv2d(6, 4, 1), (6, 1, 1)),
        (nn.Conv2d(6, 4, 3, groups=2), (3, 3, 3)),
        (nn.Conv1d(6, 4, 7), (6, 1, 7)),
        (nn.Conv3d(2, 4, (3, 2, 5)), (6, 2, 5)),
        (nn.Linear(9, 4), (9, 1, 1)),
        (nn.BatchNorm2d(4), (1, 1, 1)),
    ],
)
def test_every_weight_of_a_filter_is_there_once(layer, shape):
    weight = layer.weight.detach().numpy()
    for filter_ in range(4):
        kernels = arrange_kernels(weight, filter_)
        assert kernels.shape == shape
        np.testing.assert_allclose(kernels.ravel(), weight[filter_].ravel())


@pytest.mark.parametrize("groups", [1, 2])
def test_a_transposed_kernel_is_what_a_single_input_puts_out(groups):
    layer = nn.ConvTranspose2d(6, 4, 3, groups=groups, bias=False)
    weight = layer.weight.detach().numpy()
    for filter_ in range(4):
        kernels = arrange_kernels(weight, filter_, transposed=True, groups=groups)
        inputs = 6 // groups
        for place in range(inputs):
            image = torch.zeros(1, 6, 1, 1)
            image[0, filter_ // (4 // groups) * inputs + place] = 1
            wanted = layer(image)[0, filter_].detach().numpy()
            np.testing.assert_allclose(kernels[place], wanted, atol=1e-6)


def test_the_largest_kernels_stand_first():
    kernels = np.array([1.0, -3, np.nan, 2, -3]).reshape(-1, 1, 1)
    assert order_kernels(kernels).tolist() == [2, 1, 4, 3, 0]


def test_refuses_a_filter_that_is_not_there():
    with pytest.raises(ValueError, match="0 to 3, got 4"):
        arrange_kernels(np.zeros((4, 2, 3, 3)), 4)
