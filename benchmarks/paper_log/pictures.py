"""Draws a small picture of every image: a shape for each class, on ground of its own."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.paper_log.plan import IMAGES, Plan
from benchmarks.paper_log.truths import Truths

_SIDE = 32  # pixels
_TIMES = 2  # drawn larger, then reduced
# Neither blue nor green: those are what pictures of two planted groups share.
_GROUNDS = ((178, 172, 160), (150, 130, 110), (205, 190, 165), (120, 115, 118), (215, 205, 200),
            (165, 120, 95), (190, 150, 120), (95, 85, 82), (225, 195, 150), (140, 100, 100))  # fmt: skip
_SKY, _SEA, _GRASS, _BLADE = (120, 180, 240), (40, 95, 185), (80, 140, 60), (45, 95, 35)
_BODIES = ((200, 50, 40), (230, 120, 30), (240, 200, 60), (120, 60, 30), (60, 40, 40),
           (170, 60, 110), (110, 50, 120), (235, 140, 130), (150, 20, 30), (90, 70, 30))  # fmt: skip
_PALE = (250, 248, 240)

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class _Look:
    """How the pictures of a class look."""

    outline: np.ndarray  # (corner, 2) around the origin, as far as 1
    body: Colour
    ground: Colour
    scene: str  # "plain", "blue" or "grass"


def draw_pictures(plan: Plan, truths: Truths | None) -> Iterator[bytes]:
    """Yield the picture of every image as PNG, by class and slot."""
    for class_ in range(plan.classes):
        rng = np.random.default_rng((plan.seed, 7, class_))
        look = _invent_look(class_, truths, rng)
        pale: tuple[int, ...] = ()
        if truths and class_ == truths.minority_class:
            pale = truths.minority_slots
        for slot in range(IMAGES):
            yield _draw(look, _PALE if slot in pale else look.body, rng)


def _invent_look(class_: int, truths: Truths | None, rng: np.random.Generator) -> _Look:
    corners = int(rng.integers(3, 10))
    angle = np.arange(corners) * 2 * np.pi / corners + rng.uniform(0, 6)
    radius = np.where(np.arange(corners) % 2, rng.uniform(0.4, 1), 1) * rng.uniform(0.8, 1, corners)
    outline = np.stack([radius * np.cos(angle), radius * np.sin(angle) * rng.uniform(0.6, 1)], 1)
    scene = "plain"
    if truths and class_ in truths.shallow.classes:
        scene = "blue"
    elif truths and class_ in truths.deep.classes:
        scene = "grass"
    body = _BODIES[int(rng.integers(len(_BODIES)))]
    if truths and class_ == truths.minority_class:
        body = _BODIES[0]
    return _Look(outline, body, _GROUNDS[int(rng.integers(len(_GROUNDS)))], scene)


def _draw(look: _Look, body: Colour, rng: np.random.Generator) -> bytes:
    side = _SIDE * _TIMES
    light = rng.uniform(0.85, 1.1)
    picture = Image.new("RGB", (side, side), _shade(look.ground, light))
    pen = ImageDraw.Draw(picture)
    if look.scene == "blue":
        horizon = side * rng.uniform(0.45, 0.75)
        pen.rectangle((0, 0, side, side), fill=_shade(_SKY, light))
        pen.rectangle((0, horizon, side, side), fill=_shade(_SEA, light))
    elif look.scene == "grass":
        pen.rectangle((0, 0, side, side), fill=_shade(_GRASS, light))
        for x in rng.uniform(0, side, 14).tolist():
            top = side * float(rng.uniform(0.1, 0.8))
            pen.line((x, side, x + 4, top), fill=_shade(_BLADE, light), width=_TIMES)
    turn, size = rng.normal(0, 0.3), side * rng.uniform(0.27, 0.4)
    wheel = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = look.outline @ wheel.T * size + side * rng.uniform(0.4, 0.6, 2)
    pen.polygon([(x, y) for x, y in corners.tolist()], fill=_shade(body, rng.uniform(0.9, 1.05)))
    file = io.BytesIO()
    picture.reduce(_TIMES).save(file, format="PNG", compress_level=6)
    return file.getvalue()


def _shade(colour: Colour, light: float) -> Colour:
    red, green, blue = (min(255, int(part * light)) for part in colour)
    return red, green, blue
