// How the numbers of the runs table are written and ordered, and when a dot can be clicked.
const test = require('node:test');
const assert = require('node:assert/strict');
const { loadAssets, plain } = require('./load_assets.js');

const window = loadAssets(['00_epochscope.js', 'overview_table.js']);
const { epochscope, dashAgGridFunctions: grid } = window;
epochscope.RUNS_AT_MOST = 4;

const WRITTEN = [
  ['overviewNumber', 0.10923, '0.109'],
  ['overviewNumber', 'NaN', 'NaN'],
  ['overviewNumber', null, '–'],
  ['overviewNumber', 2e-4, '2e−4'],
  ['overviewShare', 0.1214, '12.1 %'],
  ['overviewShare', null, '–'],
  ['overviewPoints', 0.0741, '+7.4'],
  ['overviewPoints', -0.0136, '−1.4'],
  ['overviewPoints', 0, '0.0'],
  ['overviewCount', 4150, '4,150'],
  ['overviewCount', 27560, '27.6 k'],
  ['overviewCount', 25557032, '25.6 M'],
  ['overviewBytes', 312, '312 B'],
  ['overviewBytes', 42000000, '42 MB'],
  ['overviewDuration', 9.4, '9.4 s'],
  ['overviewDuration', 185, '3 min 5 s'],
  ['overviewDuration', 3600 * 2 + 60 * 5, '2 h 5 min'],
];

for (const [write, value, text] of WRITTEN) {
  test(`${write} writes ${value} as ${text}`, () => assert.equal(grid[write](value), text));
}

test('progress is the step and, where known, the steps in all', () => {
  assert.equal(grid.overviewProgress({ data: { step: 1140, total: 1200 } }), '1,140 / 1,200');
  assert.equal(grid.overviewProgress({ data: { step: 1140, total: null } }), '1,140');
  assert.equal(grid.overviewProgress({ data: { step: null, total: 1200 } }), '– / 1,200');
});

test('a moment of today is written as its time, any other as its date', () => {
  const now = new Date(2026, 10, 21, 15, 0, 0);
  assert.equal(grid.overviewTime(new Date(2026, 10, 21, 3, 12, 44).toISOString(), now), '03:12:44');
  assert.equal(grid.overviewTime(new Date(2026, 10, 20, 3, 12, 44).toISOString(), now), '2026-11-20 03:12');
});

test('numbers stand before what is not finite, and nothing stands last, either way round', () => {
  const values = [null, 'NaN', 2, 10, 0.5];
  const up = [...values].sort((a, b) => grid.overviewCompare(a, b, null, null, false));
  assert.deepEqual(up, [0.5, 2, 10, 'NaN', null]);
  const down = [...values].sort((a, b) => -grid.overviewCompare(a, b, null, null, true));
  assert.deepEqual(down, [10, 2, 0.5, 'NaN', null]);
});

test('the dot of the only run and of a fifth run does nothing, and says why', () => {
  const { runsTable } = epochscope;
  runsTable.chosen = ['a'];
  assert.equal(runsTable.whyNot('a'), 'one run stays chosen');
  assert.equal(runsTable.whyNot('b'), null);
  runsTable.chosen = ['a', 'b', 'c', 'd'];
  assert.equal(runsTable.whyNot('e'), 'four at most');
  assert.equal(runsTable.whyNot('d'), null);
});

test('rows of chosen runs are marked', () => {
  epochscope.runsTable.chosen = ['a', 'b'];
  const marked = ['a', 'b', 'c'].map((name) => grid.overviewChosen({ data: { name } }));
  assert.deepEqual(plain(marked), [true, true, false]);
});
