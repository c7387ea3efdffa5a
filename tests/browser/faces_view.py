"""Reads and drives the faces of Correlation and Cube as their browser tests need it."""

from tests.browser.patience import until

READ_SCENE = """(place) => {
  const scene = window.epochscope.correlation.state.scenes[place];
  if (!scene) return null;
  const { run } = scene;
  const names = window.epochscope.correlation.state.matrix.classes.map(({ name }) => name);
  return {
    kind: scene.kind, maps: scene.maps, domain: scene.domain, beyond: scene.data.beyond,
    classes: scene.classes.map((class_) => names[class_]),
    rows: scene.units.map((unit) => [run.layers[unit.layer][0], unit.set ? unit.set.filters : null]),
    rectangles: scene.rectangles.map((one) => [names[one.class], run.layers[one.unit.layer][0], one.unit.set.filters, run.steps[one.step]]),
    iterations: Object.fromEntries(run.classes.flatMap((one, i) => (one ? [[names[i], one.at.map((at) => run.steps[at])]] : []))),
    counts: run.cells ? scene.units.map((unit) => scene.classes.map((class_) => run.cells.numbers[unit.key * names.length + class_])) : null,
  };
}"""

FIND = """([place, face, name, layer, filters, step]) => {
  const { faces, correlation: page } = window.epochscope;
  const scene = page.state.scenes[place];
  const class_ = page.state.matrix.classes.findIndex((one) => one.name === name);
  const i = scene.classes.indexOf(class_);
  const unit = scene.units.find((one) => scene.run.layers[one.layer][0] === layer && (!filters || String(one.set?.filters) === String(filters)));
  const middle = (a, b) => (a + b) / 2;
  let at;
  if (face === 'right') {
    const j = step === null ? -1 : scene.run.classes[class_].at.findIndex((one) => scene.run.steps[one] === step);
    const u = j < 0 ? middle(scene.classEdges[i], scene.classEdges[i + 1]) : scene.columns[i][j] + scene.each / 2;
    at = [u, middle(unit.a, unit.b)];
  } else if (face === 'front') at = [faces.shareOf(scene, step), middle(...unit.lines[0])];
  else at = [faces.shareOf(scene, step), middle(scene.classEdges[i], scene.classEdges[i + 1])];
  scene.stage.scrollIntoView({ block: 'nearest' });
  const box = scene.stage.getBoundingClientRect();
  const [x, y] = faces.at(scene.maps[face], ...at);
  return [box.left + x, box.top + y];
}"""

PIXEL = """([place, x, y]) => {
  const { stage } = window.epochscope.correlation.state.scenes[place];
  const canvas = stage.querySelector('canvas');
  const box = stage.getBoundingClientRect();
  const ratio = window.devicePixelRatio;
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
  copy.drawImage(canvas, 0, 0);
  return [...copy.getImageData(Math.floor((x - box.left) * ratio), Math.floor((y - box.top) * ratio), 1, 1).data.slice(0, 3)].join(',');
}"""

