// The first-run page in the browser: its sample data is fixed, its keys press the right button.
const assert = require('node:assert');
const { test } = require('node:test');
const { loadAssets } = require('./load_assets.js');

function loadPage(globals = {}) {
  const files = ['00_epochscope.js', 'first_run.js', 'first_run_samples.js'];
  const window = loadAssets(files, { dash_clientside: { no_update: 'kept' }, ...globals });
  return { epochscope: window.epochscope, page: window.dash_clientside.first_run };
}

test('sample data is the same each time', () => {
  const [first, second] = [loadPage().page, loadPage().page];
  assert.deepStrictEqual([...first.sampleLoss(3, [0.45], 0.1)], [...second.sampleLoss(3, [0.45], 0.1)]);
  assert.notDeepStrictEqual([...first.sampleLoss(3, [], 0.1)], [...first.sampleLoss(4, [], 0.1)]);
});

test('the sample loss falls when the learning rate does', () => {
  const loss = loadPage().page.sampleLoss(3, [0.5], 0.12, 200);
  const mean = (part) => part.reduce((sum, value) => sum + value, 0) / part.length;
  assert.ok(mean(loss.slice(102, 120)) < mean(loss.slice(80, 98)) - 0.1);
  assert.ok(loss.every((value) => Number.isFinite(value)));
});

test('later classes lapse at a third of the training, earlier ones do not', () => {
  const { page } = loadPage();
  const lapse = (place) => {
    const shares = page.sampleClass(place);
    return shares[30] - shares[37];
  };
  assert.ok(lapse(3) > 0.25);
  assert.ok(lapse(0) < 0.15);
});

test('a key presses the button of this page, and says when there is none', () => {
  let pressed = 0;
  const asked = [];
  const document = {
    querySelector(selector) {
      asked.push(selector);
      return selector.includes('"c"') ? { click: () => { pressed += 1; } } : null;
    },
  };
  const { page } = loadPage({ document });
  assert.strictEqual(page.press('c'), true);
  assert.strictEqual(page.press('x'), false);
  assert.strictEqual(pressed, 1);
  assert.ok(asked.every((selector) => selector.startsWith('[data-page="first_run"]')));
});

function watchFor(run, reduced) {
  const opened = [];
  const strip = run && { dataset: { run }, isConnected: true };
  const { epochscope, page } = loadPage({
    document: { querySelector: () => strip },
    matchMedia: () => ({ matches: reduced }),
    requestAnimationFrame: (then) => then(),
    setTimeout: (then) => { then(); return 1; },
  });
  epochscope.shortcuts = [];
  epochscope.go = (path, patch) => opened.push([path, ...patch.runs]);
  assert.strictEqual(page.open(), 'kept');
  return { opened, epochscope };
}

test('the run that has begun opens', () => {
  assert.deepStrictEqual(watchFor('team/first', false).opened, [['/', 'team/first']]);
});

test('nothing opens while no run has begun, nor by itself with reduced motion', () => {
  assert.deepStrictEqual(watchFor(null, false).opened, []);
  assert.deepStrictEqual(watchFor('first', true).opened, []);
});

test('the keys are added once, and left out of the list of all shortcuts', () => {
  const { epochscope } = watchFor(null, false);
  assert.strictEqual(epochscope.shortcuts.length, 1);
  assert.strictEqual(epochscope.shortcuts[0].signs, undefined);
});
