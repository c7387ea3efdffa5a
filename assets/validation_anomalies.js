// Anomaly iterations in the browser: unpacked once, asked by class, by step and for the next one.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const { canvas } = epochscope;
  const FIELDS = 6; // row, cell, left, right, left learned, right learned
  const MOSTLY = 0.7; // share of the flips of one direction that gives a triangle its colour
  const unpacked = new WeakMap();

  /** Whole numbers of a payload, 32 bits each. */
  const numbersOf = (packed) => {
    const bytes = epochscope.decode(packed);
    return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  };

  /** How many images of a class are `percent` of it, at least 1. */
  page.leastOf = (images, percent) => Math.max(1, Math.ceil((images * percent) / 100 - 1e-9));

  /** The anomaly iterations of a run: {events, byRow, count, largest, countOf, peakOf, cells, together}. */
  page.readAnomalies = function (run, { rule, threshold }) {
    if (!run) return null;
    if (unpacked.has(run)) return unpacked.get(run);
    const rows = [...numbersOf(run.rows)];
    const [counts, peaks, images] = [run.counts, run.peaks, run.images].map(numbersOf);
    const of = (list) => new Map(rows.map((row, i) => [row, list[i]]));
    const sizes = of(images);
    const events = readEvents(numbersOf(run.events), run.sent, sizes, { rule, threshold });
    const byRow = new Map();
    for (const event of events) {
      if (!byRow.has(event.row)) byRow.set(event.row, []);
      byRow.get(event.row).push(event);
    }
    const read = {
      events, byRow, sizes, count: run.count, largest: run.largest,
      counts: of(counts), peaks: new Map(rows.map((row, i) => [row, peaks[i] / Math.max(1, images[i])])),
      cells: numbersOf(run.cells), together: numbersOf(run.together),
    };
    unpacked.set(run, read);
    return read;
  };

  function readEvents(numbers, count, sizes, { rule, threshold }) {
    return Array.from({ length: count }, (_, i) => {
      const [row, cell, left, right, leftLearned, rightLearned] = Array.from({ length: FIELDS }, (_, field) => numbers[field * count + i]);
      const images = Math.max(1, sizes.get(row) ?? 1);
      const least = page.leastOf(images, threshold);
      const isLeft = rule !== "right" && left >= least;
      const isRight = rule !== "left" && right >= least;
      const byLeft = rule === "left" || (rule !== "right" && left >= right);
      const score = byLeft ? left : right;
      const learned = byLeft ? leftLearned : rightLearned;
      return { row, cell, left, right, leftLearned, rightLearned, isLeft, isRight, images, score, learned, forgotten: score - learned, share: score / images };
    });
  }

  /** Colour token of a triangle by the share of its flips that were learned. */
  page.flipColor = function (learned, score) {
    if (learned >= MOSTLY * score) return "right";
    return score - learned >= MOSTLY * score ? "wrong" : "muted";
  };

  /** The anomaly iterations of the run at `place`; null where it has none to show. */
  page.anomaliesOf = function (place) {
    const { anomalies } = page.state;
    return anomalies ? page.readAnomalies(anomalies.runs[place], anomalies) : null;
  };

  /** The shares that give triangles their width, the same for all runs: [threshold, largest]. */
  page.scoreEnds = function () {
    const { anomalies } = page.state;
    const largest = Math.max(0, ...(anomalies?.runs ?? []).map((run) => run?.largest ?? 0));
    return [(anomalies?.threshold ?? 0) / 100, largest];
  };

  /** Triangles of a class in the run at `place`, as the canvas draws them. */
  page.trianglesOf = function (row, place) {
    const steps = page.state.data?.runs[place]?.steps ?? [];
    const ends = page.scoreEnds();
    return (page.anomaliesOf(place)?.byRow.get(row) ?? []).flatMap((event) => {
      const side = (up, score, learned) => ({
        step: steps[event.cell], up, share: score / event.images, score, learned, event,
        half: canvas.triangleHalf(score / event.images, ends), color: page.flipColor(learned, score),
      });
      return [
        ...(event.isLeft ? [side(false, event.left, event.leftLearned)] : []),
        ...(event.isRight ? [side(true, event.right, event.rightLearned)] : []),
      ];
    });
  };

  const places = () => (page.state.data?.runs ?? []).map((_, place) => place);
  const most = (read) => Math.max(0, ...places().map((place) => read(page.anomaliesOf(place)) ?? 0));

  /** Anomaly iterations of a class, of the run that has most of them. */
  page.countOf = (row) => most((found) => found?.counts.get(row));

  /** Highest score of a class at any step of any run, as a share of the class. */
  page.peakOf = (row) => most((found) => found?.peaks.get(row));

  /** Every step with an anomaly iteration in any run, in order. */
  page.anomalySteps = function () {
    const found = new Set();
    for (const place of places()) {
      const anomalies = page.anomaliesOf(place);
      const steps = page.state.data.runs[place]?.steps ?? [];
      anomalies?.cells.forEach((cell, i) => { if (anomalies.together[i]) found.add(steps[cell]); });
    }
    return [...found].sort((a, b) => a - b);
  };

  /** The step of `steps` after `step`, or before it where `by` is negative; the same one at the end. */
  page.nextOf = function (steps, step, by) {
    if (step === null || step === undefined) return (by > 0 ? steps[0] : steps.at(-1)) ?? null;
    return (by > 0 ? steps.find((one) => one > step) : steps.findLast((one) => one < step)) ?? null;
  };

  /** How many classes are anomalous at a cell of the run at `place`. */
  page.classesAt = function (place, cell) {
    const found = page.anomaliesOf(place);
    const at = found ? found.cells.indexOf(cell) : -1;
    return at < 0 ? 0 : found.together[at];
  };

  const byRow = new WeakMap(); // classes of the data that was sent

  /** The class of a row. */
  page.classOf = function (row) {
    const { classes } = page.state.data;
    if (!byRow.has(classes)) byRow.set(classes, new Map(classes.map((one) => [one.row, one])));
    return byRow.get(classes).get(row);
  };

  /** Error of a class before and at a cell: [before, at] shares, null where not known. */
  page.errorsAround = function (row, place, cell) {
    const strip = page.classOf(row)?.strips[place];
    let before = cell - 1;
    while (before >= 0 && page.shareAt(strip, before) === null) before -= 1;
    return [page.shareAt(strip, before), page.shareAt(strip, cell)];
  };

  /** Whether a class, or the whole network, is wrong as often there as by chance. */
  page.isCollapsed = function (place, cell, error) {
    const { data } = page.state;
    const chance = 1 - 1 / Math.max(1, data.classes.length);
    const overall = page.shareAt(data.runs[place]?.overall, cell);
    return (error !== null && error > chance) || (overall !== null && overall >= chance - 0.005);
  };

  /** How many anomaly iterations lie at steps where the whole network is no better than chance. */
  page.countAtChance = () =>
    places().reduce((sum, place) => {
      const found = page.anomaliesOf(place);
      const cells = new Set([...(found?.cells ?? [])].filter((cell) => page.isCollapsed(place, cell, null)));
      return sum + (found?.events ?? []).filter(({ cell }) => cells.has(cell)).length;
    }, 0);

  const NAMED = 30; // classes that the text names
  const STRONGEST = 3; // anomaly iterations that it tells of

  /** The anomaly iterations in words: how many each class has, and the strongest, of every run. */
  page.sayAnomalies = function () {
    const { anomalies, data } = page.state;
    if (!anomalies) return "";
    const { window, threshold } = anomalies;
    const under = `k = ${window} recorded steps, ${threshold} % of a class or more`;
    const lines = data.runs.flatMap((run, place) => {
      const found = page.anomaliesOf(place);
      return found ? [`${run.name}: ${found.count ? sayFound(found, run) : `none, the highest score is ${Math.floor(100 * found.largest)} %`}.`] : [];
    });
    return lines.length ? `Anomaly iterations (${under}). ${lines.join(" ")}` : "";
  };

  function sayFound({ count, counts, events }, run) {
    const { format } = epochscope;
    const ranked = [...counts].filter(([, number]) => number).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const named = ranked.slice(0, NAMED).map(([row, number]) => `${page.classOf(row).name} ${format(number)}`);
    const rest = ranked.length > NAMED ? [`${format(ranked.length - NAMED)} more classes`] : [];
    const strongest = [...events].sort((a, b) => b.share - a.share || a.cell - b.cell || a.row - b.row).slice(0, STRONGEST);
    const told = strongest.map(({ row, cell, score, images, share, learned, forgotten }) =>
      `${page.classOf(row).name} at step ${format(run.steps[cell])}, ${format(score)} of ${format(images)} images (${Math.round(100 * share)} %), ${format(learned)} learned and ${format(forgotten)} forgotten`,
    );
    return `${format(count)}, by class: ${[...named, ...rest].join(", ")}. The strongest: ${told.join("; ")}`;
  }

  // [ and ] go from one anomaly iteration to the next while this page shows any.
  function jump(event) {
    if (!document.getElementById("validation-rows") || !page.state.data) return;
    const steps = page.anomalySteps();
    if (!steps.length) return;
    event.preventDefault();
    // While keys follow one another the selection is ahead of what is drawn.
    const from = epochscope.selection().step ?? canvas.axisOf("validation").focus;
    const step = page.nextOf(steps, from, event.detail.direction);
    if (step !== null) epochscope.select({ step }, { history: "replace" });
  }

  if (typeof document !== "undefined") document.addEventListener("epochscope:jump", jump);
})();
