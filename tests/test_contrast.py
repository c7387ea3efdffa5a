"""Contrast (WCAG 2.2) and colour vision (Machado 2009, CIEDE2000) of the tokens, in both schemes."""

from itertools import combinations

import numpy as np
import pytest

from figures.theme import SCHEMES, TOKENS, run_colors

GROUNDS = ("surface", "bg", "sunken", "accent-soft")
TEXTS = ("text", "muted", "accent", "bad-text", "warn-text", "good-text")
GRAPHICS = (
    *("faint", "run-1", "run-2", "run-3", "run-4", "wrong", "right", "neg", "pos"),
    *("focus", "accent", "bad", "warn", "good", "control", "brush-line"),
)
PILLS = {"bad": 0.13, "warn": 0.15, "good": 0.14}  # share of the colour in its tint
# Severity 1, linear RGB.
VISIONS = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
RUNS = tuple(f"run-{place}" for place in (1, 2, 3, 4))
SCALE_ENDS = (("wrong", "right"), ("wrong", "mid"), ("right", "mid"), ("neg", "pos"))


def parse(value):
    """Return (red, green, blue) 0 to 255 and opacity of a token."""
    if value.startswith("#"):
        return np.array([int(value[start : start + 2], 16) for start in (1, 3, 5)], float), 1.0
    *color, opacity = map(float, value[value.index("(") + 1 : -1].split(","))
    return np.array(color), opacity


def lay(scheme, name, ground, share=1.0):
    """Return the colour of a token, at a share of its opacity, over a ground."""
    color, opacity = parse(TOKENS[scheme][name])
    below = ground if isinstance(ground, np.ndarray) else parse(TOKENS[scheme][ground])[0]
    return color * opacity * share + below * (1 - opacity * share)


def linear(color):
    part = np.asarray(color, float) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(first, second):
    weights = (0.2126, 0.7152, 0.0722)
    light, dark = sorted(float(linear(color) @ weights) for color in (first, second))[::-1]
    return (light + 0.05) / (dark + 0.05)


