const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { validation: page, canvas } = load(
  "00_epochscope", "canvas_axis", "canvas_bytes", "canvas_triangles", "canvas_pointer", "canvas_window", "canvas_runs",
  "validation_layout", "validation_values",
  "validation_specs", "validation_anomalies", "validation_clusters", "validation_panel",
);
const words = (numbers) => Buffer.from(Uint32Array.from(numbers).buffer).toString("base64");
const bytes = (numbers, top) => ({ values: Buffer.from(numbers).toString("base64"), top });

/** A run with two classes of 10 and 20 images; events are [row, cell, left, right, left learned, right learned]. */
function runOf(events) {
  const fields = Array.from({ length: 6 }, (_, field) => events.map((event) => event[field])).flat();
  return {
    count: events.length, sent: events.length, events: words(fields), largest: 0.8, most: 8,
    rows: words([0, 1]), counts: words([2, 1]), peaks: words([8, 5]), images: words([10, 20]),
    cells: words([0, 1, 2, 4]), together: words([0, 2, 0, 1]), spread: [],
  };
}

function show(events, more = {}) {
  const strips = (numbers) => [bytes(numbers, 10)];
  Object.assign(page.state, {
    data: {
      runs: [{ steps: [0, 10, 20, 30, 40], overall: bytes([9, 9, 2, 2, 2], 10) }],
      classes: [
        { row: 0, name: "cat", images: 10, strips: strips([10, 8, 255, 4, 2]) },
        { row: 1, name: "dog", images: 20, strips: strips([10, 6, 0, 2, 4]) },
      ],
    },
    anomalies: { window: 5, threshold: 20, rule: "either", direction: "both", runs: [runOf(events)], ...more },
    clusters: { count: 1, labels: [0, 0], ranks: [0, 1], of: "" }, options: {}, search: "", only: false, more: new Map(), picks: [],
  });
}

test("a score reaches a threshold where that many percent of the class flip, rounded up, one at least", () => {
  assert.deepEqual([page.leastOf(10, 20), page.leastOf(24, 20), page.leastOf(3, 1), page.leastOf(0, 50)], [2, 5, 1, 1]);
  for (let images = 1; images < 300; images += 7) {
    for (const percent of [1, 7, 20, 33, 50, 99, 100]) {
      const least = page.leastOf(images, percent);
      assert.ok(100 * least >= percent * images && (least === 1 || 100 * (least - 1) < percent * images));
    }
  }
});

test("each rule has its triangle where its own score reaches the threshold", () => {
  show([[0, 1, 8, 1, 0, 1], [0, 4, 2, 3, 2, 2], [1, 1, 3, 5, 0, 1]]);
  const [first, second, third] = page.trianglesOf(0, 0);
  assert.deepEqual([first.step, first.up, first.score, first.color], [10, false, 8, "wrong"]);
  assert.deepEqual([second.step, second.up, second.score, second.color], [40, false, 2, "right"]);
  assert.deepEqual([third.step, third.up, third.score, third.color], [40, true, 3, "muted"]);
  assert.deepEqual(page.trianglesOf(1, 0).map(({ up, score }) => [up, score]), [[true, 5]]);
  assert.equal(page.countOf(0), 2);
  assert.equal(page.peakOf(1), 0.25);
  assert.deepEqual(page.anomalySteps(), [10, 40]);
  assert.equal(page.classesAt(0, 1), 2);
});

test("the text names the anomaly iterations: how many of each class, and the strongest", () => {
  show([[0, 1, 8, 1, 0, 1], [0, 4, 2, 3, 2, 2], [1, 1, 3, 5, 0, 1]]);
  page.state.data.runs[0].name = "one";
  assert.equal(
    page.sayAnomalies(),
    "Anomaly iterations (k = 5 recorded steps, 20 % of a class or more). one: 3, by class: cat 2, dog 1. The strongest: "
      + "cat at step 10, 8 of 10 images (80 %), 0 learned and 8 forgotten; cat at step 40, 3 of 10 images (30 %), 2 learned and 1 forgotten; "
      + "dog at step 10, 5 of 20 images (25 %), 1 learned and 4 forgotten.",
  );
  page.state.anomalies = { ...page.state.anomalies, runs: [{ ...runOf([]), count: 0, largest: 0.127 }] };
  assert.match(page.sayAnomalies(), /one: none, the highest score is 12 %\.$/);
  page.state.anomalies = null;
  assert.equal(page.sayAnomalies(), "");
});

