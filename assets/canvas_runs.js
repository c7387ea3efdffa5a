// Runs side by side over one axis of steps: their columns, what tips say of them, the zoom in the link.
(() => {
  const epochscope = (window.epochscope ||= {});
  const canvas = (epochscope.canvas ||= {});
  const MANY_DROPS = 11; // learning-rate changes: more are no lines any more

  /** The steps that all runs span, shown or not. */
  canvas.spanOfRuns = (runs) =>
    canvas.spanOf(runs.filter(Boolean).map(({ steps }) => ({ edges: canvas.edgesOf(steps) })));

  /** Columns of the runs at the places `shown`, where geometry says: {columns, shown}. */
  canvas.columnsOf = ({ columns, shown }, runs) =>
    shown.map((place, i) => {
      const { steps = [], stages = [], growing = false, lost = [] } = runs[place] ?? {};
      const drops = stages.slice(1).map(([first]) => first);
      return {
        ...columns[i], key: place, place, steps, edges: canvas.edgesOf(steps),
        drops: drops.length <= MANY_DROPS ? drops : [], growing, lost,
      };
    });

  /** The last recorded step at or before the focus step; the last of all where none is set. */
  canvas.cellAtFocus = (steps, focus) =>
    focus === null || focus === undefined ? steps.length - 1 : canvas.newestAt(steps, focus);

  /** Show the steps that the link asks for ("first-last"), unless they are shown already. */
  canvas.applyZoom = function (name, asked) {
    const axis = canvas.axisOf(name);
    const found = /^(\d+)-(\d+)$/.exec(asked ?? "");
    if (!axis.full) return;
    const wanted = found ? [Number(found[1]), Number(found[2])] : [...axis.full];
    const rounded = axis.domain.map((step) => Math.max(0, Math.round(step)));
    const same = found ? String(rounded) === String(wanted) : String(axis.domain) === String(axis.full);
    const inside = wanted[0] < wanted[1] && wanted[0] < axis.full[1] && wanted[1] > axis.full[0];
    if (!same && inside) axis.domain = [Math.max(wanted[0], axis.full[0]), Math.min(wanted[1], axis.full[1])];
    if (found && wanted[0] === 0) axis.domain[0] = axis.full[0];
  };

  const writing = new Map(); // by axis: a chart that is drawn anew still writes the zoom once

  /** What takes the zoom of an axis into the link, once the wheel rests; null for all steps. */
  canvas.zoomWriter = (name, choose) => (domain) => {
    clearTimeout(writing.get(name));
    const { full } = canvas.axisOf(name);
    const whole = domain[0] <= full[0] && domain[1] >= full[1];
    const text = domain.map((step) => Math.max(0, Math.round(step))).join("-");
    writing.set(name, setTimeout(() => choose("zoom", whole ? null : text, "replace"), 200));
  };

  /** The dot of the run at `place`, where there are several: parts of a tip's line. */
  canvas.runDot = (runs, place) =>
    runs.length > 1 ? [epochscope.make("span", { class: `dot run-${place + 1}` }), " "] : [];

  /** The damaged file that held a step of a run; null where none did. */
  canvas.lostFile = function ({ lost }, step) {
    const found = lost.find(([first, last]) => step !== null && step >= first && step <= last);
    return found ? found[2].split("/").slice(-3).join("/") : null;
  };

  /** The learning rate of each run at a step: lines of a tip. */
  canvas.rateLines = (columns, runs, step) =>
    columns.map(({ place }) => {
      const stages = runs[place]?.stages ?? [];
      const stage = stages.filter(([first]) => step !== null && first <= step).at(-1) ?? stages[0];
      return [...canvas.runDot(runs, place), stage ? stage[2] : "–"];
    });
})();
