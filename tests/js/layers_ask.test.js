const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

load("00_epochscope", "canvas_view", "layers_values", "layers");
const { askAnomalies } = globalThis.epochscope.layers;

test("which layers hold anomaly filters is asked again with every setting that decides it", () => {
  const link = { threshold: 20, options: { "layers.only": "anomalies", "layers.open": "m", "validation.flips": "learned" } };
  const asked = askAnomalies(link);
  assert.deepEqual(asked.options, { "validation.flips": "learned" });
  assert.deepEqual(askAnomalies({ ...link, step: 7 }), asked);
  const relative = { ...link, options: { ...link.options, "correlation.change": "relative" } };
  assert.equal(askAnomalies(relative).options["correlation.change"], "relative");
  assert.equal(askAnomalies({ options: {} }), null);
});
