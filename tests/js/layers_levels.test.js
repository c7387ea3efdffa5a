const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { layers: page } = load("layers_levels", "layers_layout");

const level = (name, parent, depth, layer, type = "Conv2d") => ({ name, parent, depth, layer, type, filters: layer ? 8 : 0 });
const LEVELS = [
  level("stem", -1, 0, true), // 0
  level("m", -1, 0, false, "Sequential"), // 1
  level("m.0", 1, 1, false, "Block"), // 2
  level("m.0.a", 2, 2, true), // 3
  level("m.0.b", 2, 2, true, "Linear"), // 4
  level("m.1", 1, 1, true), // 5
];
const list = (options) =>
  page.listLevels(LEVELS, { open: new Set(), search: "", only: null, sort: "network", changeOf: () => ({ at: 0, ever: true }), ...options });

test("a closed level has a chart, an open one gives way to those in it", () => {
  assert.deepEqual(list({}), [0, 1]);
  assert.deepEqual(list({ open: new Set(["m"]) }), [0, 2, 5]);
  assert.deepEqual(list({ open: new Set(["m", "m.0"]) }), [0, 3, 4, 5]);
});

test("a level inside something closed stays hidden, and an opened layer keeps its chart", () => {
  assert.deepEqual(list({ open: new Set(["m.0"]) }), [0, 1]);
  assert.deepEqual(list({ open: new Set(["stem"]) }), [0, 1]);
});

test("a search finds layers of any depth by name or type", () => {
  assert.deepEqual(list({ search: "M.0" }), [3, 4]);
  assert.deepEqual(list({ search: "only conv" }), [0, 3, 5]);
  assert.deepEqual(list({ search: "nothing" }), []);
});

test("only the layers of a set are kept, of any depth", () => {
  assert.deepEqual(list({ only: new Set(["m.0.b", "stem"]) }), [0, 4]);
});

test("levels stand by their change at the focus step, unknown last, ties in network order", () => {
  const change = { 0: { at: 0.1, ever: true }, 3: { at: null, ever: false }, 4: { at: 0.7, ever: true }, 5: { at: 0.1, ever: true } };
  const open = new Set(["m", "m.0"]);
  assert.deepEqual(list({ open, sort: "change", changeOf: (place) => change[place] }), [4, 0, 5, 3]);
  assert.deepEqual(list({ open, sort: "still", changeOf: (place) => change[place] }), [3, 0, 4, 5]);
});

test("a bar is as wide as its level; a fourth open level takes the place of the outermost", () => {
  assert.deepEqual(page.ranksOf(LEVELS, new Set()), [2, 0, 1, 2, 2, 2]);
  const deep = [...LEVELS.slice(0, 3), level("m.0.x", 2, 2, false), level("m.0.x.a", 3, 3, true)];
  assert.deepEqual(page.ranksOf(deep, new Set(["m"])), [2, 0, 1, 1, 2]);
  assert.deepEqual(page.ranksOf(deep, new Set(["m", "m.0"])), [2, -1, 0, 1, 2]);
});

test("a name is split where its parent's ends", () => {
  assert.deepEqual(page.splitName(LEVELS, 3), ["m.0.", "a"]);
  assert.deepEqual(page.splitName(LEVELS, 0), ["", "stem"]);
});

const GRAPH = {
  nodes: [["input", -1, 0, false], ["layer", 0, 1, false], ["layer", 3, 2, false], ["layer", 4, 3, false], ["layer", 5, 4, false]],
};

test("a level spans the nodes of its layers", () => {
  const spans = page.spansOf(LEVELS, GRAPH, 10, 12);
  assert.deepEqual(spans.get(3), [29, 35]);
  assert.deepEqual(spans.get(2), [29, 45]);
  assert.deepEqual(spans.get(1), [29, 55]);
});

const charts = (...places) => places.map((place, i) => ({ place, y: 30 * i, height: 24 }));

test("bars before the charts stand at their charts, pale ones over all that is open in them", () => {
  const open = new Set(["m", "m.0"]);
  const bars = page.barsOf({ levels: LEVELS, ranks: page.ranksOf(LEVELS, open), spans: page.spansOf(LEVELS, GRAPH, 10, 12), charts: charts(0, 3, 4, 5), open, sorted: false });
  const before = bars.filter(({ side }) => side === "charts").map(({ place, look, y, end }) => [place, look, y, end]);
  assert.deepEqual(before, [[0, "shown", 0, 24], [1, "opened", 30, 114], [2, "opened", 30, 84], [3, "shown", 30, 54], [4, "shown", 60, 84], [5, "shown", 90, 114]]);
  const looks = Object.fromEntries(bars.filter(({ side }) => side === "graph").map(({ place, look }) => [place, look]));
  assert.deepEqual(looks, { 0: "shown", 1: "opened", 2: "opened", 3: "shown", 4: "shown", 5: "shown" });
});

test("in a graph, what is inside something closed is pale", () => {
  const bars = page.barsOf({ levels: LEVELS, ranks: page.ranksOf(LEVELS, new Set()), spans: page.spansOf(LEVELS, GRAPH, 10, 12), charts: charts(0, 1), open: new Set(), sorted: false });
  const looks = Object.fromEntries(bars.filter(({ side }) => side === "graph").map(({ place, look }) => [place, look]));
  assert.deepEqual(looks, { 0: "shown", 1: "shown", 2: "inside", 3: "inside", 4: "inside", 5: "inside" });
});

test("rows follow each other; what is opened stands below its row and moves the rest down", () => {
  const sizes = page.heights(900);
  const parts = {
    chart: (place) => ({ key: `level-${place}`, type: place === 4 ? "box" : "line" }),
    opened: (place) => (place === 3 ? { height: 100, rows: [{ key: "filters", y: 10, height: 80 }] } : null),
  };
  const { rows, charts: found } = page.layRows([0, 3, 4], sizes, parts);
  assert.deepEqual(rows.map(({ key, y, height }) => [key, y, height]), [["level-0", 4, 24], ["level-3", 33, 24], ["filters", 72, 80], ["level-4", 167, 40]]);
  assert.deepEqual(found[1], { place: 3, y: 33, height: 129 });
});

test("columns fill the card, and become tabs where they would be too narrow", () => {
  for (const [width, runs] of [[960, 1], [960, 2], [1440, 4]]) {
    const { columns } = page.geometry(width, runs);
    const last = columns.at(-1);
    assert.equal(columns.length, runs);
    assert.ok(Math.abs(last.x + last.width + last.right - (width - page.PAD)) < runs + 1, `${width} ${runs}`);
  }
  assert.equal(page.geometry(960, 4).tabs, true);
  assert.equal(page.geometry(600, 1).graph, null);
});

test("a graph has at least five pixels a slot and at most thirty", () => {
  assert.equal(page.slotHeight(200, 400), 5);
  assert.equal(page.slotHeight(69, 624), 600 / 68);
  assert.equal(page.slotHeight(3, 900), 30);
  assert.equal(page.graphHeight(101), 524);
});
