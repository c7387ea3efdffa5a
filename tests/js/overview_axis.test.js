// Which step lies where on a chart, and what its curves say there.
const test = require('node:test');
const assert = require('node:assert/strict');
const { loadAssets, plain } = require('./load_assets.js');

const { epochscope } = loadAssets(['00_epochscope.js', 'overview_axis.js']);
const EPOCHS = { steps: [1, 101, 301], positions: [0, 1, 2] };

const packed = (array, dtype) => ({
  dtype,
  bdata: Buffer.from(array.buffer).toString('base64'),
});

function curve(run, part, { x, mean, low, high, bad }) {
  const meta = { run, part, place: 1 };
  const traces = [
    { meta: { ...meta, role: 'band' }, y: [...high, ...[...low].reverse()] },
    { meta: { ...meta, role: 'line', bad: 'NaN from step 5' }, x, customdata: mean },
  ];
  return bad === undefined ? traces : [...traces, { meta: { ...meta, role: 'bad' }, x: [bad] }];
}

test('an axis of steps places each step at itself', () => {
  const meta = { steps: [], positions: [] };
  assert.equal(epochscope.placeStep(meta, 726), 726);
  assert.equal(epochscope.findStep(meta, 726.4), 726.4);
});

test('an axis with knots goes straight between them and on beyond them', () => {
  assert.equal(epochscope.placeStep(EPOCHS, 51), 0.5);
  assert.equal(epochscope.placeStep(EPOCHS, 201), 1.5);
  assert.equal(epochscope.placeStep(EPOCHS, 501), 3);
  assert.equal(epochscope.placeStep(EPOCHS, -99), -1);
});

test('finding a step undoes placing it', () => {
  for (const step of [-50, 1, 17, 101, 250, 301, 999]) {
    const position = epochscope.placeStep(EPOCHS, step);
    assert.ok(Math.abs(epochscope.findStep(EPOCHS, position) - step) < 1e-9, String(step));
  }
});

test('numbers are read however they travelled', () => {
  assert.deepEqual(plain([...epochscope.unpack(packed(new Int32Array([1, 70000]), 'i4'))]), [1, 70000]);
  assert.deepEqual(plain([...epochscope.unpack(packed(new Float32Array([0.5, -2]), 'f4'))]), [0.5, -2]);
  assert.deepEqual(plain([...epochscope.unpack([3, 4])]), [3, 4]);
  assert.deepEqual(plain([...epochscope.unpack(undefined)]), []);
});

test('a curve is read at the bucket nearest to the position', () => {
  const traces = curve('a', 'train', { x: [0, 10, 20], mean: [1, 2, 3], low: [0, 1, 2], high: [5, 6, 7] });
  const [read] = plain(epochscope.readCurves(traces, 12));
  assert.deepEqual(read, { run: 'a', place: 1, part: 'train', mean: 2, x: 10, high: 6, low: 1 });
});

test('a curve says nothing where it has ended', () => {
  const traces = curve('a', 'train', { x: [0, 10, 20], mean: [1, 2, 3], low: [0, 1, 2], high: [5, 6, 7] });
  assert.equal(epochscope.readCurves(traces, 31)[0].mean, null);
  assert.equal(epochscope.readCurves(traces, 29)[0].mean, 3);
});

test('a curve says so from its first value that is not finite', () => {
  const traces = curve('a', 'train', { x: [0, 4], mean: [1, 2], low: [0, 1], high: [5, 6], bad: 5 });
  const [read] = plain(epochscope.readCurves(traces, 5));
  assert.deepEqual([read.bad, read.words], [true, 'NaN from step 5']);
  assert.equal(epochscope.readCurves(traces, 4.4)[0].mean, 2);
});

test('a curve without values says nothing', () => {
  const traces = curve('a', 'train', { x: [], mean: [], low: [], high: [] });
  assert.equal(epochscope.readCurves(traces, 5)[0].mean, null);
});