test("with one recorded step k is disabled, and says why", () => {
  const { limitWindow } = page;
  assert.deepEqual(limitWindow({ runs: [{ steps: [0, 10] }, { steps: [0] }] }), [false, null, ""]);
  const [disabled, title, reason] = limitWindow({ runs: [null, { steps: [0] }] });
  assert.ok(disabled && title === reason && reason.startsWith("One recorded step"));
  assert.deepEqual(limitWindow(null), [false, null, ""]);
});

test("triangles of all runs share one scale of widths", () => {
  show([[0, 1, 4, 1, 0, 1]]);
  const { runs } = page.state.anomalies;
  page.state.anomalies.runs = [...runs, { ...runOf([]), largest: 0.6 }];
  assert.deepEqual(page.scoreEnds(), [0.2, 0.8]);
  page.state.anomalies.runs = [{ ...runs[0], largest: 0.4 }, { ...runOf([]), largest: 0.6 }];
  assert.deepEqual(page.scoreEnds(), [0.2, 0.6]);
  assert.equal(page.trianglesOf(0, 0)[0].half, 5.5);
});

test("a rule that is not asked for has no triangles", () => {
  show([[0, 1, 8, 8, 0, 0]], { rule: "right" });
  assert.deepEqual(page.trianglesOf(0, 0).map(({ up }) => up), [true]);
});

test("a triangle is 3 pixels to each side at the threshold, 8 at the largest score, never more", () => {
  const ends = [0.2, 0.8];
  assert.deepEqual([0.1, 0.2, 0.5, 0.8, 0.9].map((share) => canvas.triangleHalf(share, ends)), [3, 3, 5.5, 8, 8]);
  assert.equal(canvas.triangleHalf(0.2, [0.2, 0.2]), 3);
});

test("left triangles point down onto the top edge, right ones up at the bottom edge, both at the flip", () => {
  const row = { y: 100, height: 12 };
  const left = canvas.triangleAround(row, 50, 4, false);
  assert.deepEqual(left.corners, [[46, 93.5], [54, 93.5], [50, 99.5]]);
  const right = canvas.triangleAround(row, 50, 4, true);
  assert.deepEqual(right.corners, [[46, 118.5], [54, 118.5], [50, 112.5]]);
});

test("of triangles on one pixel the largest stays, and one out of the zoom is left out", () => {
  const mark = (step, share) => ({ step, up: false, share, half: 4 });
  const row = { y: 0, height: 12, triangles: () => [mark(100, 0.3), mark(100.2, 0.6), mark(300, 0.4), mark(9999, 1)] };
  const found = canvas.trianglesOf(row, { x: 0, width: 100 }, 0, [0, 1000]);
  assert.deepEqual(found.map(({ share }) => share), [0.6, 0.4]);
});

test("the pointer finds a triangle, and the pick stands at its flip", () => {
  const row = { key: "class-0", kind: "stripe", y: 20, height: 12 };
  const triangle = { row, column: 0, step: 20, ...canvas.triangleAround(row, 50, 5, false) };
  const view = { triangles: [triangle], axis: { domain: [0, 40] }, spec: { rows: [row], columns: [{ x: 0, width: 100, steps: [0, 20], edges: [0, 10, 30] }] } };
  const pick = canvas.pick(view, 52, 16);
  assert.deepEqual([pick.triangle, pick.step, pick.cell, pick.row], [triangle, 20, 1, row]);
  assert.equal(canvas.pick(view, 52, 25).triangle, undefined);
});

test("the next anomaly iteration lies strictly before or after the focus", () => {
  assert.equal(page.nextOf([10, 40], 10, 1), 40);
  assert.equal(page.nextOf([10, 40], 40, 1), null);
  assert.equal(page.nextOf([10, 40], 39, -1), 10);
  assert.equal(page.nextOf([10, 40], null, 1), 10);
  assert.equal(page.nextOf([10, 40], undefined, -1), 40);
  assert.equal(page.nextOf([], 3, 1), null);
});

