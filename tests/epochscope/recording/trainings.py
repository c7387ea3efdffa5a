"""Small real trainings of many architectures, for the tests of the recorder."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

Update = Callable[[int], dict]  # step -> scalars; runs forward, backward and the update


@dataclass
class Training:
    model: nn.Module | dict
    optimizer: object
    update: Update
    loader: list
    validation: dict = field(default_factory=dict)


def _pictures(count=8, size=8, classes=6):
    return torch.randn(count, 3, size, size), torch.randint(0, classes, (count,))


def _classifier(model, inputs, labels, optimizer=None, **validation) -> Training:
    optimizer = optimizer or torch.optim.SGD(
        model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3
    )

    def update(step):
        loss = F.cross_entropy(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return {"loss": loss}

    loader = [(inputs[:4], labels[:4]), (inputs[4:], labels[4:])]
    return Training(model, optimizer, update, loader, {"loss": nn.CrossEntropyLoss(), **validation})


def mlp() -> Training:
    model = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 6))
    return _classifier(model, torch.randn(8, 12), torch.randint(0, 6, (8,)))


def cnn() -> Training:
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(inplace=True),
        nn.Conv2d(8, 8, 3, groups=2),
        nn.ReLU(inplace=True),
        nn.Flatten(),
        nn.Linear(8 * 36, 6),
    )
    return _classifier(model, *_pictures())


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.block = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.again = self.block  # shared: one module under two names
        self.head = nn.Linear(8, 6)

    def forward(self, x):
        x = F.relu(self.stem(x))
        x = x + self.block(x)
        x = x + self.again(x)
        return self.head(x.mean((2, 3)))


def resnet() -> Training:
    return _classifier(Residual(), *_pictures())


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(12, 16)
        self.mean = nn.Linear(16, 3)
        self.log_variance = nn.Linear(16, 3)
        self.decoder = nn.Linear(3, 12)

    def forward(self, x):
        hidden = torch.tanh(self.encoder(x))
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        drawn = torch.distributions.Normal(mean, torch.exp(0.5 * log_variance)).rsample()
        return self.decoder(drawn), mean, log_variance


def vae() -> Training:
    model, inputs = Autoencoder(), torch.randn(8, 12)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, weight_decay=1e-3)

    def losses(outputs, targets):
        picture, mean, log_variance = outputs
        divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1)
        return ((picture - targets) ** 2).sum(1) + divergence

    def update(step):
        loss = losses(model(inputs), inputs).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return {"loss": loss}

    criteria = {"loss": lambda o, t: losses(o, t).mean(), "score": losses}
    return Training(model, optimizer, update, [inputs[:4], inputs[4:]], criteria)


def gan() -> Training:
    generator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
    discriminator = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
    forge = torch.optim.Adam(generator.parameters(), 1e-3)
    judge = torch.optim.Adam(discriminator.parameters(), 1e-3)
    real = torch.randn(8, 2)

    def update(step):
        fake = generator(torch.randn(8, 4))
        judged = F.softplus(-discriminator(real)) + F.softplus(discriminator(fake.detach()))
        judge.zero_grad()
        judged.mean().backward()
        judge.step()
        forged = F.softplus(-discriminator(fake)).mean()
        forge.zero_grad()
        forged.backward()
        forge.step()
        return {"loss": forged, "judge": judged.mean()}

    models = {"generator": generator, "discriminator": discriminator}
    criteria = {"model": discriminator, "score": lambda o, t: o[:, 0]}
    return Training(models, {"forge": forge, "judge": judge}, update, [(real,)], criteria)


class Ladder(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.middle = nn.Conv2d(4, 4, 3, padding=1)
        self.up = nn.ConvTranspose2d(4, 4, 2, stride=2, groups=2)
        self.out = nn.Conv2d(7, 2, 1)

    def forward(self, x):
        low = F.relu(self.down(x))
        high = self.up(F.gelu(self.middle(low)))
        return self.out(torch.cat([high, x], 1))


def unet() -> Training:
    model, inputs = Ladder(), torch.randn(8, 3, 8, 8)
    targets = torch.randint(0, 2, (8, 8, 8))
    training = _classifier(model, inputs, targets)

    def score(outputs, masks):
        return (outputs.argmax(1) == masks).float().mean((1, 2))

    training.validation["score"] = score
    return training


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 5)
        self.recurrent = nn.LSTM(5, 6, num_layers=2, bidirectional=True, batch_first=True)
        self.head = nn.Linear(12, 6)

    def forward(self, tokens):
        return self.head(self.recurrent(self.embed(tokens))[0][:, -1])


def lstm() -> Training:
    return _classifier(Reader(), torch.randint(0, 11, (8, 7)), torch.randint(0, 6, (8,)))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        block = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1, batch_first=True)
        self.position = nn.Parameter(torch.zeros(1, 5, 8))
        self.blocks = nn.TransformerEncoder(block, 2, enable_nested_tensor=False)
        self.head = nn.Linear(8, 6)

    def forward(self, x):
        return self.head(self.blocks(x + self.position).mean(1))


def transformer() -> Training:
    model = Encoder()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.1)
    return _classifier(model, torch.randn(8, 5, 8), torch.randint(0, 6, (8,)), optimizer)


def mixed_precision() -> Training:
    training = cnn()
    plain = training.update

    def update(step):
        with torch.autocast("cpu", torch.bfloat16):
            return plain(step)

    training.update = update
    return training


def frozen_backbone() -> Training:
    backbone = nn.Sequential(nn.Linear(12, 16), nn.ReLU()).requires_grad_(False).eval()
    model = nn.Sequential(backbone, nn.Linear(16, 6))
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    return _classifier(model, torch.randn(8, 12), torch.randint(0, 6, (8,)), optimizer)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(6, 8)
        self.mix = nn.Linear(8, 8)
        self.head = nn.Linear(8, 6)
        self.head.weight = self.embed.weight

    def forward(self, tokens):
        return self.head(torch.relu(self.mix(self.embed(tokens).mean(1))))


def tied() -> Training:
    return _classifier(Tied(), torch.randint(0, 6, (8, 3)), torch.randint(0, 6, (8,)))


class Branching(nn.Module):
    """torch.export refuses it: which way it goes depends on the data."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(12, 6), nn.Linear(12, 6)

    def forward(self, x):
        return self.first(x) if bool(x.sum() > 0) else self.second(x)


