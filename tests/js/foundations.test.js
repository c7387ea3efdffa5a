// The foundations: numbers, times, colours and ticks as the design writes them.
const assert = require('node:assert');
const { test } = require('node:test');
const { loadAssets, plain } = require('./load_assets.js');

const { epochscope } = loadAssets(['00_epochscope.js']);

const NUMBERS = [
  [4150, '4,150'], [0.41234, '0.412'], [-7.4, '−7.4'], [0.0002, '2e−4'], [0, '0'], [12.345, '12.3'],
  [1234.5, '1,235'], [2.5e12, '2.5e12'], [NaN, 'NaN'], [Infinity, '+Inf'], [-Infinity, '−Inf'],
  [null, '–'], [undefined, '–'], [-3e-7, '−3e−7'],
];
NUMBERS.forEach(([value, text]) =>
  test(`writes ${value} as ${text}`, () => assert.strictEqual(epochscope.format(value), text)),
);

[[0, '0'], [999, '999'], [1000, '1,000'], [-123456, '-123,456'], [1234567.25, '1,234,567.25'], [1e15, '1,000,000,000,000,000']].forEach(([value, text]) =>
  test(`writes the count ${value} in full as ${text}`, () => assert.strictEqual(epochscope.formatCount(value), text)),
);

[[240, '240'], [9999, '9,999'], [16000, '16k'], [1200000, '1.2M']].forEach(([step, text]) =>
  test(`writes the tick ${step} as ${text}`, () => assert.strictEqual(epochscope.formatTick(step), text)),
);

[[4, '4 s ago'], [-2, '0 s ago'], [90, '2 min ago'], [59.7, '1 min ago'], [3580, '1 h ago'], [7200, '2 h ago'], [200000, '2 d ago']].forEach(([age, text]) =>
  test(`says of ${age} seconds: ${text}`, () => assert.strictEqual(epochscope.ago(age), text)),
);

test('ticks are 1, 2 or 5 times a power of ten, whole, inside, and few', () => {
  for (const last of [1, 3, 7, 99, 1200, 64000, 1234567]) {
    const ticks = plain(epochscope.ticks(0, last));
    const gap = ticks[1] - ticks[0];
    assert.ok([1, 2, 5].includes(Number(String(gap)[0])) && /^[125]0*$/.test(String(gap)), `${gap}`);
    assert.ok(ticks.length <= 8 && ticks.length >= 2, `${ticks}`);
    assert.ok(ticks.every((step) => Number.isInteger(step) && step >= 0 && step <= last));
  }
});

test('reads the colours that browsers compute', () => {
  assert.deepStrictEqual(plain(epochscope.parseColor('rgb(51, 85, 216)')), [51, 85, 216, 1]);
  assert.deepStrictEqual(plain(epochscope.parseColor('rgba(51, 85, 216, 0.1)')), [51, 85, 216, 0.1]);
  assert.deepStrictEqual(plain(epochscope.parseColor('color(srgb 1 0.5 0 / 0.3)')), [255, 128, 0, 0.3]);
});

test('decodes base64 to bytes', () => {
  assert.deepStrictEqual([...epochscope.decode('AP9/')], [0, 255, 127]);
});

test('an event for a component that is not there is let go, other errors are not', () => {
  const window = loadAssets(['00_epochscope.js'], {
    dash_clientside: {
      set_props(id) {
        if (id === 'gone') throw new window.TypeError('no such component');
        if (id === 'broken') throw new Error('broken');
      },
    },
    TypeError,
  });
  assert.strictEqual(window.epochscope.emit('gone', {}), false);
  assert.strictEqual(window.epochscope.emit('here', {}), true);
  assert.throws(() => window.epochscope.emit('broken', {}), /broken/);
});

test('a callback that is given what its outputs hold updates those that differ', () => {
  const window = loadAssets(['00_epochscope.js'], { dash_clientside: { no_update: 'kept' } });
  const twice = window.epochscope.onlyChanged((number, words) => [2 * number, words ?? null, ['a']]);
  assert.deepStrictEqual(plain(twice(3, 'x', 6, 'x', ['a'])), ['kept', 'kept', 'kept']);
  assert.deepStrictEqual(plain(twice(3, 'y', 4, 'x', ['b'])), [6, 'y', ['a']]);
  assert.deepStrictEqual(plain(twice(3, undefined, 6, undefined, ['a'])), ['kept', 'kept', 'kept']);
  const one = window.epochscope.onlyChanged((number) => `${number} px`);
  assert.strictEqual(one(3, '3 px'), 'kept');
  assert.strictEqual(one(4, '3 px'), '4 px');
});