def lab(color, vision="normal"):
    """Convert to CIELAB (D65) as one of `vision` sees it."""
    seen = np.clip(VISIONS[vision] @ linear(color), 0, 1)
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750]]
    to_xyz.append([0.0193339, 0.1191920, 0.9503041])
    ratio = np.array(to_xyz) @ seen / (0.95047, 1.0, 1.08883)
    x, y, z = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(first, second):
    """Compute the colour difference of two CIELAB colours (Sharma, Wu, Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    c7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(c7 / (c7 + 25**7))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2
    h_mean = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    t = 1 - 0.17 * np.cos(np.radians(h_mean - 30)) + 0.24 * np.cos(np.radians(2 * h_mean))
    t += 0.32 * np.cos(np.radians(3 * h_mean + 6)) - 0.20 * np.cos(np.radians(4 * h_mean - 63))
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / np.sqrt(20 + (l_mean - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_mean, 1 + 0.015 * c_mean * t
    rotation = -2 * np.sqrt(c_mean**7 / (c_mean**7 + 25**7))
    rotation *= np.sin(np.radians(60 * np.exp(-(((h_mean - 275) / 25) ** 2))))
    parts = ((l2 - l1) / s_l, (c2 - c1) / s_c, hue / s_h)
    return float(np.sqrt(sum(part**2 for part in parts) + rotation * parts[1] * parts[2]))


def difference(scheme, first, second, vision):
    return ciede2000(*(lab(parse(TOKENS[scheme][name])[0], vision) for name in (first, second)))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Pairs 1, 7, 13 and 19 of the published test data of CIEDE2000.
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (56, -27, -3), 31.9030),
    ],
)
def test_the_difference_follows_its_published_data(first, second, expected):
    assert ciede2000(first, second) == pytest.approx(expected, abs=1e-4)


def test_contrast_runs_from_1_to_21():
    black, white = np.zeros(3), np.full(3, 255.0)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, white) == pytest.approx(1)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", TEXTS)
def test_text_stands_out_from_every_ground(scheme, ground, name):
    assert contrast(lay(scheme, name, ground), parse(TOKENS[scheme][ground])[0]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", GRAPHICS)
def test_lines_and_borders_stand_out_from_every_ground(scheme, ground, name):
    assert contrast(lay(scheme, name, ground), parse(TOKENS[scheme][ground])[0]) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("kind", PILLS)
def test_text_in_a_pill_stands_out_from_its_tint(scheme, ground, kind):
    tint = lay(scheme, kind, ground, PILLS[kind])
    assert contrast(lay(scheme, f"{kind}-text", tint), tint) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["surface", "bg"])
@pytest.mark.parametrize(("kind", "share"), [("bad", 0.07), ("warn", 0.08), ("good", 0.11)])
@pytest.mark.parametrize("name", ["text", "muted"])
def test_words_stand_out_from_the_tint_of_a_strip(scheme, ground, kind, share, name):
    tint = lay(scheme, kind, ground, share)
    assert contrast(lay(scheme, name, tint), tint) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("name", "ground"),
    [("on-accent", "accent"), ("on-focus", "focus"), ("surface", "text"), ("text", "raised")],
)
def test_labels_stand_out_from_what_they_lie_on(scheme, name, ground):
    assert contrast(lay(scheme, name, ground), parse(TOKENS[scheme][ground])[0]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["text", "accent", "muted", "good-text", "string"])
def test_code_stands_out_from_the_tint_of_an_added_line(scheme, name):
    tint = lay(scheme, "good", "sunken", 0.11)
    if name == "string":  # first_run.css mixes it: the colour alone is for graphics
        color = 0.75 * lay(scheme, "right", tint) + 0.25 * lay(scheme, "text", tint)
    else:
        color = lay(scheme, name, tint)
    assert contrast(color, tint) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize(("first", "second"), combinations(RUNS, 2))
def test_two_runs_can_be_told_apart(scheme, vision, first, second):
    assert difference(scheme, first, second, vision) >= 20


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize(("first", "second"), SCALE_ENDS)
def test_the_ends_of_a_scale_can_be_told_apart(scheme, vision, first, second):
    assert difference(scheme, first, second, vision) >= 20


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("vision", VISIONS)
def test_the_soft_fills_of_pixel_charts_can_be_told_apart(scheme, vision):
    assert difference(scheme, "wrong-soft", "right-soft", vision) >= 20


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("vision", VISIONS)
def test_predicted_labels_can_be_told_apart(scheme, vision):
    labels = ["right-soft", *(f"label-{place}" for place in range(1, 7))]
    for first, second in combinations(labels, 2):
        assert difference(scheme, first, second, vision) >= 13
    for label in labels:
        assert contrast(lay(scheme, label, "surface"), lay(scheme, "surface", "bg")) >= 3


@pytest.mark.parametrize(
    ("scheme", "first", "second", "figures"),
    [
        ("light", "run-1", "run-4", (37.61, 20.03, 27.42, 62.75)),
        ("light", "wrong", "right", (48.58, 42.67, 34.81, 56.18)),
        ("dark", "run-3", "run-4", (37.02, 20.04, 27.74, 46.22)),
        ("dark", "neg", "pos", (43.41, 48.74, 45.08, 50.61)),
    ],
)
def test_gives_the_figures_of_the_design(scheme, first, second, figures):
    visions = ("normal", "deutan", "protan", "tritan")
    found = [difference(scheme, first, second, vision) for vision in visions]
    assert found == pytest.approx(figures, abs=0.06)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_lightness_rises_evenly_along_the_sequential_scale(scheme):
    ends = [parse(TOKENS[scheme][name])[0] for name in ("sunken", "accent")]
    steps = [lab(ends[0] + (ends[1] - ends[0]) * share)[0] for share in np.linspace(0, 1, 21)]
    moves = np.diff(steps) * np.sign(steps[-1] - steps[0])
    assert moves.min() > 0
    assert moves.max() < 2 * moves.min()


def test_a_run_has_a_colour_of_its_own():
    assert all(len(set(run_colors(scheme))) == 4 for scheme in SCHEMES)
