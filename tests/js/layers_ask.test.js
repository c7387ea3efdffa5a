const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

load("layers_values", "layers");
const clientside = globalThis.dash_clientside;
const no_update = (clientside.no_update = "unchanged");
const { askAnomalies } = clientside.layers;

test("which layers hold anomaly filters is asked again with every setting that decides it", () => {
  const link = { threshold: 20, options: { "layers.only": "anomalies", "layers.open": "m", "validation.flips": "learned" } };
  const asked = askAnomalies(link, null);
  assert.deepEqual(asked.options, { "validation.flips": "learned" });
  assert.equal(askAnomalies(link, asked), no_update);
  assert.equal(askAnomalies({ ...link, step: 7 }, asked), no_update);
  const relative = { ...link, options: { ...link.options, "correlation.change": "relative" } };
  assert.equal(askAnomalies(relative, asked).options["correlation.change"], "relative");
  assert.equal(askAnomalies({ options: {} }, asked), null);
});
