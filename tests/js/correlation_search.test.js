const assert = require("node:assert/strict");
const { test } = require("node:test");

globalThis.document ??= { addEventListener() {} };
const { load } = require("./canvas_load.js");

const { correlation: page } = load("faces_geometry", "faces_scene", "correlation_search");
const scene = {
  all: [0, 2, 3], abstract: false,
  run: { layers: [["conv1"], ["head.fc"]], sets: [{ layer: 1, filters: [3] }], rows: [] },
};
const find = (text) => page.findNamed(scene, text, ["wild cat", "dog", "cat", "owl"]);

test("a search finds a class by its beginning before one that only holds the text", () => {
  assert.deepEqual(find("cat"), { class: 2 });
  assert.deepEqual(find(" WILD"), { class: 0 });
});

test("what has no strip is not found, and nothing is found by no text", () => {
  assert.equal(find("dog"), null);
  assert.equal(find("  "), null);
});

test("layers are found where no class is, if they have rows", () => {
  assert.deepEqual(find("fc"), { layer: 1 });
  assert.equal(find("conv"), null);
});
