// Reads numbers off the strips and pixel charts of the Validation page, and says them in words.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const { canvas } = epochscope;
  const unpacked = new WeakMap(); // payload -> numbers: unpacked once, however often it is drawn

  /** What a kind draws of a packed payload: {numbers, top, bad}; null stays null. */
  page.cells = function (payload) {
    if (!payload) return null;
    if (!unpacked.has(payload)) unpacked.set(payload, canvas.unpack(payload));
    return { numbers: unpacked.get(payload), top: payload.top, bad: payload.bad };
  };

  /** Share (0…1) that cell `cell` of a payload holds; null where it is missing, NaN where not finite. */
  page.shareAt = (payload, cell) => page.cellShareAt(page.cells(payload), cell);

  /** The same of numbers that are unpacked: {numbers, top, bad}. */
  page.cellShareAt = function (cells, cell) {
    if (!cells || cell < 0 || cell >= cells.numbers.length) return null;
    const number = cells.numbers[cell];
    if (number === cells.bad) return NaN;
    return number === canvas.missingOf(cells.numbers) ? null : number / cells.top;
  };

  /** A share as the page says it: an error in percent, or a score between the ends of its scale. */
  page.sayShare = function (share, scale) {
    if (share === null) return "–";
    if (Number.isNaN(share)) return "not finite";
    if (!scale) return `${Math.round(share * 100)} %`;
    const beyond = share >= 1 && scale.above ? "≥ " : share <= 0 && scale.below ? "≤ " : "";
    return beyond + epochscope.format(Number((scale.low + share * (scale.high - scale.low)).toPrecision(3)));
  };

  /**
   * Errors of a class in the first run that has it: at the focus step, at the end and, over `range`
   * or the whole run, from its first step to its last: {focus, final, change}; null where not known.
   */
  page.errorsOf = function (one, runs, focus, range) {
    const place = one.strips.findIndex((strip, i) => strip && runs[i]);
    if (place < 0) return { focus: null, final: null, change: null };
    const { steps } = runs[place];
    const at = (cell) => {
      const share = page.shareAt(one.strips[place], cell);
      return Number.isNaN(share) ? null : share;
    };
    const [first, last] = range ? [firstFrom(steps, range[0]), canvas.newestAt(steps, range[1])] : [0, steps.length - 1];
    const [from, to] = [at(first), at(last)];
    return {
      focus: at(canvas.cellAtFocus(steps, focus)),
      final: at(steps.length - 1),
      change: from === null || to === null ? null : to - from,
    };
  };

  function firstFrom(steps, step) {
    const found = steps.findIndex((one) => one >= step);
    return found < 0 ? steps.length : found;
  }

  /** The label that a run predicts for row `image` of a chart at cell `cell`; null if unknown. */
  page.labelAt = function (chart, place, image, cell) {
    const run = chart.runs[place];
    if (!run?.codes || cell < 0) return null;
    const code = page.cells(run.codes).numbers[image * run.steps + cell];
    if (code === canvas.MISSING) return null;
    if (code === 254) return "no label (not finite)";
    return chart.labels[code] ?? "a rare label";
  };

  /** Which lane a hovered image takes at each step: lanes name labels, the last is the rest. */
  page.lanesOf = function (chart, place, image, lanes) {
    const run = chart.runs[place];
    if (!run?.codes) return null;
    const { numbers } = page.cells(run.codes);
    const laneOf = new Map(lanes.map((label, lane) => [chart.labels.indexOf(label), lane]));
    return Array.from({ length: run.steps }, (_, cell) => {
      const code = numbers[image * run.steps + cell];
      return code === canvas.MISSING ? -1 : laneOf.get(code) ?? lanes.length;
    });
  };

  /** How many images share a row, in words: "24 images, one per row". */
  page.sayRows = function (chart, view) {
    const each = chart.band * view.band;
    const shown = view.end - view.first < chart.images.length;
    const count = epochscope.format(chart.count);
    if (shown) return `${view.first + 1}–${view.end} of ${count} images`;
    return `${count} images, ${each === 1 ? "one" : each} per row`;
  };

  /** The whole page in words, for those who do not see the canvas. */
  page.sayAll = function (data, classes, focus) {
    const runs = data.runs.filter(Boolean);
    if (!runs.length) return "";
    const what = data.scale ? "Mean score" : "Error";
    const lines = runs.map((run) => {
      const cell = canvas.cellAtFocus(run.steps, focus);
      const step = cell < 0 ? "before the first recorded step" : `at step ${epochscope.format(run.steps[cell])}`;
      const place = data.runs.indexOf(run);
      const read = classes.slice(0, 30).map(
        (one) => `${one.name} ${page.sayShare(page.shareAt(one.strips[place], cell), data.scale)}`,
      );
      const all = page.sayShare(page.shareAt(run.overall, cell), data.scale);
      return `${run.name}, ${run.steps.length} recorded steps, ${step}: all classes ${all}; ${read.join(", ")}.`;
    });
    return `${what} of ${data.classes.length} classes. ${lines.join(" ")}`;
  };
})();
