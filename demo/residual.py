"""Trains small residual networks on CIFAR-10 and records them: python -m demo.residual FOLDER."""

import argparse
import sys
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from demo.images import Split, load_cifar10
from demo.trainings import draw_batches
from epochscope import Recorder

TRAINING, VALIDATION = 20_000, 1_000
BATCH = 128
DROPS = (0.5, 0.75)  # shares of the training after which the learning rate is divided by ten
VALIDATIONS = 100


class ResidualBlock(nn.Module):
    """Two convolutions beside a shortcut, which projects where the shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, images: Tensor) -> Tensor:
        """Return relu(residual + shortcut) of `images` (image, channel, row, column)."""
        hidden = functional.relu(self.bn1(self.conv1(images)))
        return functional.relu(self.bn2(self.conv2(hidden)) + self.shortcut(images))


class ResidualNet(nn.Module):
    """ResNet of 6 n + 2 layers (He et al., 2016, section 4.2), on images of half their size."""

    def __init__(self, blocks: int, channels: int, classes: int) -> None:
        super().__init__()
        self.shrink = nn.AvgPool2d(2)
        self.conv1 = nn.Conv2d(3, channels, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.stage1 = _build_stage(blocks, channels, channels)
        self.stage2 = _build_stage(blocks, channels, 2 * channels)
        self.stage3 = _build_stage(blocks, 2 * channels, 4 * channels)
        self.fc = nn.Linear(4 * channels, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits (image, class) of `images` (image, channel, row, column)."""
        hidden = functional.relu(self.bn1(self.conv1(self.shrink(images))))
        hidden = self.stage3(self.stage2(self.stage1(hidden)))
        logits: Tensor = self.fc(hidden.mean((2, 3)))
        return logits


def _build_stage(blocks: int, inputs: int, outputs: int) -> nn.Sequential:
    first = ResidualBlock(inputs, outputs, stride=1 if inputs == outputs else 2)
    return nn.Sequential(first, *(ResidualBlock(outputs, outputs, 1) for _ in range(blocks - 1)))


def train_residual(split: Split, folder: Path, steps: int, lr: float, blocks: int) -> None:
    """Train a residual network with learning-rate stages on `split` and record it in `folder`."""
    torch.manual_seed(0)
    training, names = split.training, split.training.class_names
    network = ResidualNet(blocks, 16, len(names))
    optimizer = torch.optim.SGD(network.parameters(), lr, momentum=0.9, weight_decay=1e-4)
    drops = [round(share * steps) for share in DROPS]
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, drops, gamma=0.1)
    validation = TensorDataset(split.validation.pixels * 2 - 1, split.validation.labels)
    loader = DataLoader(validation, batch_size=250)
    batches = draw_batches(training, BATCH, seed=0)
    every = max(1, steps // VALIDATIONS)
    config = {"lr": lr, "batch": BATCH, "blocks": blocks, "drops": DROPS, "seed": 0}

    with Recorder(
        folder,
        network,
        optimizer=optimizer,
        config=config,
        class_names=names,
        total_steps=steps,
        every=every,
    ) as recorder:
        recorder.log_images(split.validation)
        recorder.validate(loader, loss=functional.cross_entropy)
        for step in range(1, steps + 1):
            chosen, epoch = next(batches)
            logits = network(training.pixels[chosen] * 2 - 1)
            labels = training.labels[chosen]
            loss = functional.cross_entropy(logits, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            error = (logits.argmax(1) != labels).float().mean()
            recorder.step(loss=loss, error=error, epoch=epoch, ids=chosen)
            schedule.step()
            if step % every == 0:
                recorder.validate(loader, loss=functional.cross_entropy)


def main() -> int:
    """Record one residual network on CIFAR-10."""
    parser = argparse.ArgumentParser(prog="python -m demo.residual", description=__doc__)
    parser.add_argument("folder", type=Path, help="CIFAR-10, Parquet or binary version")
    parser.add_argument("--run", type=Path, default=Path("runs/cifar_resnet"), help="its folder")
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--blocks", type=int, default=1, help="in each of the three stages")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # a network this small loses time with more
    try:
        split = load_cifar10(arguments.folder, training=TRAINING, validation=VALIDATION)
        train_residual(split, arguments.run, arguments.steps, arguments.lr, arguments.blocks)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"The run lies in {str(arguments.run)!r}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
