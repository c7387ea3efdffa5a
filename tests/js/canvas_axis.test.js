const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { canvas } = load("canvas_axis");

test("cell edges lie halfway between recorded steps, however far apart", () => {
  assert.deepEqual([...canvas.edgesOf([0, 10, 40])], [-5, 5, 25, 55]);
});

test("a single step gets a cell of one step, and no step gets none", () => {
  assert.deepEqual([...canvas.edgesOf([7])], [6.5, 7.5]);
  assert.equal(canvas.spanOf([{ edges: canvas.edgesOf([]) }]), null);
});

test("the span covers the cells of every run", () => {
  const columns = [{ edges: canvas.edgesOf([0, 10]) }, { edges: canvas.edgesOf([4, 20, 30]) }];
  assert.deepEqual(canvas.spanOf(columns), [-5, 35]);
});

test("a step and its pixel are each other's inverse", () => {
  const domain = [-5, 55];
  for (const step of [-5, 0, 13.5, 55]) {
    const x = canvas.toX(step, domain, 100, 300);
    assert.ok(Math.abs(canvas.toStep(x, domain, 100, 300) - step) < 1e-9);
  }
});

test("the cell under a step is found as a walk over the edges finds it", () => {
  const edges = canvas.edgesOf([0, 1, 5, 9, 10, 100]);
  for (let step = -3; step < 150; step += 0.25) {
    let slow = -1;
    for (let i = 0; i < 6; i += 1) if (edges[i] <= step && step < edges[i + 1]) slow = i;
    assert.equal(canvas.cellAt(edges, step), slow, `step ${step}`);
  }
});

test("the newest recorded step at or before a step", () => {
  assert.equal(canvas.newestAt([5, 10, 20], 4), -1);
  assert.equal(canvas.newestAt([5, 10, 20], 10), 1);
  assert.equal(canvas.newestAt([5, 10, 20], 19), 1);
  assert.equal(canvas.newestAt([5, 10, 20], 99), 2);
});

test("with more steps than pixels, every recorded step is in exactly one pixel", () => {
  const steps = Array.from({ length: 1000 }, (_, i) => i * 3 + (i % 3));
  const edges = canvas.edgesOf(steps);
  const cells = canvas.pixelCells(steps, edges, [edges[0], edges[1000]], 60);
  const seen = new Array(1000).fill(0);
  for (let p = 0; p < 60; p += 1) {
    for (let cell = cells.first[p]; cell <= cells.last[p]; cell += 1) seen[cell] += 1;
  }
  assert.deepEqual(seen, new Array(1000).fill(1));
});

test("with more pixels than steps, a pixel shows the cell under its middle", () => {
  const steps = [0, 10, 40];
  const edges = canvas.edgesOf(steps);
  const cells = canvas.pixelCells(steps, edges, [-5, 55], 60);
  for (let p = 0; p < 60; p += 1) {
    assert.equal(cells.first[p], canvas.cellAt(edges, -5 + p + 0.5), `pixel ${p}`);
  }
});

test("pixels beyond the first and last recorded step show nothing", () => {
  const cells = canvas.pixelCells([10, 20], canvas.edgesOf([10, 20]), [0, 40], 40);
  assert.equal(cells.first[4], -1);
  assert.equal(cells.first[5], 0);
  assert.equal(cells.first[24], 1);
  assert.equal(cells.first[25], -1);
});

test("zooming keeps the step under the pointer and stays inside", () => {
  const full = [0, 100];
  const [first, last] = canvas.zoomed(full, full, 0.5, 25);
  assert.equal((25 - first) / (last - first), 0.25);
  assert.deepEqual(canvas.zoomed([0, 10], full, 0.1, 5, 4), [3, 7]);
  assert.deepEqual(canvas.zoomed([10, 90], full, 2, 50), full);
  assert.deepEqual(canvas.zoomed([0, 50], full, 1.5, 50), [0, 75]);
});
