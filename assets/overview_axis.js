// Reads a chart of the overview: which step lies where, and what its curves say there.
(function (epochscope) {
  /** Interpolate y over ascending x; beyond the ends it goes on as it was. No knots: y is x. */
  epochscope.interpolate = function (at, x, y) {
    if (!x || x.length < 2) return at;
    let right = x.findIndex((knot) => knot >= at);
    if (right < 0) right = x.length - 1;
    right = Math.max(right, 1);
    const share = (at - x[right - 1]) / (x[right] - x[right - 1]);
    return y[right - 1] + share * (y[right] - y[right - 1]);
  };

  /** The step, not rounded, at a position on a chart's axis. */
  epochscope.findStep = (meta, position) =>
    epochscope.interpolate(position, meta.positions, meta.steps);

  /** The position of a step on a chart's axis. */
  epochscope.placeStep = (meta, step) => epochscope.interpolate(step, meta.steps, meta.positions);

  const ARRAYS = {
    f8: Float64Array,
    f4: Float32Array,
    i4: Int32Array,
    i2: Int16Array,
    i1: Int8Array,
    u4: Uint32Array,
    u2: Uint16Array,
    u1: Uint8Array,
  };

  /** The numbers of a trace, however they travelled. */
  epochscope.unpack = function (numbers) {
    if (!numbers || !numbers.bdata) return numbers || [];
    const bytes = epochscope.decode(numbers.bdata);
    return new ARRAYS[numbers.dtype](bytes.buffer, bytes.byteOffset, bytes.byteLength / Number(numbers.dtype[1]));
  };

  function nearest(sorted, value) {
    let low = 0;
    let high = sorted.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low > 0 && value - sorted[low - 1] < sorted[low] - value ? low - 1 : low;
  }

  const sameCurve = (a, b) => a.run === b.run && a.part === b.part;

  /** What the curves of a figure say at a position: {run, place, part, x, mean, low, high, bad}. */
  epochscope.readCurves = function (traces, position) {
    const find = (role, meta) => traces.find((t) => t.meta.role === role && sameCurve(t.meta, meta));
    return traces
      .filter(({ meta }) => meta.role === 'line')
      .map(({ meta, x, customdata }) => {
        const steps = epochscope.unpack(x);
        const bad = find('bad', meta);
        const read = { run: meta.run, place: meta.place, part: meta.part, mean: null };
        if (bad && position >= epochscope.unpack(bad.x)[0]) {
          return { ...read, bad: true, words: meta.bad };
        }
        const reach = steps.length > 1 ? (steps.at(-1) - steps[0]) / (steps.length - 1) : 0;
        if (!steps.length || position > steps.at(-1) + reach || position < steps[0] - reach) return read;
        const at = nearest(steps, position);
        const band = epochscope.unpack(find('band', meta).y);
        return {
          ...read,
          x: steps[at],
          mean: epochscope.unpack(customdata)[at],
          high: band[at],
          low: band[band.length - 1 - at],
        };
      });
  };
})(window.epochscope);
