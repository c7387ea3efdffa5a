"""Reads and drives the canvases of the Validation page as its browser tests need it."""

import numpy as np

from tests.browser.patience import until

READ_ROWS = """() => {
  const { spec } = window.epochscope.canvas.view('validation-rows');
  return spec.rows.map((row) => ({
    key: row.key, kind: row.kind, y: row.y, height: row.height,
    data: row.data.map((data) => (data ? { top: data.top, numbers: [...data.numbers] } : null)),
  }));
}"""

READ_CELLS = """([key, column]) => {
  const view = window.epochscope.canvas.view('validation-rows');
  const { spec, axis, element } = view;
  const row = spec.rows.find((one) => one.key === key);
  const { x, width, edges } = spec.columns[column];
  const { width: across, height: down } = element;
  const copy = new OffscreenCanvas(across, down).getContext('2d', { willReadFrequently: true });
  copy.drawImage(element, 0, 0);
  const image = copy.getImageData(0, 0, across, down).data;
  const ratio = window.devicePixelRatio;
  const bands = row.view ? Math.ceil((row.view.end - row.view.first) / row.view.band) : 1;
  const colors = [];
  for (let band = 0; band < bands; band += 1) {
    const y = row.y + ((band + 0.5) * row.height) / bands;
    for (let cell = 0; cell + 1 < edges.length; cell += 1) {
      // Not the middle, where a dotted line may mark a change of the learning rate.
      const step = edges[cell] + 0.3 * (edges[cell + 1] - edges[cell]);
      const at = window.epochscope.canvas.toX(step, axis.domain, x, width);
      const pixel = 4 * (Math.floor((y - view.top) * ratio) * across + Math.floor(at * ratio));
      colors.push(image.slice(pixel, pixel + 3).join(','));
    }
  }
  return colors;
}"""


class Chart:
    """The two canvases of a page that shows Validation."""

    def __init__(self, page):
        self.page = page
        page.wait_for_selector("#validation-rows[data-drawn]")

    def rows(self):
        """The rows that are drawn, by key, with the numbers in their buffers."""
        return {row["key"]: row for row in self.page.evaluate(READ_ROWS)}

    def wait_for_row(self, key):
        self.page.wait_for_function(
            "key => window.epochscope.canvas.view('validation-rows').spec.rows"
            ".some((row) => row.key === key)",
            arg=key,
        )
        return self.rows()[key]

    def numbers(self, key, column=0):
        """The buffer of a row in a column: (row, step)."""
        data = self.wait_for_row(key)["data"][column]
        return np.array(data["numbers"]).reshape(-1, self.step_count(column))

    def step_count(self, column=0):
        return self.page.evaluate(
            "i => window.epochscope.canvas.view('validation-rows').spec.columns[i].steps.length",
            column,
        )

    def colors(self, key, column=0):
        """What is painted in each cell of a row: (row, step) of 'red,green,blue'."""
        found = self.page.evaluate(READ_CELLS, [key, column])
        return np.array(found).reshape(-1, self.step_count(column))

    def token(self, name):
        return ",".join(map(str, self.page.evaluate("name => window.epochscope.token(name)", name)))

    def place(self, key, step, share=0.5, column=0):
        """Where a step of a row lies on the screen, `share` of the row's height down."""
        x, y = self.page.evaluate(
            """([key, step, share, column]) => {
              const { spec, axis, element } = window.epochscope.canvas.view('validation-rows');
              const row = spec.rows.find((one) => one.key === key);
              const { x, width } = spec.columns[column];
              element.scrollIntoView({ block: 'nearest' });
              const page = element.closest('.page');
              const box = () => element.parentElement.getBoundingClientRect();
              const y = () => box().top + row.y + row.height * share;
              const dock = document.querySelector('.validation-dock')?.offsetHeight ?? 0;
              const free = window.innerHeight - dock - 40;
              if (y() > free) page.scrollBy(0, y() - free + 60);
              const at = window.epochscope.canvas.toX(step, axis.domain, x, width);
              return [box().left + Math.min(Math.max(at, x + 1), x + width - 1), y()];
            }""",
            [key, step, share, column],
        )
        return x, y

    def click(self, key, step, share=0.5, column=0):
        self.page.mouse.click(*self.place(key, step, share, column))

    def hover(self, key, step, share=0.5, column=0):
        self.page.mouse.move(*self.place(key, step, share, column))

    def drawn(self):
        """How often the canvas of the rows was painted."""
        return int(self.page.locator("#validation-rows").get_attribute("data-drawn"))

    def painted(self):
        """The picture on the canvas of the rows."""
        return self.page.evaluate("document.getElementById('validation-rows').toDataURL()")

    def name(self, class_):
        """The button with the name of a class."""
        return self.page.locator(f"button.class-name[data-row='{class_}']")

    def selection(self):
        return self.page.evaluate("window.epochscope.selection()")

    def words(self, part):
        """What a part of the page says: table, pictures, legend, crumb."""
        return self.page.locator(f"#validation-{part}").inner_text()

    def wait_for_rules(self, window=5, threshold=20, rule="either", direction="both"):
        """Wait until triangles and table are those of these rules."""
        rules = f"{window} {threshold} {rule} {direction}"
        self.page.wait_for_selector(f"#validation-table[data-of='{rules}']")

    def settle(self):
        """Wait until everything that an opened page asks for has come and is drawn."""
        self.page.wait_for_load_state("networkidle")


def until_alike(chart, other, read):
    """Wait until two pages show the same, and say in what they differ where they do not."""
    until(other.page, lambda: read(other), read(chart))
