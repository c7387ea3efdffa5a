// The three sample charts of the first-run page, drawn with fixed data in the colours of the scheme.
(function (epochscope, clientside) {
  const page = (clientside.first_run = clientside.first_run || {});
  const COLUMNS = 120;
  const CLASSES = ['ship', 'frog', 'dog', 'cat', 'bird'];
  const LAYERS = ['conv1', 'conv2', 'conv3', 'fc1', 'logvar'];
  const color = (name, opacity) => epochscope.color(`--${name}`, opacity);

  /** Make a generator of the same numbers in [0, 1) for the same seed. */
  function seeded(seed) {
    let state = seed | 0;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
  }

  const normal = (next) => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());

  /** The loss of a training with learning-rate stages at shares of its steps. */
  page.sampleLoss = function (seed, stages, floor, count = 200) {
    const next = seeded(seed);
    return Array.from({ length: count }, (_, index) => {
      const share = index / count;
      const passed = stages.filter((stage) => stage <= share).length;
      const fall = (2.1 * Math.exp(-6 * share)) / (1 + 1.6 * passed) + 0.55 / (1 + 2.2 * passed);
      return 0.72 * (floor + fall + (normal(next) * 0.05) / (1 + passed * 0.8));
    });
  };

  /** The share of right predictions of one class, per column; classes 2 and later lapse at 31 %. */
  page.sampleClass = function (place) {
    const next = seeded(place + 3);
    return Array.from({ length: COLUMNS }, (_, index) => {
      const share = index / COLUMNS;
      const noise = normal(next) * 0.05 * (share < 0.5 ? 1 : 0.4);
      const learned = (1 - Math.exp(-share * 7)) * (0.97 - place * 0.13) + (share > 0.5 ? 0.1 : 0);
      return learned + noise - (place > 1 && Math.abs(share - 0.31) < 0.015 ? 0.45 : 0);
    });
  };

  function label(context, text, x, y, align, name = 'muted') {
    context.font = '11px Inter, system-ui, sans-serif';
    context.textBaseline = 'middle';
    context.textAlign = align;
    context.fillStyle = color(name);
    context.fillText(text, x, y);
  }

  function line(context, values, x, y) {
    context.beginPath();
    values.forEach((value, index) => context[index ? 'lineTo' : 'moveTo'](x(index), y(value)));
    context.stroke();
  }

  function drawLoss({ context, width, height }) {
    const [left, bottom] = [40, height - 22];
    const span = width - left - 16;
    const x = (index) => left + (span * index) / 200;
    const y = (value) => Math.max(6, bottom - (value / 2) * (bottom - 6));
    [0, 1, 2].forEach((value) => {
      context.fillStyle = color('chart-grid');
      context.fillRect(left, y(value), span, 1);
      label(context, value.toFixed(1), left - 7, Math.max(8, y(value)), 'right');
    });
    ['0', '400', '800', '1,200'].forEach((text, index) =>
      label(context, text, left + (span * index) / 3, bottom + 12, index === 3 ? 'right' : 'center'));
    const failing = page.sampleLoss(9, [], 0.5, 200).slice(0, 121)
      .map((value, index) => Math.min(2, value + (index > 112 ? ((index - 112) / 8) ** 2 * 0.75 : 0)));
    context.lineWidth = 1.6;
    context.strokeStyle = color('run-1');
    line(context, page.sampleLoss(3, [0.45, 0.78], 0.12), x, y);
    context.strokeStyle = color('run-2');
    line(context, failing, x, y);
    drawCross(context, x(120), 14);
    label(context, 'NaN from 726', x(120) + 9, 14, 'left', 'bad-text');
  }

  function drawCross(context, x, y) {
    context.strokeStyle = color('bad');
    context.beginPath();
    [[-4, -4, 4, 4], [4, -4, -4, 4]].forEach(([x0, y0, x1, y1]) => {
      context.moveTo(x + x0, y + y0);
      context.lineTo(x + x1, y + y1);
    });
    context.stroke();
  }

  /** The colour of a share of right predictions: wrong at 0, mid at ½, right at 1. */
  function correctness(share) {
    const held = Math.min(1, Math.max(0, share));
    const [low, high] = held < 0.5 ? ['wrong', 'mid'] : ['mid', 'right'];
    const part = held < 0.5 ? held * 2 : held * 2 - 1;
    const [from, to] = [epochscope.token(`--${low}`), epochscope.token(`--${high}`)];
    return `rgb(${from.map((value, index) => Math.round(value + (to[index] - value) * part))})`;
  }

  function drawClasses({ context, width, height }) {
    const left = 58;
    const span = width - left - 16;
    const row = (height - 22) / CLASSES.length;
    CLASSES.forEach((name, place) => {
      label(context, name, left - 8, 5 + place * row + row / 2, 'right');
      page.sampleClass(place).forEach((share, index) => {
        context.fillStyle = correctness(share);
        context.fillRect(left + (span * index) / COLUMNS, 6 + place * row, span / COLUMNS + 0.5, row - 5);
      });
      if (place > 1) drawTriangle(context, left + span * 0.31, place * row, 3 + place);
    });
    label(context, 'wrong', left, height - 8, 'left');
    for (let index = 0; index < 60; index += 1) {
      context.fillStyle = correctness(index / 60);
      context.fillRect(left + 38 + index, height - 12, 1.2, 8);
    }
    label(context, 'right', left + 104, height - 8, 'left');
  }

  function drawTriangle(context, x, top, half) {
    context.fillStyle = color('text');
    context.beginPath();
    context.moveTo(x - half, top + 2);
    context.lineTo(x + half, top + 2);
    context.lineTo(x, top + 9);
    context.fill();
  }

  function drawLayers({ context, width, height }) {
    const left = 58;
    const span = width - left - 16;
    const row = (height - 22) / LAYERS.length;
    LAYERS.forEach((name, place) => {
      const first = place === LAYERS.length - 1;
      label(context, name, left - 8, 4 + place * row + row / 2, 'right', first ? 'text' : 'muted');
      context.fillStyle = color('chart-grid');
      context.fillRect(left, 4 + place * row + row - 2, span, 1);
      context.strokeStyle = color(first ? 'bad' : 'accent');
      context.lineWidth = 1.3;
      const y = (value) => 4 + place * row + row - 3 - Math.min(1, value) * (row - 4);
      line(context, gradients(place, first), (index) => left + (span * index) / COLUMNS, y);
    });
    context.fillStyle = color('focus');
    context.fillRect(left + span * 0.605 - 0.75, 3, 1.5, height - 20);
    label(context, 'step 726', left + span * 0.605, height - 8, 'center');
  }

  function gradients(place, first) {
    const next = seeded(place + 30);
    return Array.from({ length: Math.ceil(COLUMNS * 0.605) }, (_, index) => {
      const share = index / COLUMNS;
      const calm = 0.7 * Math.exp(-share * 4) + 0.12 + normal(next) * 0.035;
      if (first && share > 0.4) return calm + ((share - 0.4) / 0.2) ** 2 * 0.95;
      return calm + (share > 0.585 ? (share - 0.585) * 16 : 0);
    });
  }

  const drawings = { loss: drawLoss, classes: drawClasses, layers: drawLayers };

  function drawAll() {
    document.querySelectorAll('canvas[data-sample]').forEach((canvas) => {
      drawings[canvas.dataset.sample](epochscope.hidpi(canvas));
      epochscope.drawn(canvas, 1);
    });
  }

  /** Clientside callback: draw the charts when the page appears, once its font is there. */
  page.draw = function () {
    document.fonts.load('11px Inter').then(() => requestAnimationFrame(drawAll));
    return clientside.no_update;
  };

  if (typeof addEventListener !== 'undefined') {
    epochscope.onScheme(drawAll);
    addEventListener('resize', drawAll);
  }
})(window.epochscope, window.dash_clientside);
