// What the frame says and finds: live state, troubles of runs, the picker, search, share, shortcuts.
const assert = require('node:assert');
const { test } = require('node:test');
const { loadAssets, plain } = require('./load_assets.js');

const { epochscope } = loadAssets([
  '00_epochscope.js', 'overlays.js', 'run_filter.js', 'selection.js', 'shell_header.js', 'shell_keys.js',
  'shell_notice.js', 'shell_picker.js', 'shell_search.js', 'shell_share.js',
]);
const run = (values) => ({ name: 'a', state: 'finished', step: 10, beat: 100, settings: {}, bytes: 0, ...values });

test('a training run is told first, a chosen one before others', () => {
  const runs = [run({ name: 'x', state: 'running' }), run({ name: 'y', state: 'running' }), run({ name: 'z' })];
  const say = (names) => epochscope.describeLive(runs, names, 104).text;
  assert.strictEqual(say(['z', 'y']), 'y is training, 4 s ago');
  assert.strictEqual(say(['z']), 'x is training, 4 s ago');
});

const SENTENCES = [
  ['finished', 'a finished 1 min ago'], ['crashed', 'a crashed at step 10, 1 min ago'],
  ['stalled', 'a has stalled at step 10, 1 min ago'], ['failed', 'a failed at step 10, 1 min ago'],
  ['waiting', 'a waits for its first step, 1 min ago'], ['unreadable', 'a cannot be read'],
];
SENTENCES.forEach(([state, text]) =>
  test(`a run that is ${state} is told as such`, () =>
    assert.strictEqual(epochscope.describeLive([run({ state })], ['a'], 160).text, text)),
);

test('without runs nothing is being recorded', () => {
  assert.deepStrictEqual(plain(epochscope.describeLive([], [], 0)), { text: 'no run is being recorded', on: false });
});

test('a crash says when the run was last alive and what is lost', () => {
  const [trouble] = plain(epochscope.describeTroubles(run({ state: 'crashed', step: 732 }), 160));
  assert.strictEqual(trouble.title, 'a crashed at step 732');
  assert.match(trouble.lines[0], /^Last sign of life at \d\d:\d\d, 1 min ago\. Nothing before it is lost/);
});

test('damaged files are counted and the first is named', () => {
  const damaged = [{ path: 'a/b.parquet', reason: 'Its checksum does not match.' }];
  const [one] = plain(epochscope.describeTroubles(run({ damaged, damaged_count: 1 }), 0));
  assert.strictEqual(one.title, 'One file of a cannot be read');
  assert.strictEqual(one.check, null);
  assert.deepStrictEqual(one.lines, ['Its checksum does not match.', 'Everything else is shown.']);
  const [many] = plain(epochscope.describeTroubles(run({ damaged, damaged_count: 14 }), 0));
  assert.strictEqual(many.title, '14 files of a cannot be read');
  assert.strictEqual(many.lines[1], 'So cannot 13 more. Everything else is shown.');
});

test('a damaged file comes with the command that checks its log', () => {
  const damaged = [{ path: "/the 'log'/a/class_stat/L0/b.parquet", reason: '' }];
  const [trouble] = plain(epochscope.describeTroubles(run({ damaged, damaged_count: 1 }), 0));
  const quoted = ["'/the '", "''log'", "'''"].join('\\');
  assert.strictEqual(trouble.check, `python -m epochscope verify ${quoted}`);
});

test('a healthy run has no trouble', () => {
  assert.deepStrictEqual(plain(epochscope.describeTroubles(run({ damaged: [], damaged_count: 0 }), 0)), []);
});

test('the picker keeps chosen runs in the order of the header and filters the others', () => {
  const runs = ['a', 'b', 'c', 'd'].map((name, i) => run({ name, settings: { width: i } }));
  const { taken, found } = epochscope.pickRuns(runs, ['c', 'a'], 'width<2');
  assert.deepStrictEqual(plain(taken).map(({ name }) => name), ['c', 'a']);
  assert.deepStrictEqual(plain(found).map(({ name }) => name), ['b']);
});

const FACTS = {
  a: { name: 'a', classes: [[0, 'cat'], [1, 'dog']], images: 3, layers: ['conv1', 'fc'] },
  b: { name: 'b', classes: [[0, 'cat']], images: 3, layers: ['conv1'] },
};
const THINGS = { runs: [run({ name: 'cats' })], facts: FACTS, pages: [{ label: 'Layers', path: '/layers' }] };

test('search finds runs, classes of any chosen run once, layers and pages', () => {
  const found = (text) => plain(epochscope.findThings(text, THINGS)).map(({ group, label, detail }) => [group, label, detail]);
  assert.deepStrictEqual(found('cat'), [['Runs', 'cats', 'finished'], ['Classes', 'cat', 'a, b']]);
  assert.deepStrictEqual(found('FC'), [['Layers', 'fc', 'a']]);
  assert.deepStrictEqual(found('layers'), [['Pages', 'Layers', '']]);
  assert.deepStrictEqual(found('zebra'), []);
});

test('search opens the page of what it found, with it chosen', () => {
  const [, cat] = plain(epochscope.findThings('cat', THINGS));
  assert.strictEqual(cat.path, '/validation');
  assert.deepStrictEqual(cat.patch.classes, [0]);
});

test('the share dialog lists what a link restores', () => {
  const selection = { runs: ['a', 'b'], step: 4150, range: [0, 9], classes: [1], images: [1, 2, 3, 4], options: { 'validation.open': '1' } };
  const texts = plain(epochscope.describeSelection(selection, FACTS)).map(({ text }) => text);
  assert.deepStrictEqual(texts, ['a', 'b', 'step 4,150', 'steps 0 to 9', 'class dog', '4 images', '1 setting of a page']);
});

test('every shortcut that is listed does something when its keys are pressed', () => {
  epochscope.shortcuts.forEach(({ says, signs, keys }) => {
    assert.ok(signs.length > 0, says);
    Object.values(keys).forEach((run_) => assert.strictEqual(typeof run_, 'function', says));
  });
  const keys = epochscope.shortcuts.flatMap((shortcut) => Object.keys(shortcut.keys));
  assert.strictEqual(new Set(keys).size, keys.length);
});

test('keys are found with shift, in either case, and after G', () => {
  const find = (key, shiftKey = false, prefix = false) => epochscope.findShortcut({ key, shiftKey }, prefix);
  const named = (name) => epochscope.shortcuts.find(({ keys }) => keys[name]).keys[name];
  assert.strictEqual(find('ArrowLeft'), named('ArrowLeft'));
  assert.strictEqual(find('ArrowLeft', true), named('shift+ArrowLeft'));
  assert.strictEqual(find('r'), named('R'));
  assert.strictEqual(find('?', true), named('?'));
  assert.strictEqual(find('g'), 'prefix');
  assert.strictEqual(find('v', false, true), named('GV'));
  assert.strictEqual(find('v'), undefined);
  assert.strictEqual(find('q', false, true), undefined);
  assert.strictEqual(find('toString'), undefined);
});

[[0, '0 kB'], [999, '1 kB'], [42e6, '42 MB'], [1.23e9, '1.2 GB'], [7.4e6, '7.4 MB']].forEach(([bytes, text]) =>
  test(`writes ${bytes} bytes as ${text}`, () => assert.strictEqual(epochscope.formatBytes(bytes), text)),
);
