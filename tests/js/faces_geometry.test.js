const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { faces } = load("faces_geometry", "faces_rails");
const BACKUP = { least: 6, each: 6 };
const CASE3 = { least: 8, each: 4 };
const near = (found, wanted) => found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-6, `${found} is not ${wanted}`));

test("columns are as wide as the paper's two builds draw them", () => {
  const widths = (how) => [1, 2, 3, 5].map((count) => faces.classAxis([count], how).edges.at(-1));
  assert.deepEqual(widths(BACKUP), [12, 18, 24, 36]);
  assert.deepEqual(widths(CASE3), [12, 16, 20, 28]);
});

test("iteration j of a class stands at the width of an iteration times j + 1", () => {
  const { edges, columns } = faces.classAxis([2, 3], CASE3);
  assert.deepEqual(edges, [0, 16, 36]);
  assert.deepEqual(columns, [[4, 8], [20, 24, 28]]);
});

test("rows are as high as the paper's two builds draw them", () => {
  const sets = [{ layer: 0, size: 4 }, { layer: 0, size: 2 }, { layer: 2, size: 1 }];
  const backup = faces.rowAxis(sets, { least: 6, each: 3, gap: 0 });
  const case3 = faces.rowAxis(sets, { least: 2, each: 4, gap: 1 });
  const heights = ({ groups }) => groups.map(({ from, to }) => to - from);
  assert.deepEqual(heights(backup), [6 + 3 * 6, 6 + 3]);
  assert.deepEqual(heights(case3), [2 + 4 * 6 + 1, 2 + 4]);
  assert.equal(case3.height, 27 + 6);
  assert.deepEqual(case3.units.map(({ from, to }) => [from, to]), [[1, 17], [18, 26], [28, 32]]);
});

test("the depth of the paper's cube is the screen vector (656, -320)", () => {
  const angle = (64 * Math.PI) / 180;
  assert.ok(Math.abs(Math.tan(angle) - 2.050304) < 1e-6);
  const [dx, dy] = [320 * Math.tan(angle), 320];
  near(faces.at([940, 0, dx, -dy, 0, 320], 0, 1), [656.0972, 0].map((v, i) => (i ? v : 320 * Math.tan(angle))));
  assert.ok(Math.abs(dx - 656.1) < 0.01);
});

test("picking is the inverse of drawing, on flat and on skewed faces", () => {
  const maps = [[700, 0, 0, -212, 52, 242], [0, 230, 360, 0, 140, 108], [456, 0, 248, -216, 142, 242], [248, -216, 0, 326, 598, 242]];
  for (const map of maps) {
    for (const [u, v] of [[0, 0], [1, 1], [0.25, 0.75], [0.999, 0.001]]) near(faces.pick(map, ...faces.at(map, u, v)), [u, v]);
  }
  assert.equal(faces.pick([10, 0, 20, 0, 0, 0], 1, 1), null);
});

test("shared edges of the cube are the same line on both faces", () => {
  const [W, H, dx, dy, x, y] = [456, 326, 248, 216, 142, 242];
  const [front, top, right] = [[W, 0, 0, H, x, y], [W, 0, dx, -dy, x, y], [dx, -dy, 0, H, x + W, y]];
  for (const share of [0, 0.3, 1]) {
    near(faces.at(front, share, 0), faces.at(top, share, 0));
    near(faces.at(front, 1, share), faces.at(right, 0, share));
    near(faces.at(top, 1, share), faces.at(right, share, 0));
  }
});

test("between two maps lies every face in between, both ends included", () => {
  assert.deepEqual(faces.between([0, 10], [10, 30], 0), [0, 10]);
  assert.deepEqual(faces.between([0, 10], [10, 30], 1), [10, 30]);
  assert.deepEqual(faces.between([0, 10], [10, 30], 0.5), [5, 20]);
});

test("columns grow by whole pixels while all classes fit, else the first that fit are shown", () => {
  assert.deepEqual(faces.fitClasses([1, 1, 1, 1], 1000, 6), { each: 6, least: 12, shown: 4 });
  assert.deepEqual(faces.fitClasses([1, 1], 1000, 6), { each: 12, least: 24, shown: 2 });
  assert.deepEqual(faces.fitClasses(Array(10).fill(2), 200, 6), { each: 5, least: 10, shown: 10 });
  assert.deepEqual(faces.fitClasses(Array(10).fill(2), 50, 6), { each: 4, least: 8, shown: 3 });
});

test("rows fill their room, first by filter and then by gap, and are cut to whole sets", () => {
  const sets = Array.from({ length: 12 }, (_, layer) => ({ layer, size: 2 }));
  for (const room of [150, 250, 400, 900]) {
    const how = faces.fitRows(sets, room);
    assert.equal(how.shown, 12);
    assert.ok(faces.rowAxis(sets, how).height <= room);
    const more = { ...how, each: how.each + 1 };
    assert.ok(how.each === 24 || faces.rowAxis(sets, more).height > room);
  }
  assert.deepEqual(faces.fitRows(sets, 50), { least: 6, each: 3, gap: 1, shown: 4 });
});

test("of thousands of rows and columns the first that fit are found without looking at all of them", () => {
  let looked = 0;
  const counted = (list) => new Proxy(list, { get: (of, name) => ((looked += 1), of[name]) });
  const sets = Array.from({ length: 20_000 }, (_, i) => ({ layer: Math.floor(i / 400), size: 1 + (i % 3) }));
  const how = faces.fitRows(counted(sets), 400);
  const height = (count) => faces.rowAxis(sets.slice(0, count), how).height;
  assert.ok(height(how.shown) <= 400 && height(how.shown + 1) > 400);
  const { each, shown } = faces.fitClasses(counted(Array(5_000).fill(1)), 400, 6);
  assert.deepEqual({ each, shown }, { each: 4, shown: 33 });
  assert.ok(looked < 100_000, `${looked} looks`);
});

test("a point beside a line lies along it where a right angle meets it", () => {
  assert.equal(faces.along([0, 0], [10, 0], [4, 99]), 0.4);
  assert.equal(faces.along([5, 20], [5, 0], [5, 15]), 0.25);
  assert.ok(Math.abs(faces.along([0, 0], [10, 10], [0, 10]) - 0.5) < 1e-12);
});

test("what is in view goes along with the pointer from where it was taken, and stays on the rail", () => {
  const rail = { from: [0, 0], to: [100, 0], view: [0.2, 0.4] };
  const said = [];
  const move = faces.startRail(rail, [30, 5], (share) => said.push(Math.round(share * 1e6) / 1e6));
  assert.deepEqual(said, []); // taken where it is: nothing moves yet
  for (const x of [31, 50, 500, -500]) move([x, 9]);
  assert.deepEqual(said, [0.21, 0.4, 0.8, 0]);
});

test("a press beside what is in view brings its middle there", () => {
  const said = [];
  const move = faces.startRail({ from: [0, 0], to: [100, 0], view: [0, 0.2] }, [70, 0], (share) => said.push(Math.round(share * 1e6) / 1e6));
  move([72, 0]);
  assert.deepEqual(said, [0.6, 0.62]);
});

test("names are pushed apart, keep their order and stay inside", () => {
  const found = faces.spread([10, 11, 12, 60], 12, 5, 100);
  assert.deepEqual(found, [10, 22, 34, 60]);
  const crowded = faces.spread([90, 91, 92, 93], 12, 0, 100);
  crowded.slice(1).forEach((at, i) => assert.ok(at - crowded[i] >= 12 - 1e-9));
  assert.ok(crowded[0] >= 0 && crowded.at(-1) <= 100);
});
