"""The demo's trainings: loops like any user's, with the recorder's five lines in them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from demo.images import Images, Split
from demo.networks import (
    ConvNet,
    Reconstruction,
    VariationalAutoencoder,
    initialise_he,
    measure_autoencoder_losses,
    measure_hinge_loss,
)
from epochscope import Recorder

Progress = Callable[[int], None]  # called with the step just taken

FAULT_GAIN = 255.0**2  # what an image is scaled by that skipped its normalisation twice
STEPS_AFTER_FAILURE = 12  # a loss that is not finite goes unnoticed for a while


class NonFiniteLossError(ArithmeticError):
    """The training stopped because its loss is NaN or infinite."""


@dataclass(frozen=True)
class ClassifierSettings:
    """How one classifier of the demo is trained."""

    steps: int
    width: float = 1.0
    loss: str = "cross-entropy"  # or "hinge"
    lr: float = 0.02
    milestones: tuple[float, ...] = ()  # shares of the training after which lr is divided by ten
    momentum: float = 0.9
    weight_decay: float = 5e-4
    batch: int = 64
    validate_every: int = 10
    seed: int = 0


@dataclass(frozen=True)
class AutoencoderSettings:
    """How one variational autoencoder of the demo is trained."""

    steps: int
    variance: str = "exp"  # or "bounded"
    fault_at: int | None = None  # step at which the one scaled image is drawn first
    lr: float = 1e-3
    batch: int = 32
    validate_every: int = 10
    seed: int = 0


def train_classifier(
    split: Split, folder: Path, settings: ClassifierSettings, progress: Progress
) -> None:
    """Train a CNN on `split` and record it in `folder`."""
    torch.manual_seed(settings.seed)
    training, validation = split.training, split.validation
    network = ConvNet(training.pixels.shape[1], len(training.class_names), settings.width)
    initialise_he(network)
    optimizer = torch.optim.SGD(
        network.parameters(),
        settings.lr,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
    )
    schedule = torch.optim.lr_scheduler.MultiStepLR(
        optimizer, [round(share * settings.steps) for share in settings.milestones], gamma=0.1
    )
    criterion = measure_hinge_loss if settings.loss == "hinge" else functional.cross_entropy
    validation_loader = DataLoader(_as_dataset(validation), batch_size=250)
    batches = draw_batches(training, settings.batch, settings.seed)

    with _open_recorder(folder, network, optimizer, split, settings) as recorder:
        recorder.log_images(validation)
        recorder.validate(validation_loader, loss=criterion)
        for step in range(1, settings.steps + 1):
            chosen, epoch = next(batches)
            images, labels = training.pixels[chosen], training.labels[chosen]
            logits = network(images)
            loss = criterion(logits, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            error = (logits.argmax(1) != labels).float().mean()
            recorder.step(loss=loss, error=error, epoch=epoch, ids=chosen)
            schedule.step()
            if step % settings.validate_every == 0:
                recorder.validate(validation_loader, loss=criterion)
            progress(step)


def train_autoencoder(
    split: Split, folder: Path, settings: AutoencoderSettings, progress: Progress
) -> None:
    """Train a variational autoencoder on `split` and record it in `folder`.

    With `fault_at` one training image is scaled by 255². A loss that stays NaN or infinite
    raises NonFiniteLossError a few steps later, as a training that checks its loss would.
    """
    torch.manual_seed(settings.seed)
    training, validation = split.training, split.validation
    network = VariationalAutoencoder(training.pixels.shape[1], settings.variance == "bounded")
    optimizer = torch.optim.Adam(network.parameters(), settings.lr)
    validation_loader = DataLoader(_as_dataset(validation), batch_size=250)
    batches = draw_batches(training, settings.batch, settings.seed)
    pixels = _scale_one_image(training, settings)
    failed_steps = 0

    with _open_recorder(folder, network, optimizer, split, settings) as recorder:
        recorder.log_images(validation)
        _validate_autoencoder(recorder, validation_loader)
        for step in range(1, settings.steps + 1):
            chosen, epoch = next(batches)
            images = pixels[chosen]
            loss = measure_autoencoder_losses(network(images)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            recorder.step(loss=loss, epoch=epoch, ids=chosen)
            if step % settings.validate_every == 0:
                _validate_autoencoder(recorder, validation_loader)
            progress(step)
            failed_steps += not bool(torch.isfinite(loss))
            if failed_steps > STEPS_AFTER_FAILURE:
                raise NonFiniteLossError(f"Loss is {loss.item()} at step {step}.")


def _validate_autoencoder(recorder: Recorder, loader: DataLoader[tuple[Tensor, ...]]) -> None:
    def score(output: Reconstruction, _labels: Tensor) -> Tensor:
        return measure_autoencoder_losses(output)

    def loss(output: Reconstruction, _labels: Tensor) -> Tensor:
        return measure_autoencoder_losses(output).mean()

    recorder.validate(loader, loss=loss, score=score)


def draw_batches(images: Images, batch: int, seed: int) -> Iterator[tuple[Tensor, int]]:
    """Yield (image numbers of a batch, epoch) for ever: every image once per epoch, shuffled."""
    rng = np.random.default_rng(seed)
    for epoch in count():
        order = torch.from_numpy(rng.permutation(len(images)))
        for start in range(0, len(images) - batch + 1, batch):
            yield order[start : start + batch], epoch


def _scale_one_image(images: Images, settings: AutoencoderSettings) -> Tensor:
    """Return the pixels with one image scaled: the first that step `fault_at` draws."""
    if settings.fault_at is None:
        return images.pixels
    draws = draw_batches(images, settings.batch, settings.seed)
    chosen, _ = next(islice(draws, settings.fault_at - 1, None))
    pixels = images.pixels.clone()
    pixels[chosen[0]] *= FAULT_GAIN
    return pixels


def _as_dataset(images: Images) -> TensorDataset:
    return TensorDataset(images.pixels, images.labels)


def _open_recorder(
    folder: Path,
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    split: Split,
    settings: ClassifierSettings | AutoencoderSettings,
) -> Recorder:
    return Recorder(
        folder,
        network,
        optimizer=optimizer,
        config=_describe(settings),
        class_names=split.training.class_names,
        total_steps=settings.steps,
        every=settings.validate_every,
    )


def _describe(settings: ClassifierSettings | AutoencoderSettings) -> dict[str, object]:
    return {name: value for name, value in vars(settings).items() if name != "steps"}
