const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { validation: page } = load(
  "00_epochscope", "canvas_axis", "canvas_bytes", "canvas_runs", "canvas_labels", "validation_layout", "validation_values",
  "validation_specs", "validation_difference",
);

const grid = (numbers, top) => ({ numbers: Uint8Array.from(numbers), top });
const runs = (...steps) => ({ scale: null, runs: steps.map((one) => ({ steps: one })) });

test("two runs that predicted at steps in common can be told apart in one column, others not", () => {
  assert.ok(page.canDiffer(runs([0, 10, 20], [10, 15])));
  assert.ok(!page.canDiffer(runs([0, 10], [5, 15])));
  assert.ok(!page.canDiffer(runs([0, 10])));
  assert.ok(!page.canDiffer({ ...runs([0], [0]), scale: { low: 0, high: 1 } }));
  assert.ok(!page.canDiffer({ scale: null, runs: [{ steps: [0] }, null] }));
});

test("the difference counts at the steps in common, and what one of both lacks is missing", () => {
  page.state.data = runs([0, 10, 20], [10, 15, 20]);
  const cells = page.differenceOf([grid([9, 4, 255], 10), grid([1, 9, 5], 20)]);
  assert.deepEqual([...cells.numbers], [135, 255]); // 40 % less 5 %
  assert.deepEqual([page.sayPoints(cells, 0), page.sayPoints(cells, 1), page.sayPoints(cells, -1)], ["+35", "–", "–"]);
  assert.equal(page.differenceOf([null, grid([1, 9, 5], 20)]), null);
});

test("of right answers the one that is wrong alone counts, image by image", () => {
  page.state.data = runs([0, 10], [0, 10]);
  const first = grid([1, 0, 0, 1], 1);
  const second = grid([1, 1, 0, 0], 1);
  assert.deepEqual([...page.differenceOf([first, second], false).numbers], [100, 200, 100, 0]);
  assert.equal(page.sayPoints({ numbers: [0] }, 0), "−100");
});

test("the same two runs are subtracted once", () => {
  page.state.data = runs([0, 10], [0, 10]);
  const pair = [grid([1, 0], 1), grid([0, 1], 1)];
  assert.equal(page.differenceOf(pair), page.differenceOf(pair.map((one) => ({ ...one }))));
});
