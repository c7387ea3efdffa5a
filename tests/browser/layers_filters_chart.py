"""Reads and drives the canvases that show filters on the Layers page as its browser tests need it."""

import numpy as np

READ_ROW = """([id, key]) => {
  const row = window.epochscope.canvas.view(id)?.spec?.rows.find((one) => one.key === key);
  return row ? { kind: row.kind, height: row.height, pitch: row.pitch, view: row.view,
    rows: row.chart?.rows, cut: row.chart?.cut,
    data: row.data.map((data) => data && { numbers: [...(data.numbers ?? [])], steps: data.column.steps }) } : null;
}"""

# Colours of the cells of a row: of every filter where it is a raster, of every line where it is not.
READ_CELLS = """([id, key, column]) => {
  const { canvas } = window.epochscope;
  const { spec, axis, element } = canvas.view(id);
  const row = spec.rows.find((one) => one.key === key);
  const { x, width } = spec.columns[column];
  const { edges } = row.data[column].column;
  const copy = new OffscreenCanvas(element.width, element.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(element, 0, 0);
  const image = copy.getImageData(0, 0, element.width, element.height).data;
  const ratio = window.devicePixelRatio;
  const lines = row.view ? row.view.end : row.chart.cut.length;
  const colors = [];
  for (let line = 0; line < lines; line += 1) {
    const y = row.y + ((line + 0.5) * row.height) / lines;
    for (let cell = 0; cell + 1 < edges.length; cell += 1) {
      const step = edges[cell] + 0.3 * (edges[cell + 1] - edges[cell]);
      const at = canvas.toX(step, axis.domain, x, width);
      const pixel = 4 * (Math.floor(y * ratio) * element.width + Math.floor(at * ratio));
      colors.push(image.slice(pixel, pixel + 3).join(','));
    }
  }
  return colors;
}"""

PLACE = """([id, key, line, step, column]) => {
  const { canvas } = window.epochscope;
  const { spec, axis, element } = canvas.view(id);
  const row = spec.rows.find((one) => one.key === key);
  const lines = row.view ? row.view.end : row.chart.cut.length;
  const { x, width } = spec.columns[column];
  const page = element.closest('.page');
  const y = () => element.getBoundingClientRect().top + row.y + ((line + 0.5) * row.height) / lines;
  if (y() > window.innerHeight - 60 || y() < 300) page.scrollBy(0, y() - 500);
  const at = canvas.toX(step, axis.domain, x, width);
  return [element.getBoundingClientRect().left + Math.min(Math.max(at, x + 1), x + width - 1), y()];
}"""


class FilterChart:
    """The canvas of the layers, or of the top-changing filters."""

    def __init__(self, page, id_="layers-rows"):
        self.page = page
        self.id = id_

    def row(self, key):
        """Wait for a row and return what it holds."""
        self.page.wait_for_function(
            "([id, key]) => window.epochscope?.canvas?.view(id)?.spec?.rows"
            ".some((row) => row.key === key && row.kind !== 'waiting' && row.data.some((data) => data?.column?.steps.length))",
            arg=[self.id, key],
        )
        return self.page.evaluate(READ_ROW, [self.id, key])

    def keys(self):
        return self.page.evaluate(
            "id => window.epochscope.canvas.view(id).spec.rows.map((row) => row.key)", self.id
        )

    def numbers(self, key, column=0):
        """What the raster holds: (filter row, step)."""
        data = self.row(key)["data"][column]
        return np.array(data["numbers"]).reshape(-1, len(data["steps"]))

    def colors(self, key, column=0):
        """What is painted in each cell: (line, step) of 'red,green,blue'."""
        steps = len(self.row(key)["data"][column]["steps"])
        found = self.page.evaluate(READ_CELLS, [self.id, key, column])
        return np.array(found).reshape(-1, steps)

    def token(self, name):
        return ",".join(map(str, self.page.evaluate("name => window.epochscope.token(name)", name)))

    def place(self, key, line, step, column=0):
        return self.page.evaluate(PLACE, [self.id, key, line, step, column])

    def click(self, key, line, step, column=0, modifiers=()):
        for modifier in modifiers:
            self.page.keyboard.down(modifier)
        self.page.mouse.click(*self.place(key, line, step, column))
        for modifier in modifiers:
            self.page.keyboard.up(modifier)

    def hover(self, key, line, step, column=0):
        self.page.mouse.move(*self.place(key, line, step, column))

    def selection(self):
        return self.page.evaluate("window.epochscope.selection()")
