const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { layers: page } = load("layers_scales");

const chart = (place, type, norm, ...runs) => ({ place, type, norm, cells: runs.map((numbers) => ({ numbers })) });
const CHARTS = [
  chart(0, "horizon", false, [0.01, -0.02], [0.03, NaN]),
  chart(1, "horizon", true, [1, 1.25]),
  chart(2, "horizon", false, [0, -0.04]),
  chart(3, "line", false, [0, 2]),
];

test("on the same scale, normalisations share one of their own", () => {
  const { most, norms, apart, of } = page.scalesOf(CHARTS, true);
  assert.deepEqual([most, norms, apart], [0.04, 1.25, false]);
  assert.deepEqual([0, 1, 2].map((place) => of.get(place).most), [0.04, 1.25, 0.04]);
  assert.deepEqual(of.get(3).scale, [0, 2]);
});

test("on its own scale, every chart has that of its runs", () => {
  const { norms, of } = page.scalesOf(CHARTS, false);
  assert.equal(norms, null);
  assert.deepEqual([0, 1, 2].map((place) => of.get(place).most), [0.03, 1.25, 0.04]);
});

test("normalisations alone have the one scale of the legend", () => {
  const { most, norms } = page.scalesOf([CHARTS[1]], true);
  assert.deepEqual([most, norms], [1.25, null]);
});

test("lines, boxes and heat maps say that they are of two scales", () => {
  const heat = (place, norm, scale) => ({ place, type: "heat", norm, cells: [{ numbers: [], scale }] });
  const { apart, of } = page.scalesOf([heat(0, false, [-1, 1]), heat(1, true, [0, 2])], true);
  assert.equal(apart, true);
  assert.deepEqual([of.get(0).scale, of.get(1).scale], [[-1, 1], [0, 2]]);
  assert.equal(page.scalesOf([chart(0, "line", false, [1]), chart(1, "box", true, [1])], true).apart, false);
});
