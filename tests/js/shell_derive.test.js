// What a selection means in a log: what is shown, and what is missing.
const assert = require('node:assert');
const { test } = require('node:test');
const { loadAssets, plain } = require('./load_assets.js');

const { epochscope } = loadAssets(['00_epochscope.js', 'selection.js', 'shell_derive.js']);
const LIVE = {
  runs: [
    { name: 'torn', state: 'unreadable', step: null },
    { name: 'new', state: 'running', step: 500 },
    { name: 'old', state: 'finished', step: 4000 },
    { name: 'begun', state: 'waiting', step: null },
  ],
};
const FACTS = {
  new: { name: 'new', classes: [[0, 'cat'], [1, 'dog']], images: 20, layers: ['conv1'] },
  old: { name: 'old', classes: [[0, 'cat']], images: 10, layers: ['conv1', 'fc'] },
};
const steps = (selection, live = LIVE) => plain(epochscope.deriveSteps(selection, live));
const parts = (selection, chosen, facts = FACTS) => plain(epochscope.deriveParts(selection, chosen, facts));
const told = ({ missing }) => missing.map(({ kind, asked, done }) => `${kind} ${asked}: ${done}`);

test('without runs the newest readable one is shown', () => {
  assert.deepStrictEqual(steps({}).chosen, ['new']);
  assert.deepStrictEqual(steps({}).missing, []);
});

test('runs keep the order of the link', () => {
  assert.deepStrictEqual(steps({ runs: ['old', 'new'] }).chosen, ['old', 'new']);
});

test('a run that is gone or unreadable is left out and named', () => {
  const found = steps({ runs: ['gone', 'old', 'torn'] });
  assert.deepStrictEqual(found.chosen, ['old']);
  assert.deepStrictEqual(told(found), ['run gone: no such run, left out', 'run torn: cannot be read, left out']);
});

test('where no asked run is left the newest is shown, and that is said', () => {
  const found = steps({ runs: ['gone'] });
  assert.deepStrictEqual(found.chosen, ['new']);
  assert.deepStrictEqual(told(found), ['run gone: no such run, new is shown instead']);
});

test('an empty log shows nothing', () => {
  assert.deepStrictEqual(steps({ runs: ['gone'], step: 3 }, { runs: [] }), {
    chosen: [], focus: 3, range: null, missing: [{ key: 'runs', kind: 'run', asked: 'gone', done: 'no such run, left out' }],
  });
});

test('a focus step beyond the longest chosen run is its last step', () => {
  const found = steps({ runs: ['new', 'old'], step: 9000 });
  assert.strictEqual(found.focus, 4000);
  assert.deepStrictEqual(told(found), ['step 9,000: old ends at 4,000, shown instead']);
  assert.strictEqual(steps({ runs: ['new', 'old'], step: 4000 }).focus, 4000);
});

test('a range is cut at the last step, and dropped where it lies beyond it', () => {
  assert.deepStrictEqual(steps({ runs: ['new'], range: [100, 900] }).range, [100, 500]);
  const beyond = steps({ runs: ['new'], range: [600, 900] });
  assert.strictEqual(beyond.range, null);
  assert.deepStrictEqual(told(beyond), ['range 600 to 900: new ends at 500, all steps are shown']);
});

test('a run without a step yet keeps what the link asks for', () => {
  const found = steps({ runs: ['begun'], step: 7, range: [1, 9] });
  assert.deepStrictEqual([found.focus, found.range, found.missing], [7, [1, 9], []]);
});

test('parts that one of the runs has are kept, parts that none has are named', () => {
  const selection = { classes: [1, 7], images: [15, 30], layers: ['fc', 'head'] };
  const found = parts(selection, ['new', 'old']);
  assert.deepStrictEqual([found.classes, found.images, found.layers], [[1], [15], ['fc']]);
  assert.deepStrictEqual(told(found), [
    'class 7: none of the classes of the chosen runs, left out',
    'image 30: none of the images of the chosen runs, left out',
    'layer head: none of the layers of the chosen runs, left out',
  ]);
});

test('nothing is called missing before it is known what the runs have', () => {
  const found = parts({ classes: [7] }, ['new', 'old'], { new: FACTS.new });
  assert.deepStrictEqual([found.complete, found.classes, found.missing], [false, [7], []]);
});

