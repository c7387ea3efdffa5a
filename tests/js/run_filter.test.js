// The language of run filters, in the table and in the picker: words and comparisons.
const test = require('node:test');
const assert = require('node:assert/strict');
const { loadAssets, plain } = require('./load_assets.js');

const { epochscope } = loadAssets(['00_epochscope.js', 'overlays.js', 'run_filter.js', 'shell_picker.js']);
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
  ['beta', ['vae']],
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

const RUN = {
  name: 'narrow_cnn', state: 'running', step: 1140, loss: 0.71, error: 0.218,
  settings: { Width: 0.25, lr: '0.1', optimizer: 'SGD', nesterov: true, depth: null },
};
const PICKED = [
  ['', true], ['   ', true], ['narrow', true], ['NARROW', true], ['wide', false], ['training', true], ['running', true],
  ['width', true], ['width<1', true], ['width < 1', true], ['width<0.25', false], ['width<=0.25', true],
  ['width>=1', false], ['width!=1', true], ['lr=0.1', true], ['lr=0.10', true], ['lr>0.05', true], ['lr>10%', false],
  ['optimizer=sgd', true], ['optimizer=adam', false], ['optimizer>adam', false], ['nesterov=true', true],
  ['nesterov=1', false], ['state=running', true], ['state=finished', false], ['step>1000', true], ['step>1k', true],
  ['loss<1', true], ['error<1', true], ['error>20%', true], ['val.error>20%', true], ['train.error<1', false],
  ['depth=3', false], ['depth!=3', false], ['momentum=0.9', false], ['narrow width<1', true],
  ['narrow width>1', false], ['width<', false], ['constructor=1', false],
];

for (const [text, isFound] of PICKED) {
  test(`the picker ${isFound ? 'finds' : 'does not find'} the run by “${text}”`, () => {
    assert.equal(epochscope.pickRuns([RUN], [], text).found.length, isFound ? 1 : 0);
  });
}
