const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { canvas } = load("canvas_axis", "canvas_bytes", "canvas_colors", "canvas_series", "canvas_series_shares");

const bytesOf = (...numbers) => Buffer.from(Float32Array.from(numbers).buffer).toString("base64");

test("packed numbers come back as they were", () => {
  assert.deepEqual([...canvas.unpackFloats(bytesOf(1.5, -2, NaN, 3e-20))], [1.5, -2, NaN, Math.fround(3e-20)]);
});

test("a pixel that holds many steps shows the one furthest from zero", () => {
  const numbers = Float32Array.from([1, -5, 2, NaN, 3, NaN]);
  const cells = { first: Int32Array.from([0, 3, 5, -1]), last: Int32Array.from([2, 4, 5, -1]) };
  assert.deepEqual([...canvas.peaksOf(numbers, cells)], [-5, 3, NaN, NaN]);
});

test("no peak is lost or smaller, however few pixels there are", () => {
  const steps = Array.from({ length: 997 }, (_, i) => i);
  const numbers = Float32Array.from(steps, (step) => (step === 613 ? -9 : Math.sin(step)));
  for (const width of [10, 100, 996, 3000]) {
    const cells = canvas.pixelCells(steps, canvas.edgesOf(steps), [-0.5, 996.5], width);
    assert.equal(Math.min(...canvas.peaksOf(numbers, cells)), -9, `${width} pixels`);
  }
});

test("a number is its whole bands and the part of the next, unfolded again", () => {
  for (const bands of [1, 2, 3, 6]) {
    for (const number of [-7, -2.4, -0.1, 0, 0.3, 2, 5.5, 7]) {
      const { full, part, sign } = canvas.foldOf(number, 7, bands);
      assert.ok(full >= 0 && full < bands && part >= 0 && part <= 1);
      const unfolded = (sign * (full + part) * 7) / bands;
      assert.ok(Math.abs(unfolded - number) < 1e-9, `${number} in ${bands}: ${unfolded}`);
    }
  }
});

test("what is beyond the scale fills the last band", () => {
  assert.deepEqual(canvas.foldOf(100, 7, 3), { full: 2, part: 1, sign: 1 });
  assert.deepEqual(canvas.foldOf(0, 0, 3), { full: 0, part: 0, sign: 1 });
});

test("bands darken outwards, three of them as designed", () => {
  const three = canvas.bandStrengths(3);
  assert.deepEqual(three.map((share) => Math.round(share * 100)), [30, 62, 100]);
  for (let bands = 2; bands <= 6; bands += 1) {
    const strengths = canvas.bandStrengths(bands);
    assert.ok(strengths.every((share, i) => i === 0 || share > strengths[i - 1]));
  }
});

test("a larger change is always nearer the accent", () => {
  for (let bands = 1; bands <= 7; bands += 1) {
    const strengths = canvas.changeStrengths(bands);
    assert.equal(strengths.length, bands);
    assert.ok(strengths.every((share, i) => i === 0 || share < strengths[i - 1]));
  }
});

test("boxes stand at recorded steps, eleven pixels apart", () => {
  const steps = Array.from({ length: 100 }, (_, i) => 10 * i);
  const boxed = canvas.boxedSteps(steps, [0, 990], 500);
  const x = boxed.map((cell) => canvas.toX(steps[cell], [0, 990], 0, 500));
  assert.equal(boxed[0], 0);
  assert.ok(x.every((at, i) => i === 0 || (at - x[i - 1] >= 11 && at - x[i - 1] < 17)));
  assert.deepEqual(canvas.boxedSteps(steps, [200, 240], 500), [20, 21, 22, 23, 24]);
});

test("nothing is shown from the step on after which nothing is finite", () => {
  const steps = [0, 10, 20, 30];
  const box = { x: 0, y: 0, width: 40, height: 10, ratio: 1, domain: [-5, 35], column: { steps, edges: canvas.edgesOf(steps) } };
  assert.deepEqual(new Set(canvas.cellsIn(box, { bad: 20 }).last), new Set([0, 1, -1]));
  assert.deepEqual(new Set(canvas.cellsIn(box, { bad: -1 }).last), new Set([0, 1, 2, 3]));
});
