const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { canvas } = load("canvas_axis", "canvas_bytes", "canvas_colors", "canvas_curves",
  "canvas_overlay", "canvas_pointer", "canvas_keys");
const channels = (packed) => [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255, packed >>> 24];

test("a ramp runs from its first to its last colour; not finite has its own, and missing none", () => {
  const table = canvas.rampTable([[10, 20, 30], [110, 20, 30], [110, 220, 30]], [200, 1, 1]);
  assert.deepEqual(channels(table[0]), [10, 20, 30, 255]);
  assert.deepEqual(channels(table[100]), [110, 20, 30, 255]);
  assert.deepEqual(channels(table[150]), [110, 120, 30, 255]);
  assert.deepEqual(channels(table[200]), [110, 220, 30, 255]);
  assert.deepEqual(channels(table[canvas.BAD]), [200, 1, 1, 255]);
  assert.equal(table[canvas.MISSING], 0);
});

test("codes beyond the categories are grey, and no prediction has its own colour", () => {
  const table = canvas.codeTable([[1, 1, 1], [2, 2, 2]], [9, 9, 9], [200, 0, 0]);
  assert.deepEqual(channels(table[1]), [2, 2, 2, 255]);
  assert.deepEqual(channels(table[7]), [9, 9, 9, 255]);
  assert.deepEqual(channels(table[254]), [200, 0, 0, 255]);
  assert.equal(table[canvas.MISSING], 0);
});

const pixels = { key: "3", kind: "pixels", y: 50, height: 40, view: { first: 10, end: 30, band: 2 } };
const strip = { key: "s3", kind: "stripe", y: 0, height: 16, opens: 3 };
const steps = [0, 10, 20, 30];
const view = {
  axis: { domain: [-5, 35] },
  spec: {
    rows: [strip, { ...strip, key: "gap", y: 20, quiet: true }, pixels],
    columns: [
      { x: 100, width: 80, steps, edges: canvas.edgesOf(steps) },
      { x: 200, width: 80, steps: [0, 20], edges: canvas.edgesOf([0, 20]) },
    ],
  },
};

test("a pick names row, column, recorded step and image", () => {
  const pick = canvas.pick(view, 100 + 45, 50 + 9);
  assert.equal(pick.row, pixels);
  assert.deepEqual([pick.column, pick.cell, pick.step, pick.image], [0, 2, 20, 14]);
  assert.deepEqual(canvas.pick(view, 205, 3).step, 0);
  assert.equal(canvas.pick(view, 199, 3), null);
  assert.equal(canvas.pick(view, 120, 25), null);
});

test("the band of an image is where a pick of that image points", () => {
  for (const image of [10, 11, 18, 29]) {
    const span = canvas.imageSpan(pixels, image);
    const found = canvas.pick(view, 120, span.y + span.height / 2).image;
    assert.equal(found, image - (image % 2), `image ${image}`);
  }
  assert.equal(canvas.imageSpan(pixels, 9), null);
  assert.equal(canvas.imageSpan(pixels, 30), null);
});

test("a brush is whole steps, in order, inside the axis", () => {
  assert.deepEqual(canvas.stepsBetween(21.6, 3.2, [-5, 35]), [4, 21]);
  assert.deepEqual(canvas.stepsBetween(-5, 90, [-5, 35]), [0, 35]);
});

test("keys walk over the rows that open and stop at the ends", () => {
  const rows = [{ key: "a" }, { key: "b", opens: 1 }, { key: "c", opens: 2 }];
  assert.equal(canvas.nextRow(rows, null, 1), "b");
  assert.equal(canvas.nextRow(rows, "b", 1), "c");
  assert.equal(canvas.nextRow(rows, "c", 1), "c");
  assert.equal(canvas.nextRow(rows, "b", -1), "b");
  assert.equal(canvas.nextRow([], null, 1), null);
});

test("keys walk over recorded steps, also from a step between two", () => {
  assert.equal(canvas.nextStep(steps, 10, 1), 20);
  assert.equal(canvas.nextStep(steps, 10, -1), 0);
  assert.equal(canvas.nextStep(steps, 14, 1), 20);
  assert.equal(canvas.nextStep(steps, 14, -1), 10);
  assert.equal(canvas.nextStep(steps, 30, 10), 30);
  assert.equal(canvas.nextStep([], 3, 1), null);
});

test("a y scale has round numbers that do not pass its end", () => {
  assert.deepEqual(canvas.scaleTicks(0.8), [0, 0.5]);
  assert.deepEqual(canvas.scaleTicks(1), [0, 0.5, 1]);
  assert.deepEqual(canvas.scaleTicks(0), [0]);
  assert.equal(canvas.toY(0, { y: 10, height: 20 }, [0, 1]), 29);
  assert.equal(canvas.toY(1, { y: 10, height: 20 }, [0, 1]), 11);
});
