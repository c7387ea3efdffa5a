// The timeline's arithmetic: where a step lies, what a pixel column holds, which step is meant.
(function (epochscope) {
  const timeline = (epochscope.timeline = epochscope.timeline || {});
  const LEFT = 20;
  const RIGHT = 20;
  const SNAP = 4; // CSS pixels within which a recorded step or a mark is meant

  /** Unpack the timeline's data: base64 curves become arrays. */
  timeline.unpack = function (data) {
    const runs = (data ? data.runs : []).map((run) => ({ ...run, curve: run.curve && unpackCurve(run.curve) }));
    const recorded = [...new Set(runs.flatMap((run) => run.recorded))].sort((a, b) => a - b);
    return { runs, recorded, marks: runs.flatMap(marksOf), last: lastOf(runs) };
  };

  const marksOf = (run, place) => run.marks.map((mark) => ({ ...mark, run: run.name, place }));
  const lastOf = (runs) => Math.max(0, ...runs.flatMap(({ last, total }) => [last || 0, total || 0]));

  function unpackCurve({ steps, low, high }) {
    return {
      steps: new Float64Array(epochscope.decode(steps).slice().buffer),
      low: new Float32Array(epochscope.decode(low).slice().buffer),
      high: new Float32Array(epochscope.decode(high).slice().buffer),
    };
  }

  /** Map steps to pixels and back: x = toX(step), step = toStep(x), whole steps only. */
  timeline.scale = function (last, width) {
    const span = Math.max(1, width - LEFT - RIGHT);
    const end = Math.max(1, last);
    const toX = (step) => LEFT + (span * step) / end;
    const toStep = (x) => Math.round((Math.min(Math.max(x - LEFT, 0), span) / span) * end);
    return { toX, toStep, left: LEFT, right: LEFT + span };
  };

  /** Bounds of the loss axis: nought or the lowest value, and a top that one spike does not lift. */
  timeline.bounds = function (runs) {
    const curves = runs.map(({ curve }) => curve).filter(Boolean);
    const lows = curves.flatMap(({ low }) => [...low].filter(Number.isFinite));
    const bottom = lows.reduce((least, value) => Math.min(least, value), 0);
    const tops = curves.map(({ high }) => {
      const sorted = [...high].filter(Number.isFinite).sort((a, b) => a - b);
      return sorted.length ? sorted[Math.floor((sorted.length - 1) * 0.98)] : 0;
    });
    const top = Math.max(bottom + 1e-12, ...tops);
    return { bottom, top: top + (top - bottom) * 0.08 };
  };

  /** Gather a curve into pixel columns: [{x, low, high}], lowest and highest of each; null where broken. */
  timeline.columns = function ({ steps, low, high }, toX) {
    const columns = [];
    let current = null;
    steps.forEach((step, i) => {
      if (!Number.isFinite(low[i]) || !Number.isFinite(high[i])) {
        current = null;
        if (columns.length && columns.at(-1) !== null) columns.push(null);
        return;
      }
      const x = Math.round(toX(step));
      if (current && current.x === x) {
        current.low = Math.min(current.low, low[i]);
        current.high = Math.max(current.high, high[i]);
      } else {
        current = { x, low: low[i], high: high[i] };
        columns.push(current);
      }
    });
    return columns;
  };

  /** The values of a run beside a step: {low, high} of the bucket nearest to it. */
  timeline.valueAt = function ({ curve, last }, step) {
    if (!curve || !curve.steps.length || step > last) return null;
    const i = timeline.nearest(curve.steps, step);
    return { low: curve.low[i], high: curve.high[i] };
  };

  /** Index of the value of an ascending array that lies nearest; the earlier of two as near. */
  timeline.nearest = function (values, wanted) {
    let before = -1;
    let after = values.length;
    while (after - before > 1) {
      const middle = (before + after) >> 1;
      if (values[middle] <= wanted) before = middle;
      else after = middle;
    }
    if (before < 0) return after;
    if (after >= values.length) return before;
    return wanted - values[before] <= values[after] - wanted ? before : after;
  };

  /** The step that a click means: that of a mark or a recorded step close by, else the one under it. */
  timeline.meant = function (x, y, { marks, recorded }, scale) {
    const near = marks.filter((mark) => y < 14 && Math.abs(scale.toX(mark.step) - x) <= SNAP + 1);
    if (near.length) return near[0].step;
    const step = scale.toStep(x);
    if (!recorded.length) return step;
    const candidate = recorded[timeline.nearest(recorded, step)];
    return Math.abs(scale.toX(candidate) - x) <= SNAP ? candidate : step;
  };

  /** The recorded step `count` places from a step; between two, the first place is the next one. */
  timeline.moved = function (recorded, from, count) {
    if (!recorded.length) return null;
    const end = recorded.length - 1;
    if (from === null) return recorded[count === -Infinity ? 0 : end];
    const at = timeline.nearest(recorded, from);
    const isBetween = recorded[at] !== from;
    const passed = isBetween && (count > 0 ? recorded[at] > from : recorded[at] < from) ? 1 : 0;
    return recorded[Math.max(0, Math.min(end, at + count - Math.sign(count) * passed))];
  };

  /** The step of the next mark before (-1) or after (1) a step; null when there is none. */
  timeline.nextMark = function (marks, from, direction) {
    const steps = [...new Set(marks.map(({ step }) => step))].sort((a, b) => a - b);
    const start = from === null ? (direction > 0 ? -Infinity : Infinity) : from;
    const found = direction > 0 ? steps.find((step) => step > start) : steps.findLast((step) => step < start);
    return found === undefined ? null : found;
  };
})(window.epochscope);
