const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { validation: page, canvas } = load(
  "canvas_axis", "canvas_bytes", "canvas_runs", "validation_layout", "validation_values", "validation_specs",
);
window.epochscope.format ??= (value) => String(value);
const classes = [
  { row: 0, name: "bird", mean: 0.3 },
  { row: 1, name: "cat", mean: null },
  { row: 2, name: "Dog", mean: 0.1 },
  { row: 3, name: "deer", mean: 0.1 },
];
const names = (options) =>
  page.sortClasses(classes, { search: "", ...options }).map(({ name }) => name);

test("classes stand from easy to hard, what is not known last, ties as recorded", () => {
  assert.deepEqual(names({ sort: "easy" }), ["Dog", "deer", "bird", "cat"]);
  assert.deepEqual(names({ sort: "nonsense" }), names({ sort: "easy" }));
});

test("classes stand as recorded, or by their error at the focus step", () => {
  assert.deepEqual(names({ sort: "recorded" }), ["bird", "cat", "Dog", "deer"]);
  const errors = { bird: 0.2, cat: 0, Dog: 1 };
  const readers = { focus: ({ name }) => errors[name] ?? null };
  assert.deepEqual(names({ sort: "focus", readers }), ["cat", "bird", "Dog", "deer"]);
});

test("classes stand by name, or by what a reader gives of them, equals as recorded", () => {
  const ranks = { bird: 3, cat: 0, Dog: 1, deer: 1 };
  assert.deepEqual(names({ sort: "rank", readers: { rank: ({ name }) => ranks[name] } }), ["cat", "Dog", "deer", "bird"]);
  assert.deepEqual(names({ sort: "name" }), ["bird", "cat", "deer", "Dog"]);
});

test("errors of a class are read at the focus, at the end and over the range", () => {
  const one = { strips: [null, pack([10, 8, 255, 4, 2], 10)] };
  const runs = [null, { steps: [0, 10, 20, 30, 40] }];
  assert.deepEqual(page.errorsOf(one, runs, 35, [5, 30]), { focus: 0.4, final: 0.2, change: -0.4 });
  assert.deepEqual(page.errorsOf(one, runs, null, null), { focus: 0.2, final: 0.2, change: -0.8 });
  assert.deepEqual(page.errorsOf(one, runs, 20, [99, 100]), { focus: null, final: 0.2, change: null });
  assert.deepEqual(page.errorsOf({ strips: [null, null] }, runs, 0, null), { focus: null, final: null, change: null });
});

test("a search finds part of a name, in any case", () => {
  assert.deepEqual(names({ search: " D" }), ["Dog", "deer", "bird"]);
});

test("two runs get equal columns that fill the card", () => {
  const { columns, tabs } = page.geometry(960, 2);
  assert.equal(tabs, false);
  assert.equal(columns[0].width, columns[1].width);
  const end = columns[1].x + columns[1].width + columns[1].right;
  assert.ok(Math.abs(end - (960 - page.PAD)) < 2);
});

test("runs become tabs where their columns would be narrower than 240 pixels", () => {
  assert.equal(page.geometry(960, 3).tabs, true);
  assert.equal(page.geometry(960, 3).columns.length, 1);
  const { tabs, columns } = page.geometry(1440, 4);
  assert.equal(tabs, false);
  assert.ok(columns.every(({ width }) => width >= 240));
});

test("a pixel chart fits: whole pixels for each row, bands where there are too many", () => {
  for (const count of [1, 7, 24, 100, 300, 420, 421, 1000, 2000]) {
    for (const wanted of [0, 1, 2, 5, 15]) {
      const { height, view } = page.fitRows(count, wanted, 0);
      const bands = Math.ceil((view.end - view.first) / view.band);
      assert.equal(height % bands, 0, `${count} images at ${wanted}`);
      assert.ok(height <= 420 && view.end <= count && view.first >= 0);
      if (!wanted) assert.deepEqual([view.first, view.end], [0, count]);
      if (wanted > 1) assert.equal(height / bands, wanted);
    }
  }
});