# What is outlined in a style, read back from where its outlines lie; steps as lines, and squares.
READ_LIT = """([place, style]) => {
  const { faces, correlation: page } = window.epochscope;
  const scene = page.state.scenes[place];
  const marks = scene.stage.querySelector('svg .marks');
  const named = (class_) => page.state.matrix.classes[class_].name;
  const near = (a, b) => Math.abs(a - b) < 2e-3;
  const boxOf = (path, face) => {
    const numbers = path.getAttribute('d').match(/-?[\\d.]+(?:e-?\\d+)?/g).map(Number);
    const at = numbers.flatMap((x, i) => (i % 2 ? [] : [faces.pick(scene.maps[face], x, numbers[i + 1])]));
    const [u, v] = [at.map(([one]) => one), at.map(([, one]) => one)];
    return [Math.min(...u), Math.max(...u), Math.min(...v), Math.max(...v)];
  };
  const classAt = (from, to) => scene.classes.filter((_, i) => near(scene.classEdges[i], from) && near(scene.classEdges[i + 1], to)).map(named);
  const rowsAt = (a, b) => scene.units.filter((unit) => unit.a > a - 2e-3 && unit.b < b + 2e-3)
    .map((unit) => [scene.run.layers[unit.layer][0], unit.set ? unit.set.filters : null]);
  const found = { top: [], front: [], right: { classes: [], rows: [] }, steps: [], iterations: [], squares: [] };
  for (const path of marks.querySelectorAll(`path.${style}[data-on]`)) {
    const face = path.dataset.on;
    const [u0, u1, v0, v1] = boxOf(path, face);
    if (face === 'top') found.top.push(...classAt(v0, v1));
    else if (face === 'front') found.front.push(...rowsAt(v0, v1));
    else if (near(u0, 0) && near(u1, 1) && !(near(v0, 0) && near(v1, 1))) found.right.rows.push(...rowsAt(v0, v1));
    else found.right.classes.push(...classAt(u0, u1));
  }
  for (const path of marks.querySelectorAll(`path.${style}t[data-step]`)) found.steps.push(Number(path.dataset.step));
  for (const path of marks.querySelectorAll(`path.${style}t.thin`)) {
    const [u] = boxOf(path, 'right');
    const i = scene.classes.findIndex((_, at) => scene.classEdges[at] <= u && u <= scene.classEdges[at + 1]);
    found.iterations.push(named(scene.classes[i]));
  }
  for (const square of marks.querySelectorAll('rect.hit')) found.squares.push(named(Number(square.dataset.class)));
  found.squares = [...new Set(found.squares)];
  for (const list of [found.top, found.right.classes, found.iterations, found.squares]) list.sort();
  found.steps.sort((a, b) => a - b);
  return found;
}"""


class Faces:
    """The faces of one page, by run."""

    def __init__(self, page, place=0):
        self.page = page
        self.place = place
        page.wait_for_selector(".faces-card:not(.loading) .faces canvas[data-drawn]")
        page.wait_for_selector("#correlation-stages[data-lift='1']")

    def scene(self):
        """What is drawn: classes, rows, rectangles, by their names."""
        return self.page.evaluate(READ_SCENE, self.place)

    def canvas(self):
        return self.page.locator(f".faces[data-place='{self.place}'] > canvas")

    def drawn(self):
        return int(self.canvas().get_attribute("data-drawn"))

    def point(self, face, name=None, layer=None, filters=None, step=None):
        """Where something lies on the screen."""
        return self.page.evaluate(FIND, [self.place, face, name, layer, filters, step])

    def hover(self, face, **what):
        self.page.mouse.move(*self.point(face, **what))

    def click(self, face, **what):
        self.page.mouse.click(*self.point(face, **what))

    def color(self, face, **what):
        """What is painted there: 'red,green,blue'."""
        return self.page.evaluate(PIXEL, [self.place, *self.point(face, **what)])

    def token(self, name):
        return ",".join(map(str, self.page.evaluate("name => window.epochscope.token(name)", name)))

    def outlined(self, style):
        """On which faces something is outlined: 'hov' or 'pin'."""
        return self.page.eval_on_selector_all(
            f".faces[data-place='{self.place}'] svg .marks path.{style}[data-on]",
            "paths => paths.map((path) => path.dataset.on)",
        )

    def expect_outlined(self, style, faces):
        until(self.page, lambda: sorted(self.outlined(style)), sorted(faces))

    def lit(self, style="pin"):
        """What is outlined, by face: strips, rows, columns, steps, their iterations, and squares."""
        return self.page.evaluate(READ_LIT, [self.place, style])

    def tip(self):
        return self.page.locator(f".faces[data-place='{self.place}'] .faces-tip")

    def pins(self):
        return self.page.locator("#correlation-pins .chip.pin")

    def selection(self):
        return self.page.evaluate("window.epochscope.selection()")

    def expect_selected(self, **expected):
        until(self.page, lambda: {key: self.selection()[key] for key in expected}, expected)
