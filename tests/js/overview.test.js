// The overview's settings from the link, its colours, and the range fields.
const test = require('node:test');
const assert = require('node:assert/strict');
const { loadAssets, plain } = require('./load_assets.js');

const NOTHING = Symbol('no update');
const selected = [];

function load() {
  const window = loadAssets(['00_epochscope.js', 'overview.js'], {
    dash_clientside: { no_update: NOTHING },
    setTimeout,
    clearTimeout,
  });
  selected.length = 0;
  Object.assign(window.epochscope, {
    select: (patch) => selected.push(plain(patch)),
    selection: () => ({}),
    zoomRange: () => null,
    scheme: () => 'dark',
    color: (token, alpha) => `${token}@${alpha}`,
    runsTable: {},
  });
  return window;
}

test('settings that are none of those offered are the default', () => {
  const { epochscope } = load();
  const none = { smoothing: 0.6, axis: 'step', loss: 'linear', marks: 'on' };
  assert.deepEqual(plain(epochscope.readOverview({})), none);
  const odd = { 'overview.smoothing': 'x', 'overview.axis': 'week', 'overview.loss': '', 'overview.marks': '2' };
  assert.deepEqual(plain(epochscope.readOverview(odd)), none);
  const given = { 'overview.smoothing': '1.5', 'overview.axis': 'time', 'overview.loss': 'log', 'overview.marks': 'off' };
  assert.deepEqual(plain(epochscope.readOverview(given)), { smoothing: 0.99, axis: 'time', loss: 'log', marks: 'off' });
});

test('the server is asked anew only when a setting or the width has changed', () => {
  const { dash_clientside: { overview } } = load();
  assert.equal(overview.view({}, null, undefined), NOTHING);
  const first = overview.view({}, 471, undefined);
  assert.equal(first.buckets, 475);
  assert.equal(overview.view({}, 480, first), NOTHING);
  assert.equal(overview.view({ 'validation.order': 'name' }, 471, first), NOTHING);
  assert.equal(overview.view({ 'overview.loss': 'log' }, 471, first).loss, 'log');
});

test('a figure takes the colours of the scheme and keeps its opacities', () => {
  const { dash_clientside: { overview } } = load();
  const figure = {
    data: [
      { meta: { role: 'band', place: 2 }, fillcolor: 'rgba(1, 2, 3, 0.17)', line: { color: 'rgba(1, 2, 3, 0.3)' } },
      { meta: { role: 'line', place: 2 }, line: { color: '#123456', dash: '5px,3px' }, marker: { color: '#123456' } },
      { meta: { role: 'recorded', place: 0 }, line: { color: '#123456' } },
    ],
    layout: { xaxis: { range: [0, 9] } },
  };
  const painted = overview.paint(figure, null, { epoch_dark: 'dark template' });
  assert.equal(painted.layout.template, 'dark template');
  assert.equal(painted.data[0].fillcolor, '--run-2@0.17');
  assert.equal(painted.data[0].line.color, '--run-2@0.3');
  assert.deepEqual(plain(painted.data[1].line), { color: '--run-2@1', dash: '5px,3px' });
  assert.equal(painted.data[2].line.color, '--line-strong@1');
  assert.equal(figure.data[1].line.color, '#123456');
});

const LIVE = { runs: [{ name: 'a', step: 900 }, { name: 'b', step: 1200 }, { name: 'c', step: null }] };

test('the range fields show the range, or all steps of the chosen runs', () => {
  const { dash_clientside: { overview } } = load();
  assert.deepEqual(plain(overview.setRange([5, 9], LIVE, ['a'])), [5, 9]);
  assert.deepEqual(plain(overview.setRange(null, LIVE, ['a', 'b', 'c'])), [0, 1200]);
  assert.deepEqual(plain(overview.setRange(null, LIVE, ['c'])), [0, null]);
});

test('a step typed into a field becomes the range, in order and within the run', () => {
  const { dash_clientside: { overview } } = load();
  overview.chooseRange(100, 5000, null, LIVE, ['a']);
  overview.chooseRange(300, 200, null, LIVE, ['a']);
  overview.chooseRange(0, 900, [100, 200], LIVE, ['a']);
  assert.deepEqual(selected, [{ range: [100, 900] }, { range: [200, 300] }, { range: null }]);
});

test('what a field already shows, and no number, change nothing', () => {
  const { dash_clientside: { overview } } = load();
  overview.chooseRange(0, 900, null, LIVE, ['a']);
  overview.chooseRange(100, 200, [100, 200], LIVE, ['a']);
  overview.chooseRange('', 200, null, LIVE, ['a']);
  assert.deepEqual(selected, []);
});

test('a finding brings its run beside the chosen ones, in the last place when there is no room', () => {
  const { epochscope } = load();
  epochscope.RUNS_AT_MOST = 4;
  epochscope.chosen = () => ['a'];
  epochscope.openFinding('b', 726);
  epochscope.chosen = () => ['a', 'b', 'c', 'd'];
  epochscope.openFinding('e', 7);
  epochscope.openFinding('c', 8);
  assert.deepEqual(selected, [
    { runs: ['a', 'b'], step: 726 },
    { runs: ['a', 'b', 'c', 'e'], step: 7 },
    { runs: ['a', 'b', 'c', 'd'], step: 8 },
  ]);
});

test('a range that ends at the newest step follows it, any other stays', () => {
  const { epochscope, dash_clientside: { overview } } = load();
  const at = (step) => ({ runs: [{ name: 'a', step }] });
  epochscope.selection = () => ({ range: [100, 900] });
  overview.setRange(null, at(900), ['a']);
  overview.setRange(null, at(900), ['a']);
  assert.deepEqual(selected, []);
  overview.setRange(null, at(950), ['a']);
  assert.deepEqual(selected, [{ range: [100, 950] }]);
  epochscope.selection = () => ({ range: [100, 900] });
  overview.setRange(null, at(980), ['a']);
  assert.equal(selected.length, 1);
});

test('choosing a longer run is not growth', () => {
  const { epochscope, dash_clientside: { overview } } = load();
  epochscope.selection = () => ({ range: [100, 900] });
  overview.setRange(null, LIVE, ['a']);
  overview.setRange(null, LIVE, ['a', 'b']);
  assert.deepEqual(selected, []);
});
