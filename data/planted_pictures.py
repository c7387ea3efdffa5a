"""Draws the tiny pictures of the planted runs: a shape for each class, on ground of its own."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SIDE = 32  # pixels
_SUPERSAMPLING = 4

# Outlines in a unit square around the origin, one per class; more classes reuse them, turned.
_SHAPES = (
    ((-1, 0), (-0.3, -0.15), (0, -0.8), (0.2, -0.8), (0.1, -0.15), (1, 0), (0.1, 0.15), (0.2, 0.8), (0, 0.8), (-0.3, 0.15)),
    ((-1, 0.3), (-0.9, -0.1), (-0.5, -0.15), (-0.25, -0.55), (0.4, -0.55), (0.65, -0.1), (1, 0), (1, 0.3)),
    ((-1, 0), (-0.2, -0.2), (0.2, -0.8), (0.4, -0.25), (1, -0.2), (0.5, 0.2), (0.1, 0.6), (-0.1, 0.2)),
    ((-0.7, 0.8), (-0.7, -0.8), (-0.35, -0.4), (0.35, -0.4), (0.7, -0.8), (0.7, 0.8)),
    ((-0.8, 0.9), (-0.6, 0), (-0.5, -0.2), (0.4, -0.2), (0.7, -0.9), (0.9, -0.8), (0.7, 0.1), (0.7, 0.9), (0.5, 0.9), (0.4, 0.2), (-0.4, 0.2), (-0.6, 0.9)),
    ((-0.5, 0.8), (-0.9, -0.3), (-0.6, -0.7), (0.6, -0.7), (0.9, -0.3), (0.5, 0.8)),
    ((-1, 0.3), (-0.6, -0.4), (0, -0.1), (0.6, -0.4), (1, 0.3), (0.3, 0.6), (-0.3, 0.6)),
    ((-0.9, 0.9), (-0.8, -0.1), (0.2, -0.2), (0.6, -0.9), (1, -0.6), (0.7, 0.1), (0.8, 0.9), (0.6, 0.9), (0.4, 0.3), (-0.5, 0.3), (-0.7, 0.9)),
    ((-1, 0.2), (1, 0.2), (0.7, 0.7), (-0.7, 0.7), (-0.9, 0.25), (-0.1, 0.15), (-0.1, -0.9), (0.5, 0.1)),
    ((-1, 0.4), (-1, -0.5), (0.3, -0.5), (0.3, -0.2), (0.7, -0.2), (1, 0.1), (1, 0.4)),
)  # fmt: skip
_GROUNDS = ((150, 195, 235), (150, 150, 155), (140, 190, 150), (190, 165, 140), (120, 160, 90),
            (200, 190, 175), (95, 130, 80), (165, 185, 120), (90, 140, 190), (175, 170, 160))  # fmt: skip


def draw_picture(class_: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw one picture of a class: (32, 32, 3), its place, size, turn, colour and light by chance."""
    side = SIDE * _SUPERSAMPLING
    light = np.linspace(1.1, rng.uniform(0.6, 0.9), side)[:, None, None]
    ground = np.array(_GROUNDS[class_ % len(_GROUNDS)]) * light * np.ones((side, side, 1))
    picture = Image.fromarray(ground.clip(0, 255).astype(np.uint8))
    turn = rng.normal(0, 0.18) + class_ // len(_SHAPES)
    size = side * rng.uniform(0.27, 0.42)
    rotation = size * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = np.array(_SHAPES[class_ % len(_SHAPES)]) @ rotation.T
    corners = corners * (rng.choice((-1, 1)), 1) + side * rng.uniform(0.42, 0.58, 2)
    colour = tuple(int(part) for part in rng.integers(20, 235, 3))
    ImageDraw.Draw(picture).polygon([(x, y) for x, y in corners], fill=colour)
    small = np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS), np.float64)
    noisy: NDArray[np.uint8] = (small + rng.normal(0, 7, small.shape)).clip(0, 255).astype(np.uint8)
    return noisy


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    """Encode a picture (height, width, 3) as PNG."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, format="PNG")
    return file.getvalue()