// The frame with a link, over the log of these runs; tells what its stores are set to.
function openFrame(selection) {
  const set = {};
  const link = { selection };
  const window = loadAssets(['00_epochscope.js', 'selection.js', 'shell_derive.js'], {
    dash_clientside: { no_update: 'kept', set_props: (id, { data }) => { set[id] = plain(data); } },
  });
  Object.assign(window.epochscope, {
    selection: () => link.selection,
    followLink() {},
    nameRuns(runs) { link.selection = { ...link.selection, runs }; },
    showNotice() {},
    showLinks() {},
  });
  return { window, link, set, shell: window.dash_clientside.shell };
}

test('an opened link sets the stores of the frame once; what the runs are made of comes after', () => {
  const { shell, link, set } = openFrame({ classes: [1, 7] });
  const [selection, chosen, , range, focus, options] = plain(shell.follow('', '/', LIVE));
  assert.deepStrictEqual([selection, chosen], [{ classes: [1, 7], runs: ['new'] }, ['new']]);
  assert.deepStrictEqual([range, focus, options], [null, null, {}]);
  assert.deepStrictEqual(link.selection.runs, ['new']);
  assert.deepStrictEqual(plain(shell.follow('', '/', LIVE)), Array(7).fill('kept'));
  assert.deepStrictEqual(set, {});
  assert.deepStrictEqual(plain(shell.takeFacts(FACTS)), [[1], [], []]);
});

test('a choice sets all that follows from it at once, and nothing else', () => {
  const { window, shell, link, set } = openFrame({ runs: ['old'] });
  shell.follow('', '/', LIVE);
  shell.takeFacts(FACTS);
  link.selection = { runs: ['old'], step: 9000, classes: [0, 1] };
  window.epochscope.publish();
  assert.deepStrictEqual(set, { selection: link.selection, 'focus-step': 4000, 'chosen-classes': [0] });
  link.selection = { ...link.selection, runs: ['old', 'new'] };
  window.epochscope.publish();
  assert.deepStrictEqual(set['chosen-runs'], ['old', 'new']);
  assert.deepStrictEqual(set['chosen-classes'], [0, 1]);
});

test('of runs that are not yet known no classes are asked for', () => {
  const { window, shell, link, set } = openFrame({ runs: ['old'] });
  shell.follow('', '/', LIVE);
  shell.takeFacts({ old: FACTS.old });
  link.selection = { runs: ['new'], classes: [1] };
  window.epochscope.publish();
  assert.deepStrictEqual(set['chosen-runs'], ['new']);
  assert.strictEqual('chosen-classes' in set, false);
  assert.deepStrictEqual(plain(shell.takeFacts({ new: FACTS.new })), [[1], 'kept', 'kept']);
});

test('what an anomaly iteration is changes with the settings of the link alone', () => {
  const { window, shell, link, set } = openFrame({ runs: ['old'], window: 7, options: { 'validation.flips': 'learned', 'layers.type': 'box' } });
  const settings = plain(shell.follow('', '/', LIVE)).at(-1);
  assert.deepStrictEqual(settings, { window: 7, options: { 'validation.flips': 'learned' } });
  link.selection = { ...link.selection, step: 7, options: { 'validation.flips': 'learned' } };
  window.epochscope.publish();
  assert.strictEqual('anomaly-settings' in set, false);
  link.selection = { ...link.selection, threshold: 30, rule: 'left' };
  window.epochscope.publish();
  assert.deepStrictEqual(set['anomaly-settings'], { window: 7, threshold: 30, rule: 'left', options: { 'validation.flips': 'learned' } });
});

// What a layout was opened with, in the order in which the first callback is given it.
const STORES = [
  'selection', 'chosen-runs', 'chosen-versions', 'step-range', 'focus-step', 'page-options', 'anomaly-settings',
  'chosen-classes', 'chosen-images', 'chosen-layers',
];
const opening = require('../opening_cases.json');

opening.cases.forEach((one) => {
  const { runs, facts, stores, says, query } = { ...opening, ...one };
  const begin = (held) => {
    const frame = openFrame(epochscope.parseQuery(query).selection);
    frame.shell.begin('link-notice', { runs }, facts, ...STORES.map((id) => held[id] ?? undefined));
    return frame.set;
  };

  test(`sets nothing again of what the server knew: ${says}`, () => assert.deepStrictEqual(begin(stores), {}));

  test(`sets all that the server did not know: ${says}`, () =>
    assert.deepStrictEqual(begin({}), Object.fromEntries(Object.entries(stores).filter(([, data]) => data !== null))));
});
