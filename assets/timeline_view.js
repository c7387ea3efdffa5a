// The timeline of all pages, on one canvas: losses, learning-rate changes, recorded steps, marks,
// the step range and the focus step.
(function (epochscope, clientside) {
  const timeline = (epochscope.timeline = epochscope.timeline || {});
  const shell = (clientside.shell = clientside.shell || {});
  const TOP = 10;
  const FOOT = 22; // pixels under the curves
  const state = { packed: null, data: timeline.unpack(null), range: null, focus: null, preview: null, hover: null };
  let colors = {};

  /** What is drawn now: data, range, focus, preview of a brush, hover. */
  timeline.state = state;

  const canvasOf = () => document.getElementById('timeline');

  /** Clientside callback: draw anew whenever the data, the range or the focus step changed. */
  shell.timeline = function (packed, range, focus) {
    if (packed !== state.packed) Object.assign(state, { packed, data: timeline.unpack(packed) });
    const asked = epochscope.selection();
    // While a key is held the selection is ahead of the store.
    const ahead = focus !== null && asked.step !== undefined && asked.step <= state.data.last;
    Object.assign(state, { range, focus: ahead ? asked.step : focus });
    timeline.draw();
    return clientside.no_update;
  };

  timeline.draw = function () {
    const canvas = canvasOf();
    if (!canvas || !canvas.clientWidth) return;
    const { context, width, height } = epochscope.hidpi(canvas);
    const plot = { context, width, height, bottom: height - FOOT, scale: timeline.scale(state.data.last, width) };
    colors = epochscope.color;
    context.font = '11px Inter';
    context.textBaseline = 'middle';
    if (!state.data.runs.length) drawEmpty(plot);
    else drawAll(plot);
    epochscope.drawn(canvas, state.data.runs.length);
    timeline.describe(canvas, state);
  };

  function drawAll(plot) {
    const range = state.preview || state.range;
    if (range) drawRange(plot, range);
    const bounds = timeline.bounds(state.data.runs);
    state.data.runs.forEach((run, place) => run.curve && drawCurve(plot, run, place, bounds));
    drawRecorded(plot);
    drawChanges(plot);
    drawLabels(plot);
    state.data.marks.forEach((mark) => drawMark(plot, mark));
    state.data.runs.forEach((run) => hasCrashed(run) && drawCrash(plot, run, bounds));
    if (state.hover !== null) drawLine(plot, state.hover, colors('--text', 0.6), 1);
    if (state.focus !== null) drawFocus(plot);
  }

  function drawEmpty({ context, width, bottom, scale }) {
    context.fillStyle = colors('--line-strong');
    context.fillRect(scale.left, bottom + 1, width - 2 * scale.left, 1);
    if (epochscope.chosen().length) return; // their data is on its way
    context.fillStyle = colors('--muted');
    context.textAlign = 'left';
    context.fillText('The loss of the chosen runs appears here, with recorded steps and learning-rate changes.', scale.left, bottom / 2 + 4);
  }

  function drawRange({ context, bottom, scale }, [first, last]) {
    const [from, to] = [scale.toX(first), scale.toX(last)];
    context.fillStyle = colors('--brush');
    context.fillRect(from, 4, to - from, bottom);
    context.fillStyle = colors('--brush-line');
    [from, to].forEach((x) => {
      context.fillRect(x - 0.75, 4, 1.5, bottom);
      context.beginPath();
      context.roundRect(x - 3, bottom / 2 - 7, 6, 18, 3);
      context.fill();
    });
  }

  function drawCurve({ context, bottom, scale }, { curve }, place, bounds) {
    const share = (value) => Math.min(1, (value - bounds.bottom) / (bounds.top - bounds.bottom));
    const toY = (value) => bottom - share(value) * (bottom - TOP);
    context.strokeStyle = colors(`--run-${place + 1}`, 0.95);
    context.lineWidth = 1.4;
    context.lineJoin = 'round';
    context.beginPath();
    let pen = false;
    timeline.columns(curve, scale.toX).forEach((column) => {
      if (column === null) {
        pen = false;
        return;
      }
      const x = column.x;
      if (pen) context.lineTo(x, toY(column.low));
      else context.moveTo(x, toY(column.low));
      context.lineTo(x, toY(column.high));
      pen = true;
    });
    context.stroke();
  }

  const hasCrashed = ({ name }) => epochscope.runs().some((run) => run.name === name && run.state === 'crashed');

  // The line of a crashed run ends in a ring.
  function drawCrash({ context, bottom, scale }, { curve, last }, bounds) {
    const value = curve && curve.high.length ? curve.high[curve.high.length - 1] : NaN;
    if (!Number.isFinite(value)) return;
    const share = Math.min(1, (value - bounds.bottom) / (bounds.top - bounds.bottom));
    context.fillStyle = colors('--surface');
    context.strokeStyle = colors('--bad');
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(scale.toX(last), bottom - share * (bottom - TOP), 3.5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }

  function drawRecorded({ context, bottom, scale }) {
    context.fillStyle = colors('--line-strong');
    const drawn = new Set(state.data.recorded.map((step) => Math.round(scale.toX(step))));
    drawn.forEach((x) => context.fillRect(x, bottom + 1, 1, 3));
  }

  function drawChanges({ context, bottom, scale }) {
    context.fillStyle = colors('--muted');
    const steps = state.data.runs.flatMap(({ stages }) => stages.map(({ step }) => step));
    new Set(steps).forEach((step) => context.fillRect(Math.round(scale.toX(step)), bottom - 2, 1, 9));
  }

  function drawLabels({ context, width, height, scale }) {
    context.fillStyle = colors('--muted');
    const focus = state.focus === null ? -Infinity : scale.toX(state.focus);
    const least = Math.max(4, Math.min(7, Math.floor(width / 120)));
    epochscope.ticks(0, state.data.last, least).forEach((step) => {
      const x = scale.toX(step);
      if (Math.abs(x - focus) < 60) return;
      const isLast = x > width - 40;
      context.textAlign = step === 0 ? 'left' : isLast ? 'right' : 'center';
      context.fillText(epochscope.formatTick(step), isLast ? scale.right : x, height - 9);
    });
  }

  function drawMark({ context, scale }, { step, kind }) {
    const x = scale.toX(step);
    context.fillStyle = colors(`--${kind}`);
    context.beginPath();
    context.moveTo(x - 4, 4);
    context.lineTo(x + 4, 4);
    context.lineTo(x, 10.5);
    context.fill();
  }

  function drawLine({ context, bottom, scale }, step, color, width) {
    context.fillStyle = color;
    context.fillRect(scale.toX(step) - width / 2, 2, width, bottom + 2);
  }

  function drawFocus(plot) {
    const { context, width, height, scale } = plot;
    drawLine(plot, state.focus, colors('--focus'), 1.5);
    const text = `step ${epochscope.format(state.focus)}`;
    context.font = '600 11px Inter';
    const half = context.measureText(text).width / 2 + 7;
    const x = Math.min(Math.max(scale.toX(state.focus), half + 2), width - half - 2);
    context.fillStyle = colors('--focus');
    context.beginPath();
    context.roundRect(x - half, height - 17, 2 * half, 16, 4);
    context.fill();
    context.fillStyle = colors('--on-focus');
    context.textAlign = 'center';
    context.fillText(text, x, height - 8.5);
    context.font = '11px Inter';
  }

  if (typeof document === 'undefined') return;
  epochscope.onScheme(() => timeline.draw());
  document.addEventListener('epochscope:runs', () => timeline.draw());
  addEventListener('resize', () => timeline.draw());
  document.addEventListener('epochscope:select', () => {
    const { step } = epochscope.selection();
    if (step === undefined || step > state.data.last) return;
    state.focus = step;
    timeline.draw();
  });
  document.fonts.load('600 11px Inter').then(() => timeline.draw());
})(window.epochscope, window.dash_clientside);
