"""Reads off the pages, as pixels and words, what an expert would look for in a run."""

import re
from itertools import pairwise

import numpy as np

# Where a triangle's tip is painted, by row: [(step, apex up), …].
READ_TIPS = """() => {
  const view = window.epochscope.canvas.view('validation-rows');
  const { spec, axis, layer } = view;
  const copy = new OffscreenCanvas(layer.width, layer.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(layer, 0, 0);
  const image = copy.getImageData(0, 0, layer.width, layer.height).data;
  const ratio = window.devicePixelRatio;
  const { x, width, steps } = spec.columns[0];
  return Object.fromEntries(spec.rows.filter(({ key }) => key.startsWith('class-')).map((row) => [row.key, steps.flatMap((step) => {
    const across = Math.floor(window.epochscope.canvas.toX(step, axis.domain, x, width) * ratio);
    const painted = (y) => image[4 * (Math.floor((y - view.top) * ratio) * layer.width + across) + 3] > 99;
    return [[step, false, row.y - 2], [step, true, row.y + row.height + 2]].filter(([, , y]) => painted(y)).map(([, up]) => [step, up]);
  })]));
}"""

# The middle of each thumbnail of a gallery: mean red, green and blue.
READ_THUMBNAILS = """async (key) => {
  const found = [];
  for (const picture of document.querySelectorAll(`[data-gallery='${key}'] img`)) {
    await picture.decode();
    const context = new OffscreenCanvas(8, 8).getContext('2d');
    context.drawImage(picture, 12, 12, 8, 8, 0, 0, 8, 8);
    const { data } = context.getImageData(0, 0, 8, 8);
    found.push([0, 1, 2].map((channel) => data.filter((_, i) => i % 4 === channel).reduce((a, b) => a + b) / 64));
  }
  return found;
}"""

# The lowest painted pixels of every horizon, step by step: {level: ['red,green,blue', …]}.
READ_HORIZONS = """() => {
  const { spec, axis, element } = window.epochscope.canvas.view('layers-rows');
  const { x, width, steps } = spec.columns[0];
  const copy = new OffscreenCanvas(element.width, element.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(element, 0, 0);
  const image = copy.getImageData(0, 0, element.width, element.height).data;
  const ratio = window.devicePixelRatio;
  return Object.fromEntries(spec.rows.filter(({ kind }) => kind === 'horizon').map((row) => [row.level.name, steps.map((step) => {
    // Beside the middle, where a line may mark a step.
    const at = window.epochscope.canvas.toX(step, axis.domain, x, width) + Math.min(2, width / steps.length / 4);
    const pixel = 4 * (Math.floor((row.y + row.height - 0.6) * ratio) * element.width + Math.floor(at * ratio));
    return [...image.slice(pixel, pixel + 3)];
  })]));
}"""

READ_OUTS = """(names) => {
  const { spec, labels } = window.epochscope.canvas.view('layers-rows');
  return names.map((name) => {
    const { key } = spec.rows.find(({ level }) => level?.name === name);
    return labels.querySelector(`.read[data-row='${key}']`).textContent;
  });
}"""

# Brackets of the learning-rate stages under the axis: [words, from, to] in steps.
READ_STAGES = """() => {
  const scene = window.epochscope.correlation.state.scenes[0];
  const svg = scene.stage.querySelector('svg');
  const { maps: { front }, domain } = scene;
  const toStep = (x) => domain[0] + ((x - front[4]) / front[0]) * (domain[1] - domain[0]);
  const brackets = [...svg.querySelectorAll('.lines path.tick')].map((path) => path.getAttribute('d')).filter((d) => d.includes('v6'));
  const words = [...svg.querySelectorAll('text')].filter((text) => text.textContent.startsWith('lr '));
  return brackets.map((d, i) => {
    const at = [...d.matchAll(/M([\\d.]+) [\\d.]+v6/g)].map(([, x]) => Number(x));
    return [words[i]?.textContent, toStep(at[0] - 1.5), toStep(at.at(-1) + 1.5)];
  });
}"""


def as_numbers(colors):
    """(…) of 'red,green,blue' as (…, 3)."""
    return np.array([[list(map(int, cell.split(","))) for cell in row] for row in colors])


