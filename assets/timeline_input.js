// Pointer and keys on the timeline: a click sets the focus step, a drag makes, moves or resizes the range.
(function (epochscope) {
  const { make } = epochscope;
  const timeline = (epochscope.timeline = epochscope.timeline || {});
  const GRIP = 6; // CSS pixels around an edge of the range that take hold of it
  const CLICK = 3; // CSS pixels of movement that still are a click
  let drag = null;
  let wasDrag = false;
  let before = null; // the focus step before the first click of a double click

  /** Move the focus step over recorded steps; Infinity goes to the last one. */
  epochscope.moveFocus = function (count) {
    const { data, focus } = timeline.state;
    const step = timeline.moved(data.recorded, focus, count);
    const plain = data.last && Number.isFinite(count) ? Math.max(0, Math.min(data.last, (focus || 0) + count)) : null;
    setFocus(step === null ? plain : step);
  };

  /** Move the focus step to the next mark before (-1) or after (1) it. */
  epochscope.jumpToMark = function (direction) {
    setFocus(timeline.nextMark(timeline.state.data.marks, timeline.state.focus, direction));
  };

  /** Let the range begin (0) or end (1) at the focus step. */
  epochscope.cutRange = function (side) {
    const { range, focus, data } = timeline.state;
    if (focus === null) return;
    const next = [...(range || [0, data.last])];
    next[side] = focus;
    epochscope.select({ range: next.sort((a, b) => a - b) });
  };

  function setFocus(step) {
    if (step !== null) epochscope.select({ step }, { history: 'replace' });
  }

  /** What a press at x takes hold of: 'first', 'last', 'inside' or 'outside' the range. */
  timeline.grip = function (x, range, scale) {
    if (!range) return 'outside';
    const edges = range.map(scale.toX);
    const [first, last] = edges.map((edge) => Math.abs(edge - x));
    if (Math.min(first, last) <= GRIP) return first <= last ? 'first' : 'last';
    return x > edges[0] && x < edges[1] ? 'inside' : 'outside';
  };

  /** The range after a drag from step `from` to step `to`, kept between 0 and the last step. */
  timeline.dragged = function (grip, range, from, to, last) {
    if (grip === 'outside') return [from, to].sort((a, b) => a - b);
    if (grip === 'first') return [to, range[1]].sort((a, b) => a - b);
    if (grip === 'last') return [range[0], to].sort((a, b) => a - b);
    const shift = Math.max(-range[0], Math.min(last - range[1], to - from));
    return [range[0] + shift, range[1] + shift];
  };

  function place(event) {
    const box = event.target.getBoundingClientRect();
    const scale = timeline.scale(timeline.state.data.last, box.width);
    return { x: event.clientX - box.left, y: event.clientY - box.top, scale, box };
  }

  function onDown(event) {
    const { data, range } = timeline.state;
    if (event.button !== 0 || !data.runs.length) return;
    const { x, y, scale } = place(event);
    drag = { x, y, from: scale.toStep(x), grip: timeline.grip(x, range, scale), moved: false };
    event.target.setPointerCapture(event.pointerId);
    hideTip();
  }

  function onMove(event) {
    const { data, range } = timeline.state;
    if (!data.runs.length) return;
    const at = place(event);
    if (!drag) {
      hover(event, at);
      return;
    }
    drag.moved = drag.moved || Math.abs(at.x - drag.x) > CLICK;
    if (!drag.moved) return;
    const { grip, from } = drag;
    timeline.state.preview = timeline.dragged(grip, range, from, at.scale.toStep(at.x), data.last);
    timeline.draw();
  }

  function onUp(event) {
    if (!drag) return;
    const { preview } = timeline.state;
    wasDrag = drag.moved;
    drag = null;
    timeline.state.preview = null;
    if (wasDrag && event.type === 'pointerup' && preview[1] > preview[0]) {
      epochscope.select({ range: preview });
    }
    timeline.draw();
  }

  function onClick(event) {
    const { data, focus } = timeline.state;
    if (wasDrag || event.detail > 1 || !data.runs.length) return;
    before = focus;
    const { x, y, scale } = place(event);
    setFocus(timeline.meant(x, y, data, scale));
  }

  function onDoubleClick() {
    if (!wasDrag) epochscope.select({ range: null, step: before });
  }

  function hover(event, { x, y, scale, box }) {
    const { data, range } = timeline.state;
    const cursors = { first: 'ew-resize', last: 'ew-resize', inside: 'grab', outside: 'crosshair' };
    event.target.style.cursor = cursors[timeline.grip(x, range, scale)];
    const step = timeline.meant(x, y, data, scale);
    timeline.state.hover = step;
    timeline.draw();
    showTip(step, event.clientX, box.bottom);
  }

  function showTip(step, x, bottom) {
    const tip = document.querySelector('[data-tooltip="timeline"]');
    if (!tip) return;
    tip.replaceChildren(...tipParts(step, timeline.state.data));
    tip.hidden = false;
    const left = x + 12 + tip.offsetWidth > innerWidth - 8 ? x - 12 - tip.offsetWidth : x + 12;
    tip.style.left = `${left}px`;
    tip.style.top = `${bottom + 4}px`;
  }

  function tipParts(step, { runs, marks, recorded }) {
    const rows = runs.map((run, index) => {
      const value = timeline.valueAt(run, step);
      const dot = make('span', { class: `dot run-${index + 1}` });
      return make('tr', {}, make('td', {}, dot, ` ${run.name}`), make('td', { class: 'n', text: readOut(value) }));
    });
    const here = marks.filter((mark) => mark.step === step).slice(0, 3);
    const kind = recorded.includes(step) ? 'recorded step' : '';
    return [
      make('div', {}, make('b', { text: `step ${epochscope.format(step)}` }), ` ${kind}`),
      make('table', {}, make('tbody', {}, rows)),
      ...here.map(({ run, text }) => make('div', { text: `${run}: ${text}` })),
      make('div', { class: 'hint', text: 'Click to set the focus step, drag to set the range' }),
    ];
  }

  function readOut(value) {
    if (value === null) return '–';
    const [low, high] = [value.low, value.high].map(epochscope.format);
    return low === high ? low : `${low} to ${high}`;
  }

  function hideTip() {
    const tip = document.querySelector('[data-tooltip="timeline"]');
    if (tip) tip.hidden = true;
    if (timeline.state.hover === null) return;
    timeline.state.hover = null;
    timeline.draw();
  }

  /** Say in words what the timeline shows, for screen readers. */
  timeline.describe = function (canvas, { data, range, focus }) {
    const text = document.getElementById('timeline-text');
    if (!text) return;
    const count = epochscope.format;
    const names = data.runs.map(({ name }) => name).join(', ');
    const marks = data.marks.map(({ run, text: says }) => `${run}: ${says}`).join('; ');
    const words = data.runs.length
      ? [
          `Loss of ${names} over steps 0 to ${count(data.last)}.`,
          focus === null ? 'No focus step.' : `Focus step ${count(focus)}.`,
          range ? `Steps ${count(range[0])} to ${count(range[1])} are shown.` : 'All steps are shown.',
          marks ? `Marks: ${marks}.` : 'No marks.',
        ].join(' ')
      : 'No run is chosen.';
    if (text.textContent !== words) text.textContent = words;
    const values = { min: 0, max: data.last, now: focus === null ? 0 : focus };
    Object.entries(values).forEach(([name, value]) => canvas.setAttribute(`aria-value${name}`, value));
    canvas.setAttribute('aria-valuetext', focus === null ? 'no focus step' : `step ${count(focus)}`);
  };

  const LISTENERS = {
    pointerdown: onDown, pointermove: onMove, pointerup: onUp, pointercancel: onUp, click: onClick,
    pointerleave: () => drag || hideTip(), dblclick: onDoubleClick,
  };

  if (typeof document === 'undefined') return;
  Object.entries(LISTENERS).forEach(([name, listener]) =>
    document.addEventListener(name, (event) => event.target.id === 'timeline' && listener(event), true),
  );
})(window.epochscope);
