// The filter of the runs table: words and comparisons.
const test = require('node:test');
const assert = require('node:assert/strict');
const { loadAssets, plain } = require('./load_assets.js');

const { epochscope } = loadAssets(['00_epochscope.js', 'overview_filter.js']);
const ROWS = [
  { name: 'base_cnn', word: 'training', lr: 0.1, step: 1140, validation_error: 0.121, parameters: 1.5e6, config: { width: 1, act: 'ReLU', 'opt.name': 'SGD' } },
  { name: 'narrow_cnn', word: 'finished', lr: 0.1, step: 1200, validation_error: 0.218, parameters: 2e5, config: { width: 0.25, act: 'GELU' } },
  { name: 'vae', word: 'NaN at 726', lr: 0.006, step: 726, loss: 'NaN', validation_error: null, parameters: 3e5, config: { beta: 4 } },
];

function pass(text) {
  const { passes, problem } = epochscope.parseRunFilter(text, ROWS);
  assert.equal(problem, null);
  return plain(ROWS.filter(passes).map(({ name }) => name));
}

const CASES = [
  ['', ['base_cnn', 'narrow_cnn', 'vae']],
  ['cnn', ['base_cnn', 'narrow_cnn']],
  ['CNN train', ['base_cnn']],
  ['nan', ['vae']],
  ['gelu', ['narrow_cnn']],
  ['width<1', ['narrow_cnn']],
  ['width < 1 lr>=0.1', ['narrow_cnn']],
  ['lr<=6e-3', ['vae']],
  ['lr!=0.1', ['vae']],
  ['beta=4', ['vae']],
  ['act=relu', ['base_cnn']],
  ['act!=relu', ['narrow_cnn']],
  ['opt.name=sgd', ['base_cnn']],
  ['val.error>20%', ['narrow_cnn']],
  ['validation_error>.2', ['narrow_cnn']],
  ['parameters>=1M', ['base_cnn']],
  ['parameters<250k', ['narrow_cnn']],
  ['loss=nan', ['vae']],
  ['loss>0', []],
  ['state=finished', ['narrow_cnn']],
  ['run=vae', ['vae']],
];

for (const [text, names] of CASES) {
  test(`“${text}” lets through ${names.join(' and ') || 'nothing'}`, () => {
    assert.deepEqual(pass(text), names);
  });
}

const PROBLEMS = [
  ['widht<1', 'no column “widht”'],
  ['width<', 'width< what?'],
  ['width<wide', 'a number belongs after width<, got “wide”'],
];

for (const [text, words] of PROBLEMS) {
  test(`“${text}” lets nothing through and says why`, () => {
    const { passes, problem } = epochscope.parseRunFilter(text, ROWS);
    assert.equal(problem, words);
    assert.equal(ROWS.some(passes), false);
  });
}
