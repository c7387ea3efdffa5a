// The timeline's arithmetic: pixels and steps, columns, snapping, walking, dragging.
const assert = require('node:assert');
const { test } = require('node:test');
const { loadAssets, plain } = require('./load_assets.js');

const { epochscope } = loadAssets(['00_epochscope.js', 'timeline_input.js', 'timeline_scale.js']);
const { timeline } = epochscope;
const base64 = (array) => Buffer.from(array.buffer).toString('base64');
const curveOf = (steps, low, high) => ({
  steps: base64(Float64Array.from(steps)), low: base64(Float32Array.from(low)), high: base64(Float32Array.from(high)),
});
const runOf = (values) => ({ name: 'a', last: 10, total: 12, recorded: [2, 5], stages: [], marks: [], ...values });

test('a step and its pixel belong together', () => {
  const scale = timeline.scale(4000, 1264);
  for (const step of [0, 1, 17, 2345, 4000]) assert.strictEqual(scale.toStep(scale.toX(step)), step);
  assert.strictEqual(scale.toStep(-50), 0);
  assert.strictEqual(scale.toStep(9999), 4000);
});

test('unpacks runs: curves, the steps recorded in any of them, the last step planned', () => {
  const curve = curveOf([1, 2], [0.5, 1], [0.75, 2]);
  const data = timeline.unpack({ runs: [runOf({ curve }), runOf({ name: 'b', recorded: [5, 7], curve: null })] });
  assert.deepStrictEqual([...data.runs[0].curve.steps], [1, 2]);
  assert.deepStrictEqual([...data.runs[0].curve.high], [0.75, 2]);
  assert.deepStrictEqual(plain(data.recorded), [2, 5, 7]);
  assert.strictEqual(data.last, 12);
  assert.strictEqual(timeline.unpack(null).runs.length, 0);
});

test('a pixel column holds the lowest and the highest of all its buckets', () => {
  const steps = Float64Array.from({ length: 1000 }, (_, i) => i);
  const low = Float32Array.from(steps, (step) => (step === 501 ? -3 : 1));
  const high = Float32Array.from(steps, (step) => (step === 502 ? 50 : 2));
  const columns = plain(timeline.columns({ steps, low, high }, (step) => step / 10));
  assert.strictEqual(Math.min(...columns.map((column) => column.low)), -3);
  assert.strictEqual(Math.max(...columns.map((column) => column.high)), 50);
  assert.ok(columns.length <= 102);
});

test('a curve breaks where nothing finite was recorded, once', () => {
  const curve = { steps: [0, 10, 20, 30], low: [1, NaN, NaN, 2], high: [1, NaN, NaN, 2] };
  const columns = plain(timeline.columns(curve, (step) => step));
  assert.deepStrictEqual(columns, [{ x: 0, low: 1, high: 1 }, null, { x: 30, low: 2, high: 2 }]);
});

test('one spike does not flatten the curve, and values below nought are shown', () => {
  const high = Array.from({ length: 200 }, (_, i) => (i === 90 ? 1e6 : 2));
  const curve = { low: high.map((_, i) => (i === 3 ? -4 : 1)), high };
  const { bottom, top } = timeline.bounds([{ curve }, { curve: null }]);
  assert.strictEqual(bottom, -4);
  assert.ok(top < 3, `${top}`);
});

test('bounds hold for no curve, a constant and nothing finite', () => {
  for (const values of [[], [0, 0], [NaN]]) {
    const { bottom, top } = timeline.bounds([{ curve: { low: values, high: values } }]);
    assert.ok(top > bottom && Number.isFinite(top));
  }
});

test('the nearest value is found as a search through all of them would', () => {
  const values = [2, 5, 5.5, 9];
  for (let wanted = 0; wanted < 12; wanted += 0.25) {
    const least = Math.min(...values.map((value) => Math.abs(value - wanted)));
    assert.strictEqual(Math.abs(values[timeline.nearest(values, wanted)] - wanted), least);
  }
});

test('a click means a mark or recorded step close by, else the step under it', () => {
  const scale = timeline.scale(1000, 1040);
  const data = { recorded: [100, 200], marks: [{ step: 500 }] };
  assert.strictEqual(timeline.meant(scale.toX(102), 40, data, scale), 100);
  assert.strictEqual(timeline.meant(scale.toX(150), 40, data, scale), 150);
  assert.strictEqual(timeline.meant(scale.toX(503), 5, data, scale), 500);
  assert.strictEqual(timeline.meant(scale.toX(503), 40, data, scale), 503);
});

const WALKS = [
  [200, 1, 300], [200, -1, 100], [200, 10, 400], [250, 1, 300], [250, -1, 200], [260, -1, 200], [240, 1, 300],
  [100, -1, 100], [null, -1, 400], [null, -Infinity, 100], [200, Infinity, 400], [200, -Infinity, 100], [250, 2, 400],
];
WALKS.forEach(([from, count, to]) =>
  test(`from ${from} by ${count} recorded steps is ${to}`, () =>
    assert.strictEqual(timeline.moved([100, 200, 300, 400], from, count), to)),
);

test('marks are visited in order of steps, from either end when nothing is in focus', () => {
  const marks = [{ step: 30 }, { step: 10 }, { step: 30 }];
  assert.strictEqual(timeline.nextMark(marks, 10, 1), 30);
  assert.strictEqual(timeline.nextMark(marks, 30, 1), null);
  assert.strictEqual(timeline.nextMark(marks, 30, -1), 10);
  assert.strictEqual(timeline.nextMark(marks, null, 1), 10);
  assert.strictEqual(timeline.nextMark(marks, null, -1), 30);
});

test('a press takes hold of an edge, the inside or nothing', () => {
  const scale = timeline.scale(1000, 1040);
  const grips = [95, 104, 150, 198, 205, 300].map((step) => timeline.grip(scale.toX(step), [100, 200], scale));
  assert.deepStrictEqual(grips, ['first', 'first', 'inside', 'last', 'last', 'outside']);
  assert.strictEqual(timeline.grip(10, null, scale), 'outside');
});

const DRAGS = [
  ['outside', null, 300, 100, [100, 300]], ['first', [100, 200], 100, 150, [150, 200]],
  ['first', [100, 200], 100, 300, [200, 300]], ['last', [100, 200], 200, 50, [50, 100]],
  ['inside', [100, 200], 150, 250, [200, 300]], ['inside', [100, 200], 150, 0, [0, 100]],
  ['inside', [100, 200], 150, 5000, [900, 1000]],
];
DRAGS.forEach(([grip, range, from, to, result]) =>
  test(`a drag of ${grip} from ${from} to ${to} gives ${result}`, () =>
    assert.deepStrictEqual(plain(timeline.dragged(grip, range, from, to, 1000)), result)),
);
