const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { canvas } = load("00_epochscope", "canvas_view");
globalThis.dash_clientside.no_update = "kept";

test("a chart is drawn where anything but focus and range changed, else it is marked", () => {
  const drawn = [];
  let isConnected = true;
  canvas.view = () => ({ element: { isConnected } });
  const callback = canvas.drawOrMark("rows", (...given) => drawn.push(given), (...given) => given);
  const data = {};
  assert.deepEqual(callback(data, "a", 7, null), [1, [7, null]]);
  assert.deepEqual(callback(data, "a", 8, [0, 9]), ["kept", [8, [0, 9]]]);
  assert.deepEqual(callback({}, "a", 8, [0, 9]), [2, [8, [0, 9]]]);
  isConnected = false;
  assert.deepEqual(callback(drawn.at(-1)[0], "a", 8, null), [3, [8, null]]);
  assert.deepEqual(drawn[0], [data, "a"]);
});
