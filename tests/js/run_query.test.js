// The language of run filters: words and comparisons, all of which must hold.
const assert = require('node:assert');
const { test } = require('node:test');
const { loadAssets } = require('./load_assets.js');

const { epochscope } = loadAssets(['00_epochscope.js', 'run_query.js']);
const RUN = {
  name: 'narrow_cnn', state: 'running', step: 1140, loss: 0.71, error: null,
  settings: { width: 0.25, lr: '0.1', optimizer: 'SGD', nesterov: true, depth: null },
};

const CASES = [
  ['', true], ['   ', true], ['narrow', true], ['NARROW', true], ['wide', false], ['training', true],
  ['width<1', true], ['width<0.25', false], ['width<=0.25', true], ['width>=1', false], ['width!=1', true],
  ['lr=0.1', true], ['lr>0.05', true], ['optimizer=sgd', true], ['optimizer=adam', false], ['optimizer>adam', false],
  ['nesterov=true', true], ['nesterov=1', false], ['step>1000', true], ['loss<1', true], ['error<1', false],
  ['depth=3', false], ['depth!=3', false], ['momentum=0.9', false], ['narrow width<1', true], ['narrow width>1', false],
  ['width<', false], ['constructor=1', false],
];
CASES.forEach(([text, found]) =>
  test(`${JSON.stringify(text)} ${found ? 'finds' : 'does not find'} the run`, () =>
    assert.strictEqual(epochscope.readRunQuery(text)(RUN), found)),
);
