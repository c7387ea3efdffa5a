"""The six runs of the demo: what each is, and how it is trained."""

from dataclasses import dataclass
from pathlib import Path

import torch

from demo.images import load_cifar10, load_digits
from demo.trainings import (
    AutoencoderSettings,
    ClassifierSettings,
    Progress,
    train_autoencoder,
    train_classifier,
)

Settings = ClassifierSettings | AutoencoderSettings

STEPS = 300
FAULT_AT = 126  # within the first epoch, so that the image is drawn there for the first time

# The dearest first, so that two processes end at about the same time.
RUNS: dict[str, Settings] = {
    "base_cnn": ClassifierSettings(STEPS, milestones=(0.6, 0.85)),
    "vae_healthy": AutoencoderSettings(STEPS),
    "vae_repaired": AutoencoderSettings(STEPS, variance="bounded", fault_at=FAULT_AT),
    "narrow_cnn": ClassifierSettings(STEPS, width=0.25, milestones=(0.6, 0.85)),
    "hinge_stuck": ClassifierSettings(STEPS // 2, loss="hinge", lr=0.03),
    "vae_failing": AutoencoderSettings(STEPS, fault_at=FAULT_AT),
}


@dataclass(frozen=True)
class Order:
    """One run to train, where to, and on which images."""

    name: str
    folder: Path
    cifar10: Path | None  # None: digits


def train(order: Order, progress: Progress) -> None:
    """Train and record one run of the catalogue, reproducibly: one thread, seeded."""
    # Two threads each would make two processes on two cores wait for one another.
    torch.set_num_threads(1)
    split = load_digits() if order.cifar10 is None else load_cifar10(order.cifar10)
    settings = RUNS[order.name]
    if isinstance(settings, ClassifierSettings):
        train_classifier(split, order.folder, settings, progress)
    else:
        train_autoencoder(split, order.folder, settings, progress)
