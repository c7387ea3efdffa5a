const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

globalThis.document ??= { getElementById: () => null, createElement: () => ({ setAttribute() {}, append() {} }) };
const epochscope = load("00_epochscope", "layers_filters", "layers_filters_top");
const clientside = globalThis.dash_clientside;
const { showTopControls, chooseTop } = clientside.layersFilters;
const no_update = (clientside.no_update = "unchanged");
const sent = (k, asked) => ({ k, asked: { k: asked }, runs: [{ filters: 106, at: [40] }] });

// What the panel takes into the link after it was shown, and `by` said so.
function choose(by, slider, number, link) {
  const taken = [];
  epochscope.selection = () => link;
  epochscope.select = (patch) => taken.push(patch);
  clientside.callback_context = { triggered_id: by };
  chooseTop(slider, number, "change", "any");
  return taken;
}

test("without a k in the link, its default waits for the strips of this link", () => {
  assert.deepEqual(showTopControls({ top: 1 }, sent(1, 1)).slice(0, 3), [1, 106, 1]);
  assert.deepEqual(showTopControls({}, sent(1, 1)).slice(0, 3), [no_update, no_update, no_update]);
  assert.deepEqual(showTopControls({}, sent(3, null)).slice(0, 3), [3, 106, 3]);
});

test("what the panel shows of the link is not taken for a choice, what is moved or typed is", () => {
  showTopControls({ top: 1 }, sent(1, 1));
  showTopControls({}, sent(3, null));
  assert.deepEqual(choose("layers-top-slider", 3, 3, {}), []);
  assert.deepEqual(choose("layers-top-number", 3, 3, {}), []);
  assert.deepEqual(choose("layers-top-slider", 20, 3, {}), [{ top: 20 }]);
  assert.deepEqual(choose("layers-top-number", 3, 104, {}), [{ top: 104 }]);
});

test("a k beyond the slider is not pulled to its end", () => {
  showTopControls({ top: 700 }, { ...sent(700, 700), runs: [{ filters: 2000, at: [40] }] });
  assert.deepEqual(choose("layers-top-slider", 512, 700, { top: 700 }), []);
});
