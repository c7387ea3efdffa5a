// The link and the selection it names: the browser's reading, held to the same cases as the server's.
const assert = require('node:assert');
const { test } = require('node:test');
const { loadAssets, plain } = require('./load_assets.js');
const cases = require('../selection_cases.json');

const { epochscope } = loadAssets(['00_epochscope.js', 'selection.js']);
const sentence = ({ kind, asked, done }) => `${kind} “${asked}”: ${done}`;

cases.forEach((given) => {
  test(`reads a link: ${given.says}`, () => {
    const { selection, notices } = epochscope.parseQuery(given.query);
    assert.deepStrictEqual(plain(selection), given.selection);
    assert.deepStrictEqual(plain(notices).map(sentence), given.notices);
  });

  test(`writes the one form of a link: ${given.says}`, () => {
    assert.strictEqual(epochscope.toQuery(given.selection), given.canonical);
  });
});

test('a patch replaces its keys and keeps the others', () => {
  const merged = epochscope.mergeSelection({ runs: ['a'], step: 3 }, { step: 4, classes: [1] });
  assert.deepStrictEqual(plain(merged), { runs: ['a'], step: 4, classes: [1] });
});

test('null, false and nothing at all delete a key', () => {
  const before = { runs: ['a'], step: 3, sample: true, classes: [1] };
  const merged = epochscope.mergeSelection(before, { step: null, sample: false, classes: [] });
  assert.deepStrictEqual(plain(merged), { runs: ['a'] });
});

test('options are merged one by one, and emptied ones leave the link', () => {
  const before = { options: { 'validation.open': '3', 'overview.axis': 'epoch' } };
  const merged = epochscope.mergeSelection(before, { options: { 'validation.open': null } });
  assert.deepStrictEqual(plain(merged), { options: { 'overview.axis': 'epoch' } });
  assert.deepStrictEqual(plain(epochscope.mergeSelection(merged, { options: null })), {});
});

test('a step of nought is a step', () => {
  assert.deepStrictEqual(plain(epochscope.mergeSelection({}, { step: 0 })), { step: 0 });
});
