"""Networks of many kinds, written by hand, that tests record and replay."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn


class Case(NamedTuple):
    """A network, and how to make a batch of its inputs."""

    model: nn.Module
    inputs: Callable[[int], tuple]


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(6, 8, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2)),
        )
        self.head = nn.Linear(8 * 4 * 4, 5)
        self.dropout = nn.Dropout(0.3)

    def forward(self, x):
        return self.head(self.dropout(self.features(x).flatten(1)))


class Vae(nn.Module):
    """Two Gaussian layers; one drawn by randn_like, one by a distribution's rsample()."""

    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Conv2d(1, 4, 4, 2, 1), nn.ReLU(), nn.Flatten())
        self.mean_a, self.spread_a = nn.Linear(4 * 64, 6), nn.Linear(4 * 64, 6)
        self.between = nn.Linear(6, 12)
        self.mean_b, self.spread_b = nn.Linear(12, 3), nn.Linear(12, 3)
        self.decode = nn.Linear(3, 4 * 64)
        self.up = nn.ConvTranspose2d(4, 1, 4, 2, 1)

    def forward(self, x):
        h = self.encode(x)
        mean_a, log_a = self.mean_a(h), self.spread_a(h)
        z = mean_a + torch.exp(log_a / 2) * torch.randn_like(mean_a)
        h = F.relu(self.between(z))
        drawn = torch.distributions.Normal(self.mean_b(h), F.softplus(self.spread_b(h)))
        h = F.relu(self.decode(drawn.rsample()))
        kl = torch.distributions.kl_divergence(drawn, torch.distributions.Normal(0.0, 1.0))
        image = self.up(h.view(len(x), 4, 8, 8))
        return {"image": image, "divergence": kl.sum(1), "moments": (mean_a, log_a)}


class Block(nn.Module):
    def __init__(self, inner, outer, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inner, outer, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outer)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outer, outer, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outer)
        self.downsample = None
        if stride != 1 or inner != outer:
            shortcut = nn.Conv2d(inner, outer, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(outer))

    def forward(self, x):
        h = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        h += x if self.downsample is None else self.downsample(x)
        return self.relu(h)


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.MaxPool2d(3, 2, 1)
        widths, inner, stages = (64, 128, 256, 512), 64, []
        for stage, width in enumerate(widths):
            stages.append(Block(inner, width, 2 if stage else 1))
            stages.append(Block(width, width, 1))
            inner = width
        self.stages = nn.Sequential(*stages)
        self.fc = nn.Linear(512, 10)

    def forward(self, x):
        h = self.stages(self.pool(self.relu(self.bn1(self.conv1(x)))))
        return self.fc(F.adaptive_avg_pool2d(h, 1).flatten(1))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(1, 4, 3, padding=1)
        self.bottom = nn.Sequential(nn.Conv2d(4, 8, 3, padding=1), nn.GroupNorm(2, 8), nn.SiLU())
        self.up = nn.ConvTranspose2d(8, 4, 2, 2)
        self.out = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        left = F.leaky_relu(self.down(x), 0.1)
        deep = self.bottom(F.avg_pool2d(left, 2))
        smooth = F.interpolate(deep, scale_factor=2, mode="bilinear", align_corners=False)
        joined = torch.cat([left, self.up(deep) + smooth[:, :4]], 1)
        return self.out(joined)


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 6)
        self.lstm = nn.LSTM(6, 8, 2, batch_first=True, dropout=0.2)
        self.gru = nn.GRU(8, 5, batch_first=True, bidirectional=True)
        self.out = nn.Linear(10, 4)

    def forward(self, tokens):
        hidden, _ = self.lstm(self.embed(tokens))
        return self.out(self.gru(hidden)[0][:, -1])


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 8)
        self.place = nn.Parameter(torch.randn(1, 7, 8))
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = nn.Linear(8, 20, bias=False)
        self.out.weight = self.embed.weight  # tied

    def forward(self, tokens):
        mask = nn.Transformer.generate_square_subsequent_mask(tokens.shape[1])
        hidden = self.encoder(self.embed(tokens) + self.place, mask=mask)
        return self.out(hidden)


class InPlace(nn.Module):
    """Writes into slices, rows and views of what it computed before."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(6, 8), nn.Linear(8, 8)
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, x):
        self.seen += 1
        h = self.a(x)
        before = h * 2
        h[:, :2] = 0
        h[:, 3].add_(1)
        h.view(-1, 2, 4)[:, 1].mul_(3)
        F.relu_(h)
        steps = torch.zeros(len(x), 3, 8)
        for step in range(3):
            steps[:, step] = self.b(h) if step == 0 else torch.tanh(self.b(steps[:, step - 1]))
        return before, h, steps


class Shared(nn.Module):
    """Weights used twice: by a module under two names, and by one called twice."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 6)
        self.again = self.first
        self.relu = nn.ReLU()
        self.norm = nn.utils.parametrizations.weight_norm(nn.Linear(6, 4))

    def forward(self, x, *, scale):
        h = self.relu(self.first(x))
        return self.norm(self.relu(self.again(h)) * scale), h.mean(0)


class Mixed(nn.Module):
    """Half of it in mixed precision, some of it without gradients."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(6, 8), nn.Linear(8, 3)

    def forward(self, x):
        with torch.autocast("cpu", torch.bfloat16):
            h = F.gelu(self.a(x))
        with torch.no_grad():
            scale = h.float().std()
        return self.b(h.float() / scale)


class Moody(nn.Module):
    """Computes otherwise in training: drop-path, a power iteration, an auxiliary output."""

    def __init__(self):
        super().__init__()
        self.a = nn.utils.parametrizations.spectral_norm(nn.Linear(6, 6))
        self.b, self.aside = nn.Linear(6, 3), nn.Linear(6, 2)

    def forward(self, x):
        if not self.training:
            return Answer(self.b(x + torch.relu(self.a(x))), None)
        kept = torch.empty(len(x), 1).bernoulli_(0.5)
        hidden = x + torch.relu(self.a(x)) * kept / 0.5
        return Answer(self.b(hidden), self.aside(hidden))


@dataclass
class Answer:
    logits: torch.Tensor
    aside: torch.Tensor | None


def images(channels, size):
    return lambda count: (torch.randn(count, channels, size, size),)


def tokens(count):
    return (torch.randint(0, 20, (count, 7)),)


def rows(count):
    return (torch.randn(count, 6),)


MAKERS = {
    "mlp": lambda: Case(nn.Sequential(nn.Linear(6, 9), nn.Tanh(), nn.Linear(9, 3)), rows),
    "cnn": lambda: Case(Cnn(), images(1, 16)),
    "vae": lambda: Case(Vae(), images(1, 16)),
    "resnet18": lambda: Case(ResNet18(), images(3, 32)),
    "unet": lambda: Case(UNet(), images(1, 8)),
    "lstm": lambda: Case(Lstm(), tokens),
    "transformer": lambda: Case(Transformer(), tokens),
    "in place": lambda: Case(InPlace(), rows),
    "shared": lambda: Case(Shared(), rows),
    "mixed": lambda: Case(Mixed(), rows),
    "moody": lambda: Case(Moody(), rows),
}


@pytest.fixture
def make_case():
    """Make the named network with seeded weights, buffers that are no longer zero, and inputs."""

    def make(name):
        torch.manual_seed(3)
        case = MAKERS[name]()
        with torch.no_grad():
            for buffer in case.model.buffers():
                if buffer.is_floating_point():
                    buffer.uniform_(0.5, 1.5)
        return case

    return make
