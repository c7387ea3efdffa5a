"""The networks of the demo: small enough for a laptop's CPU, real enough to go wrong."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

SIDE = 32  # pixels of an image's edge
LATENT = 16  # latent variables of each sampling layer


class ConvNet(nn.Module):
    """A plain CNN: three blocks of two convolutions, one hidden linear layer."""

    def __init__(self, channels: int, classes: int, width: float = 1.0) -> None:
        super().__init__()
        first, second, third = (max(2, round(width * size)) for size in (12, 24, 32))
        self.conv1_1 = nn.Conv2d(channels, first, 3, stride=2, padding=1)
        self.conv1_2 = nn.Conv2d(first, first, 3, padding=1)
        self.conv2_1 = nn.Conv2d(first, second, 3, padding=1)
        self.conv2_2 = nn.Conv2d(second, second, 3, padding=1)
        self.conv3_1 = nn.Conv2d(second, third, 3, padding=1)
        self.conv3_2 = nn.Conv2d(third, third, 3, padding=1)
        self.fc1 = nn.Linear(third * 4, max(8, round(width * 64)))
        self.fc2 = nn.Linear(self.fc1.out_features, classes)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits (image, class) of `images` (image, channel, row, column)."""
        hidden = self.relu(self.conv1_2(self.relu(self.conv1_1(images))))
        hidden = self.pool(hidden)
        hidden = self.pool(self.relu(self.conv2_2(self.relu(self.conv2_1(hidden)))))
        hidden = self.pool(self.relu(self.conv3_2(self.relu(self.conv3_1(hidden)))))
        logits: Tensor = self.fc2(self.relu(self.fc1(hidden.flatten(1))))
        return logits


def initialise_he(network: nn.Module) -> None:
    """Draw every weight as He et al. (2015) do: normal, sd = sqrt(2 / fan in); biases zero."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


class Gaussian(NamedTuple):
    """Mean and log-variance of a latent distribution, each (image, latent)."""

    mean: Tensor
    log_variance: Tensor


class Sampling(nn.Module):
    """A Gaussian sampling layer: mean and log-variance heads, and one draw."""

    def __init__(self, inputs: int, bounded: bool) -> None:
        super().__init__()
        self.mean = nn.Linear(inputs, LATENT)
        self.log_variance = nn.Linear(inputs, LATENT)
        self.bounded = bounded

    def forward(self, hidden: Tensor) -> tuple[Tensor, Gaussian]:
        """Return a draw (image, latent) and the distribution it came from."""
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        if self.bounded:
            # The repair: exp() of a bounded value cannot overflow.
            log_variance = 4 * torch.tanh(log_variance / 4)
        noise = torch.randn_like(mean)
        return mean + (0.5 * log_variance).exp() * noise, Gaussian(mean, log_variance)


class Reconstruction(NamedTuple):
    """What the autoencoder was given, what it made of it, and the two latent distributions."""

    inputs: Tensor
    images: Tensor
    first: Gaussian
    second: Gaussian


class VariationalAutoencoder(nn.Module):
    """A convolutional variational autoencoder with two Gaussian sampling layers."""

    def __init__(self, channels: int, bounded: bool = False) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 8, 4, 2, 1)
        self.conv2 = nn.Conv2d(8, 16, 4, 2, 1)
        self.conv3 = nn.Conv2d(16, 32, 4, 2, 1)
        self.encode = nn.Linear(512, 64)
        self.sample1 = Sampling(64, bounded)
        self.middle = nn.Linear(LATENT, 64)
        self.sample2 = Sampling(64, bounded)
        self.decode = nn.Linear(LATENT, 512)
        self.deconv3 = nn.ConvTranspose2d(32, 16, 4, 2, 1)
        self.deconv2 = nn.ConvTranspose2d(16, 8, 4, 2, 1)
        self.deconv1 = nn.ConvTranspose2d(8, channels, 4, 2, 1)
        self.relu = nn.ReLU()

    def forward(self, images: Tensor) -> Reconstruction:
        """Encode `images` (image, channel, row, column), draw twice, and decode."""
        hidden = images
        for layer in (self.conv1, self.conv2, self.conv3):
            hidden = self.relu(layer(hidden))
        hidden = self.relu(self.encode(hidden.flatten(1)))
        drawn, first = self.sample1(hidden)
        drawn, second = self.sample2(self.relu(self.middle(drawn)))
        hidden = self.relu(self.decode(drawn)).unflatten(1, (32, 4, 4))
        hidden = self.relu(self.deconv2(self.relu(self.deconv3(hidden))))
        return Reconstruction(images, self.deconv1(hidden), first, second)


def measure_autoencoder_losses(output: Reconstruction) -> Tensor:
    """Return the loss of each image (image,): half squared error plus both divergences, in nats."""
    squared = 0.5 * (output.images - output.inputs).square().flatten(1).sum(1)
    return squared + _measure_divergence(output.first) + _measure_divergence(output.second)


def _measure_divergence(latent: Gaussian) -> Tensor:
    mean, log_variance = latent
    return 0.5 * (log_variance.exp() + mean.square() - 1 - log_variance).sum(1)


def measure_hinge_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the one-against-rest hinge loss: mean over images of sum over classes max(0, 1 - t·o).

    A network that answers -1 for every class costs exactly 2.0 and gets no gradient towards
    anything better once its rectifiers are dead.
    """
    targets = torch.full_like(logits, -1.0).scatter_(1, labels[:, None], 1.0)
    return (1 - targets * logits).clamp(min=0).sum(1).mean()
