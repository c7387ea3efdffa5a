const assert = require("node:assert/strict");
const { mock, test } = require("node:test");
const { load } = require("./canvas_load.js");

const { canvas } = load("canvas_axis", "canvas_view", "canvas_runs");
const RUN = { steps: [0, 10, 20], stages: [[0, 20, "0.1"], [10, 20, "0.01"]], lost: [[10, 19, "run/a/b/part.parquet"]] };

/** An axis from -5 to 25 that shows all of it. */
function axis(name) {
  canvas.span(name, [-5, 25]);
  canvas.axisOf(name).domain = [-5, 25];
  return canvas.axisOf(name);
}

test("a link zooms the axis to its steps, and none shows all", () => {
  const shown = axis("link");
  canvas.applyZoom("link", "10-20");
  assert.deepEqual(shown.domain, [10, 20]);
  canvas.applyZoom("link", "0-12");
  assert.deepEqual(shown.domain, [-5, 12]); // the first step's own cell begins before it
  canvas.applyZoom("link", undefined);
  assert.deepEqual(shown.domain, [-5, 25]);
});

test("steps that are none of the axis zoom nothing", () => {
  const shown = axis("outside");
  for (const asked of ["30-40", "20-10", "x", "1-2-3"]) canvas.applyZoom("outside", asked);
  assert.deepEqual(shown.domain, [-5, 25]);
});

test("a zoom is written once, as it rests, also where its chart was drawn anew in between", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  axis("writer");
  const written = [];
  const writer = () => canvas.zoomWriter("writer", (...args) => written.push(args));
  writer()([5.4, 20]);
  mock.timers.tick(100);
  writer()([7.6, 15]);
  mock.timers.tick(1000);
  writer()([-5, 25]);
  mock.timers.tick(1000);
  mock.timers.reset();
  assert.deepEqual(written, [["zoom", "8-15", "replace"], ["zoom", null, "replace"]]);
});

test("a run's column holds its steps, and a line where its learning rate changes unless there are many", () => {
  const places = { columns: [{ x: 1, width: 9 }, { x: 20, width: 9 }], shown: [1, 0] };
  const many = { ...RUN, stages: Array.from({ length: 13 }, (_, i) => [i, i + 1, "1"]) };
  const [second, first] = canvas.columnsOf(places, [many, RUN]);
  assert.deepEqual([second.x, second.place, second.drops, second.growing], [1, 1, [10], false]);
  assert.deepEqual([first.x, first.place, first.drops], [20, 0, []]);
});

test("a tip names the damaged file that held a step", () => {
  assert.equal(canvas.lostFile(RUN, 12), "a/b/part.parquet");
  assert.equal(canvas.lostFile(RUN, 20), null);
  assert.equal(canvas.lostFile(RUN, null), null);
});