test("a window on the images stays inside", () => {
  assert.deepEqual(page.fitRows(100, 15, 95).view, { first: 72, end: 100, band: 1 });
  assert.deepEqual(page.fitRows(100, 15, -5).view, { first: 0, end: 28, band: 1 });
  assert.deepEqual(page.fitRows(0, 0).view, { first: 0, end: 0, band: 1 });
});

test("rows of a page do not overlap, whatever is open", () => {
  const chart = { row: 2, images: Array.from({ length: 24 }, (_, i) => i), labels: ["Dog", "cat"] };
  const parts = {
    table: "error", strips: () => [null], isOpen: ({ row }) => row > 1, chart: ({ row }) => (row === 2 ? chart : undefined),
    rowHeight: 0, from: () => 0, cells: () => ({ data: [null] }), lanes: () => ({ labels: ["Dog", "cat"], data: [null] }),
  };
  parts.triangles = () => () => [];
  parts.mean = () => [null];
  const groups = [{ cluster: 0, listed: classes, hidden: 3 }, { cluster: 1, listed: [], hidden: 0 }];
  const { rows, mores, height } = page.classRows(groups, parts);
  assert.deepEqual(rows.map(({ kind }) => kind), ["stripe", "stripe", "stripe", "stripe", "pixels", "lanes", "stripe", "wait", "stripe"]);
  assert.deepEqual([mores[0].cluster, mores[0].hidden], [0, 3]);
  rows.slice(1).forEach((row, i) => assert.ok(row.y >= rows[i].y + rows[i].height));
  assert.ok(height >= rows.at(-1).y + rows.at(-1).height);
});

const pack = (numbers, top) => ({ values: Buffer.from(numbers).toString("base64"), top });

test("a share is read off as it was counted, and what is missing stays unknown", () => {
  const payload = pack([0, 3, 255], 12);
  assert.equal(page.shareAt(payload, 1), 0.25);
  assert.equal(page.shareAt(payload, 2), null);
  assert.equal(page.shareAt(payload, -1), null);
  assert.equal(page.sayShare(null, null), "–");
  assert.equal(page.sayShare(0.125, null), "13 %");
});

test("a score at the end of its scale says that it may lie beyond", () => {
  const scale = { low: 1, high: 3, above: true, below: false };
  assert.equal(page.sayShare(1, scale), "≥ 3");
  assert.equal(page.sayShare(0, scale), "1");
  assert.equal(page.sayShare(0.5, scale), "2");
});

test("the label of an image is named, also a rare one and none at all", () => {
  const codes = pack([0, 1, 253, 254, 255], 1);
  const chart = { labels: ["cat", "dog"], runs: [{ steps: 5, codes }, null] };
  const said = [0, 1, 2, 3, 4].map((cell) => page.labelAt(chart, 0, 0, cell));
  assert.deepEqual(said, ["cat", "dog", "a rare label", "no label (not finite)", null]);
  assert.equal(page.labelAt(chart, 1, 0, 0), null);
  assert.deepEqual(page.lanesOf(chart, 0, 0, ["cat", "dog"]), [0, 1, 2, 2, -1]);
});

test("the value at the focus step is that of the newest recorded step before it", () => {
  assert.equal(canvas.cellAtFocus([0, 10, 20], 19), 1);
  assert.equal(canvas.cellAtFocus([5, 10], 4), -1);
  assert.equal(canvas.cellAtFocus([5, 10], null), 1);
  assert.equal(canvas.newestAt([], 3), -1);
});

test("how many images share a row is said", () => {
  const chart = { band: 1, count: 1000, images: Array.from({ length: 1000 }) };
  assert.equal(page.sayRows(chart, { first: 0, end: 1000, band: 3 }), "1000 images, 3 per row");
  assert.equal(page.sayRows(chart, { first: 9, end: 30, band: 1 }), "10–30 of 1000 images");
});

test("open classes and the windows on their images are read from the link, and nothing else is", () => {
  assert.deepEqual(page.openRows({ "validation.open": "3,x,5,3,-1" }), [3, 5]);
  assert.deepEqual([...page.windowsOf({ "validation.from": "3-120,5-40,q" })], [[3, 120], [5, 40]]);
  assert.deepEqual([...page.windowsOf({})], []);
});
