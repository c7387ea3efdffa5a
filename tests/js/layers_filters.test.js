const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const epochscope = load("00_epochscope", "canvas_labels", "layers_filters", "layers_filters_labels");
const { layersFilters: filters } = epochscope;

test("few filters get tall rows, many one pixel each, and more share a row", () => {
  assert.deepEqual(filters.fit(12, 0), { size: 10, band: 1, height: 120 });
  assert.deepEqual(filters.fit(64, 0), { size: 2, band: 1, height: 128 });
  assert.deepEqual(filters.fit(256, 0), { size: 2, band: 1, height: 512 });
  assert.deepEqual(filters.fit(512, 0), { size: 1, band: 1, height: 512 });
  assert.deepEqual(filters.fit(2048, 0), { size: 1, band: 4, height: 512 });
  assert.deepEqual(filters.fit(0, 0), { size: 0, band: 1, height: 0 });
});

test("a chosen row height is kept, up to what a canvas can hold", () => {
  assert.deepEqual(filters.fit(64, 15), { size: 15, band: 1, height: 960 });
  const most = filters.fit(2048, 15);
  assert.equal(most.size, 15);
  assert.ok(most.height <= 4096 + 15);
});

test("every row height shows every filter", () => {
  for (let count = 1; count < 3000; count += 37) {
    for (let size = 0; size <= 15; size += 1) {
      const { band, height, size: shown } = filters.fit(count, size);
      assert.equal(height, Math.ceil(count / band) * shown);
    }
  }
});

const chart = (by, signed, ends) => ({ by, signed, runs: [{ ends }, null, { ends: [0.25, 0.5] }] });

test("a legend says the values at both ends", () => {
  assert.deepEqual(filters.legendWords(chart("layer", false, [0, 0.1])), { ends: ["0", "0.5"], range: "" });
  const own = filters.legendWords(chart("filter", false, [1e-7, 0.1]));
  assert.deepEqual(own, { ends: ["filter min", "filter max"], range: "1e−7 to 0.5" });
  const signed = filters.legendWords(chart("step", true, [-0.5, 0.5]));
  assert.deepEqual(signed, { ends: ["−step max", "step max"], range: "−0.5 to 0.5" });
});

test("filters that stand still are named, the first three by number", () => {
  const what = ["never moves", "never move"];
  assert.equal(filters.sayStill([17], what), "17 never moves");
  assert.equal(filters.sayStill([17, 42], what), "17 and 42 never move");
  assert.equal(filters.sayStill([1, 2, 3], what), "1, 2 and 3 never move");
  assert.equal(filters.sayStill([1, 2, 3, 4, 5], what), "1, 2, 3 + 2 never move");
});

test("what is asked changes only with what is shown", () => {
  const { ask, askPage } = filters;
  epochscope.layers.openNames = (options) => new Set((options["layers.open"] || "").split(","));
  const structure = { levels: [{ name: "m", layer: false, filters: 0 }, { name: "m.a", layer: true, filters: 8 }, { name: "m.b", layer: true, filters: 8 }] };
  const first = ask(structure, { "layers.open": "m,m.a", "layers.by": "step" });
  assert.deepEqual(first, { layers: ["m.a"], quantity: "change", by: "step", order: "index" });
  assert.deepEqual(ask(structure, { "layers.open": "m.a", "layers.by": "step", "validation.sort": "easy" }), first);
});
