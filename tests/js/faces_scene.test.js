const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { faces } = load("canvas_axis", "faces_geometry", "faces_scene", "faces_layout", "faces_pointer");
faces.widthOf = (text) => 6 * text.length;

const run = {
  steps: [0, 10, 20, 30, 40],
  classes: [
    { images: 10, least: 2, at: [1, 3], left: [3, 0], right: [0, 4] },
    null,
    { images: 10, least: 2, at: [], left: [], right: [] },
    { images: 10, least: 2, at: [3], left: [5], right: [2] },
  ],
  layers: [["conv1", 8, 3], ["conv2", 8, 2]],
  sets: [
    { layer: 0, filters: [1, 4], at: [1, 3], appearances: 3, classes: 2 },
    { layer: 1, filters: [7], at: [3], appearances: 2, classes: 2 },
  ],
};
const view = { abstract: false, layout: "unfolded", color: "count", from: 0, rowFrom: 0, range: null, names: ["cat", "dog", "owl", "fox"] };
const scene = (changes = {}) => faces.sceneOf(run, [958, 640], { ...view, ...changes });

test("a rectangle stands for every set that is whole at an anomaly iteration of a class", () => {
  const found = scene().rectangles.map((one) => [one.unit.key, one.class, run.steps[one.step]]);
  assert.deepEqual(found, [[0, 0, 10], [0, 0, 30], [0, 3, 30], [1, 0, 30], [1, 3, 30]]);
});

test("only classes that a mini-set touches have a strip and a column, until all are asked for", () => {
  assert.deepEqual(scene().classes, [0, 3]);
  const one = { ...run, sets: [{ ...run.sets[0], at: [1] }] };
  const classes = (changes) => faces.sceneOf(one, [958, 640], { ...view, ...changes }).classes;
  assert.deepEqual(classes({}), [0]);
  assert.deepEqual(classes({ everyClass: true }), [0, 3]);
});

test("faces share the edges of classes, the rows and the steps", () => {
  const { maps, classEdges, units } = scene();
  const strip = classEdges.map((edge) => faces.at(maps.top, 0, edge)[1]);
  const column = classEdges.map((edge) => faces.at(maps.right, edge, 0)[0]);
  const ratio = (strip[0] - strip[1]) / (strip[0] - strip[2]);
  assert.ok(Math.abs(ratio - (column[1] - column[0]) / (column[2] - column[0])) < 1e-9);
  for (const { a } of units) assert.equal(faces.at(maps.front, 0, a)[1], faces.at(maps.right, 0, a)[1]);
  assert.equal(maps.top[0], maps.front[0]);
  assert.equal(maps.top[4], maps.front[4]);
});

for (const layout of ["unfolded", "corner"]) {
  test(`what is drawn is what is picked, ${layout}`, () => {
    const one = scene({ layout });
    for (const rectangle of one.rectangles) {
      const middle = [rectangle.u + one.each / 2, (rectangle.unit.a + rectangle.unit.b) / 2];
      const found = faces.under(one, ...faces.at(one.maps.right, ...middle));
      assert.equal(found.class, rectangle.class);
      assert.equal(found.unit, rectangle.unit.key);
      assert.equal(found.step, run.steps[rectangle.step]);
      assert.equal(found.rectangle, true);
    }
    const strip = faces.under(one, ...faces.at(one.maps.top, 0.5, (one.classEdges[1] + one.classEdges[2]) / 2));
    assert.deepEqual([strip.face, strip.class, strip.step], ["top", 3, 20]);
    const row = faces.under(one, ...faces.at(one.maps.front, 0.5, (one.units[0].lines[1][0] + one.units[0].lines[1][1]) / 2));
    assert.deepEqual([row.face, row.unit, row.line, row.step], ["front", 0, 1, 20]);
    assert.equal(faces.under(one, 1, 1), null);
  });
}

for (const width of [900, 1500]) {
  test(`in a low stage of ${width} px, as of two runs, the classes leave filters as much height`, () => {
    const { depth, floor, size } = faces.sceneOf(run, [width, 540], view);
    assert.ok(size[1] - floor >= depth, `${size[1] - floor} px below the axis, ${depth} above`);
  });
}

test("the range of steps is what both step faces show", () => {
  assert.deepEqual(scene({ range: [10, 30] }).domain, [9.5, 30.5]);
  assert.deepEqual(scene({ range: [500, 600] }).domain, scene().domain);
});

test("a class further on is reached by scrolling, and the end stays full", () => {
  const many = { ...run, classes: Array.from({ length: 60 }, () => run.classes[0]) };
  const at = (from) => faces.sceneOf(many, [958, 640], { ...view, from });
  const first = at(0).classes;
  assert.ok(first.length < 60);
  assert.deepEqual(at(59).classes.slice(-1), [59]);
  assert.equal(at(59).classes.length, first.length);
});