def branching() -> Training:
    return _classifier(Branching(), torch.randn(8, 12), torch.randint(0, 6, (8,)))


def parametrised() -> Training:
    norm = nn.utils.parametrizations
    model = nn.Sequential(
        norm.weight_norm(nn.Linear(12, 16)), nn.ReLU(), norm.spectral_norm(nn.Linear(16, 6))
    )
    return _classifier(model, torch.randn(8, 12), torch.randint(0, 6, (8,)))


def accumulation() -> Training:
    training = mlp()
    model, optimizer = training.model, training.optimizer

    def update(step):
        optimizer.zero_grad()
        for inputs, labels in training.loader:
            loss = F.cross_entropy(model(inputs), labels) / 2
            loss.backward()
        optimizer.step()
        return {"loss": loss}

    training.update = update
    return training


def unwatched_optimizer() -> Training:
    training = cnn()
    training.optimizer = None
    return training


ALL = [
    mlp,
    cnn,
    resnet,
    vae,
    gan,
    unet,
    lstm,
    transformer,
    mixed_precision,
    frozen_backbone,
    tied,
    branching,
    parametrised,
    accumulation,
    unwatched_optimizer,
]


def roots(model) -> list[nn.Module]:
    """Return the models of a training, alone or in a dict."""
    return [model] if isinstance(model, nn.Module) else list(model.values())
