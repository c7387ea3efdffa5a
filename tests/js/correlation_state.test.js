const assert = require("node:assert/strict");
const { test } = require("node:test");

globalThis.document ??= { querySelector: () => null };
const { load } = require("./canvas_load.js");

const { correlation: page } = load("00_epochscope", "canvas_bytes", "faces_geometry", "correlation_state");

test("the highest score is found among more anomaly iterations than a call takes", () => {
  const many = Array.from({ length: 300_000 }, (_, i) => i % 7);
  const at = many.map((_, i) => i);
  page.state.matrix = { classes: [{ row: 0 }, { row: 1 }, { row: 2 }], runs: [{ steps: at, classes: [{ at, left: many, right: many, images: 50 }, null, { at: [3], left: [9], right: [0], images: 10 }] }] };
  assert.equal(page.dataOf(0).score, 0.9);
  page.state.matrix.runs[0].classes = [null];
  assert.equal(page.dataOf(0).score, 0);
});
