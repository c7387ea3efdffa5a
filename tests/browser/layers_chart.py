"""Reads and drives the canvases of the Layers page as its browser tests need it."""

import numpy as np

READY = """() => {
  const view = window.epochscope.canvas.view('layers-rows');
  return view?.spec?.rows.length && view.spec.rows.every((row) => row.kind !== 'waiting')
    && document.getElementById('layers-graph').dataset.drawn;
}"""

READ_ROWS = """() => {
  const { spec } = window.epochscope.canvas.view('layers-rows');
  return spec.rows.map((row) => ({
    name: row.level?.name, key: row.key, kind: row.kind, y: row.y, height: row.height, most: row.most,
    scale: row.scale, missing: row.data.map((data) => data?.missing ?? null),
    numbers: row.data.map((data) => (data?.numbers ? [...data.numbers].map((n) => (Number.isNaN(n) ? null : n)) : null)),
  }));
}"""

READ_PIXELS = """([name, column]) => {
  const { spec, axis, element } = window.epochscope.canvas.view('layers-rows');
  const row = spec.rows.find(({ level }) => level?.name === name);
  const { x, width, steps } = spec.columns[column];
  const copy = new OffscreenCanvas(element.width, element.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(element, 0, 0);
  const image = copy.getImageData(0, 0, element.width, element.height).data;
  const ratio = window.devicePixelRatio;
  const gap = width / steps.length;
  return steps.map((step) => {
    // Beside the middle, where a line may mark a step.
    const at = window.epochscope.canvas.toX(step, axis.domain, x, width) + Math.min(2, gap / 4);
    const across = Math.floor(at * ratio);
    return Array.from({ length: row.height * ratio }, (_, line) => {
      const pixel = 4 * ((Math.round(row.y * ratio) + line) * element.width + across);
      return image.slice(pixel, pixel + 3).join(',');
    });
  });
}"""


class LayersChart:
    """The canvases of a page that shows Layers."""

    def __init__(self, page):
        self.page = page
        self.wait()

    def wait(self):
        self.page.wait_for_function(READY)

    def rows(self):
        """The charts that are drawn, by the name of their level, in order."""
        return {row["name"]: row for row in self.page.evaluate(READ_ROWS) if row["name"]}

    def names(self):
        return list(self.rows())

    def wait_for(self, *names):
        """Wait until exactly these levels have charts."""
        self.page.wait_for_function(
            """names => {
              const view = window.epochscope.canvas.view('layers-rows');
              const shown = view.spec.rows.map(({ level }) => level?.name).filter(Boolean);
              return String(shown) === String(names) && view.spec.rows.every(({ kind }) => kind !== 'waiting');
            }""",
            arg=list(names),
        )

    def numbers(self, name, column=0):
        """What is drawn of a level: (line, step); NaN where missing."""
        row = self.rows()[name]
        values = np.array(row["numbers"][column], dtype=float)
        steps = self.page.evaluate(
            "i => window.epochscope.canvas.view('layers-rows').spec.columns[i].steps.length", column
        )
        return values.reshape(-1, steps)

    def pixels(self, name, column=0):
        """Colours 'red,green,blue' of a chart: (step, pixel from its top)."""
        return np.array(self.page.evaluate(READ_PIXELS, [name, column]))

    def token(self, name):
        return ",".join(map(str, self.page.evaluate("name => window.epochscope.token(name)", name)))

    def mixed(self, from_, to, share):
        return self.page.evaluate(
            "([a, b, s]) => window.epochscope.canvas.mixed(window.epochscope.canvas.readPaint(), a, b, s).join(',')",
            [from_, to, share],
        )

    def button(self, name):
        """The name of a level, which opens it."""
        return self.page.locator(f"button.level-name[data-level='{name}']")

    def read(self, name):
        """What stands at the right of a chart."""
        key = self.rows()[name]["key"]
        return self.page.locator(f".read[data-row='{key}']")

    def bar(self, name, side):
        """Where a level's bar lies on the screen; side is 'graph' or 'charts'."""
        return self.page.evaluate(
            """([name, side]) => {
              const page = window.epochscope.layers;
              const bar = page.laid.bars.find((one) => page.state.data.levels[one.place].name === name && one.side === side);
              if (!bar) return null;
              const box = document.getElementById('layers-graph').getBoundingClientRect();
              const { x, y, width, height } = page.boxOfBar(bar, page.laid);
              return { x: box.left + x + width / 2, y: box.top + y + height / 2, width, look: bar.look };
            }""",
            [name, side],
        )

    def place(self, name, step, column=0):
        """Where a step of a chart lies on the screen."""
        return self.page.evaluate(
            """([name, step, column]) => {
              const { spec, axis, element } = window.epochscope.canvas.view('layers-rows');
              const row = spec.rows.find(({ level }) => level?.name === name);
              const box = element.getBoundingClientRect();
              const { x, width } = spec.columns[column];
              return [box.left + window.epochscope.canvas.toX(step, axis.domain, x, width), box.top + row.y + row.height / 2];
            }""",
            [name, step, column],
        )

    def selection(self):
        return self.page.evaluate("window.epochscope.selection()")
