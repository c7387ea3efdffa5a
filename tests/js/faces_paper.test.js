const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { faces } = load("faces_paper");
const css = readFileSync(join(__dirname, "..", "..", "assets", "tokens.css"), "utf-8");
const token = (name) => {
  const [, hex] = new RegExp(`${name}: #([0-9a-f]{6})`).exec(css);
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
};

test("strips have the paper's colours at every accuracy it was measured at", () => {
  const wanted = new Map([
    [0, [221, 38, 28]], [0.25, [238, 147, 110]], [0.5, [255, 255, 191]], [0.51, [236, 247, 165]],
    [0.52, [217, 239, 139]], [0.75, [120, 194, 106]], [1, [14, 146, 71]],
  ]);
  for (const [accuracy, color] of wanted) assert.deepEqual(faces.paperColor(accuracy, token), color);
});