test("the error before a flip is that of the last validated step, and a collapsed net is told", () => {
  show([]);
  assert.deepEqual(page.errorsAround(0, 0, 3), [0.8, 0.4]);
  assert.deepEqual(page.errorsAround(0, 0, 0), [null, 1]);
  assert.equal(page.isCollapsed(0, 1, 0.1), true); // two classes: chance is a half
  assert.equal(page.isCollapsed(0, 3, 0.4), false);
  assert.equal(page.isCollapsed(0, 3, 0.9), true);
});

const classes = Array.from({ length: 60 }, (_, row) => ({ row, name: `class ${row}`, strips: [] }));
const sort = (members) => [...members].sort((a, b) => a.row - b.row);

test("classes stand in their clusters, those of none after them", () => {
  show([]);
  page.state.data.classes = classes.slice(0, 4);
  page.state.clusters = { count: 2, labels: [1, 0, -1, 1], ranks: [], of: "one" };
  const groups = page.groupsOf(classes.slice(0, 4), sort);
  assert.deepEqual(groups.map(({ name, open, members }) => [name, open, members.map(({ row }) => row)]), [
    ["Cluster 1", true, [1]], ["Cluster 2", true, [0, 3]], ["Only in other runs", true, [2]],
  ]);
  page.state.options = { "validation.clusters": "none" };
  assert.deepEqual(page.groupsOf(classes.slice(0, 4), sort).map(({ open, listed }) => [open, listed.length]), [[false, 0], [false, 0], [false, 0]]);
});

test("of many classes an open cluster lists the 20 with the highest scores, and all on request", () => {
  show([]);
  Object.assign(page.state, { data: { ...page.state.data, classes }, clusters: { count: 2, labels: classes.map(({ row }) => row % 2), ranks: [], of: "" } });
  const peaks = page.peakOf;
  page.peakOf = (row) => row;
  assert.deepEqual(page.groupsOf(classes, sort).map(({ open, listed }) => [open, listed.length]), [[false, 0], [false, 0]]);
  page.state.options = { "validation.clusters": "1" };
  const [closed, open] = page.groupsOf(classes, sort);
  assert.equal(closed.listed.length, 0);
  assert.deepEqual([open.listed.length, open.hidden, open.listed[0].row, open.listed.at(-1).row], [20, 10, 21, 59]);
  page.state.options["validation.open"] = "3";
  page.state.classes = [7];
  assert.deepEqual(page.groupsOf(classes, sort)[1].listed.slice(0, 3).map(({ row }) => row), [3, 7, 21]);
  page.state.classes = [];
  page.state.more.set(1, Infinity);
  assert.deepEqual(page.groupsOf(classes, sort)[1].hidden, 0);
  page.peakOf = peaks;
});

test("a search opens clusters, and the filter leaves classes without anomalies out", () => {
  show([[0, 1, 8, 1, 0, 1]]);
  page.state.anomalies.runs[0].counts = words([1, 0]);
  Object.assign(page.state, { only: true, search: "c", options: { "validation.clusters": "none" }, clusters: { count: 2, labels: [0, 1], ranks: [], of: "" } });
  const groups = page.groupsOf(page.state.data.classes, sort);
  assert.deepEqual(groups.map(({ open, listed }) => [open, listed.map(({ name }) => name)]), [[true, ["cat"]]]);
});

test("the strip of a cluster is the mean error of its classes, of those that were validated", () => {
  show([]);
  const cells = page.meanCells(page.state.data.classes, 0);
  const shares = [0, 1, 2, 3, 4].map((cell) => page.cellShareAt(cells, cell));
  [1, 0.7, 0, 0.3, 0.3].forEach((share, i) => assert.ok(Math.abs(shares[i] - share) < 1e-4));
  assert.equal(page.meanCells([{ row: 5, strips: [null] }], 0), null);
});

test("a chart that fits is drawn whole, a long one only around what is visible", () => {
  assert.deepEqual(canvas.windowOf(3000, [500, 1200]), [0, 3000]);
  assert.deepEqual(canvas.windowOf(27000, [9000, 9800]), [8200, 10600]);
  assert.deepEqual(canvas.windowOf(27000, [-400, 400]), [0, 1600]);
  assert.deepEqual(canvas.windowOf(27000, [26900, 27700]), [25400, 27000]);
});