def read_errors(chart):
    """The error of every class strip as its colours say it, and which class it is: (class, step)."""
    keys = [key for key in chart.rows() if key.startswith("class-")]
    ramp = [
        np.array(chart.token(name).split(","), float) for name in ("--right", "--mid", "--wrong")
    ]
    shares = np.linspace(0, 1, 101)
    ends = np.array([np.interp(shares, [0, 0.5, 1], [each[i] for each in ramp]) for i in range(3)])
    colors = np.concatenate([as_numbers(chart.colors(key)) for key in keys])
    distance = np.abs(colors[:, :, None, :] - ends.T).sum(-1)
    return [int(key.split("-")[1]) for key in keys], shares[distance.argmin(-1)]


def read_tips(chart):
    """The steps at which a class strip has a triangle, apex down on it: {class: {step, …}}."""
    found = chart.page.evaluate(READ_TIPS)
    return {
        int(key.split("-")[1]): {step for step, up in tips if not up} for key, tips in found.items()
    }


def read_pixels(chart, class_):
    """Whether an opened class's images are painted as right: (image, step)."""
    colors = as_numbers(chart.colors(f"pixels-{class_}"))
    ends = [np.array(chart.token(name).split(","), int) for name in ("--right", "--wrong")]
    right, wrong = (np.abs(colors - end).sum(-1) for end in ends)
    return right < wrong


def read_thumbnails(page, key):
    """The mean colour in the middle of each picture of a gallery: (picture, 3)."""
    return np.array(page.evaluate(READ_THUMBNAILS, key))


def read_signs(chart):
    """The sign that each horizon is painted with at each step; 0 for none: {level: (step,)}."""
    ends = [np.array(chart.token(name).split(","), int) for name in ("--neg", "--pos")]
    warm = ends[0][0] > ends[0][2]  # which of red and blue is more where it is negative
    assert warm
    found = {}
    for name, colors in chart.page.evaluate(READ_HORIZONS).items():
        red, _, blue = np.array(colors, int).T
        found[name] = np.where(red > blue + 20, -1, np.where(blue > red + 20, 1, 0))
    return found


def read_values(chart, names, step):
    """The numbers beside the charts of some levels at a step."""
    chart.page.evaluate("step => window.epochscope.select({ step })", step)
    chart.page.wait_for_function(
        "step => window.epochscope.canvas.axisOf('layers').focus === step", arg=step
    )
    return [float(text.replace("−", "-")) for text in chart.page.evaluate(READ_OUTS, names)]


def read_marked(page, mark):
    """Filters that the panel lists under a mark: {layer: (filter, …)}."""
    lines = page.locator(f".filter-list[data-mark='{mark}'] .line")
    return {
        line.locator(".layer").inner_text(): tuple(map(int, line.locator(".go").all_inner_texts()))
        for line in lines.all()
    }


def read_stages(faces):
    """Learning rates and the steps between which each bracket stands: [(rate, from, to), …]."""
    found = faces.page.evaluate(READ_STAGES)
    return [
        (float(re.sub("^lr ", "", words).replace("−", "-")), first, last)
        for words, first, last in found
    ]


def count_turns(right, steps, drops):
    """The share of images that turn from one step to the next, in each stage: (stage,)."""
    turns = (right[:, 1:] != right[:, :-1]).mean(0)
    stage = np.searchsorted(drops, steps[1:], side="right")
    return [float(turns[stage == each].mean()) for each in range(len(drops) + 1)]


def count_minority(right):
    """Images of a class that are wrong to the end where it is otherwise learned."""
    never = ~right.any(1)
    return int(never.sum()) if right[~never, -1].mean() > 0.9 else 0


def leaps(errors):
    """Where the mean of the strips leaps for a single step: (step,) shares of all images."""
    mean = errors.mean(0)
    found = np.zeros(len(mean))
    found[1:-1] = mean[1:-1] - np.maximum(mean[:-2], mean[2:])
    return found


def find_halving(values):
    """How many levels have half the values of the one before them, by 5 %."""
    return sum(bool(np.all(np.abs(above / below - 2) < 0.1)) for above, below in pairwise(values))
