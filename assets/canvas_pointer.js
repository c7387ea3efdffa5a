// Pointer on a chart: what is under it, hover, click, brush across strips, wheel.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const DRAG = 4; // pixels before a press becomes a brush
  const WHEEL = 1.25; // zoom per notch

  /**
   * What lies at (x, y) of a chart: {row, column, cell, step, image}; null outside all rows.
   * cell is the recorded step's index in that column (-1 where there is none); image is the first
   * row of the band in a row of pixels; triangle is the one at an edge of the row, where there is one.
   */
  canvas.pick = (view, x, y) => {
    const { spec, axis } = view;
    const triangle = canvas.triangleAt?.(view, x, y);
    if (triangle) return pickTriangle(spec, triangle, x, y);
    const column = spec.columns.findIndex((one) => x >= one.x && x < one.x + one.width);
    const row = spec.rows.find((one) => y >= one.y && y < one.y + one.height && !one.quiet);
    if (column < 0 || !row || !axis.domain) return null;
    const { x: left, width } = spec.columns[column];
    const { steps, edges } = row.data?.[column]?.column ?? spec.columns[column]; // a row may have its own
    const at = canvas.toStep(x, axis.domain, left, width);
    const cell = canvas.cellAt(edges, at);
    const pick = { row, column, cell, at, step: cell < 0 ? null : steps[cell], x, y };
    if (row.view) pick.image = imageAt(row, y);
    return pick;
  };

  function pickTriangle(spec, triangle, x, y) {
    const { row, column, step } = triangle;
    const cell = spec.columns[column].steps.indexOf(step);
    return { row, column, cell, at: step, step, x, y, triangle };
  }

  function imageAt(row, y) {
    const { first, end, band } = row.view;
    const bands = Math.ceil((end - first) / band);
    const index = Math.floor(((y - row.y) / row.height) * bands);
    return first + Math.min(bands - 1, Math.max(0, index)) * band;
  }

  const pointOf = (view, event) => {
    const box = view.chart.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  /** Hover the chart at (x, y): its own tooltip, the hovered step on every chart of the axis. */
  canvas.hoverAt = (view, x, y) => {
    const pick = canvas.pick(view, x, y);
    view.hover = pick;
    view.element.style.cursor = pick ? "pointer" : "default";
    canvas.mark(view.spec.axis, { hover: pick?.step ?? null });
    canvas.tip(view, pick ? view.on.hover?.(pick) ?? null : null, pick?.x, pick?.y);
  };

  const hover = (view, event) => canvas.hoverAt(view, ...pointOf(view, event));

  function leave(view) {
    view.hover = null;
    canvas.tip(view, null);
    view.on.hover?.(null);
    canvas.mark(view.spec.axis, { hover: null });
  }

  /** Whole steps between two places on the axis, in order and within it. */
  canvas.stepsBetween = (a, b, full) => {
    const [first, last] = [Math.min(a, b), Math.max(a, b)];
    return [Math.max(0, Math.ceil(Math.max(first, full[0]))), Math.floor(Math.min(last, full[1]))];
  };

  function press(view, event) {
    const start = canvas.pick(view, ...pointOf(view, event));
    if (!start || event.button !== 0) return;
    const { x: left, width } = view.spec.columns[start.column];
    let brushed = null;
    const move = (next) => {
      const [x] = pointOf(view, next);
      if (!start.row.brush || (!brushed && Math.abs(x - start.x) < DRAG)) return;
      const inside = Math.min(Math.max(x, left), left + width);
      const at = canvas.toStep(inside, view.axis.domain, left, width);
      brushed = canvas.stepsBetween(start.at, at, view.axis.full);
      canvas.mark(view.spec.axis, { brushing: brushed });
    };
    const release = (last) => {
      view.element.removeEventListener("pointermove", move);
      view.element.removeEventListener("pointerup", release);
      view.element.removeEventListener("pointercancel", release);
      canvas.mark(view.spec.axis, { brushing: null });
      if (brushed && last.type === "pointerup" && brushed[0] < brushed[1]) view.on.brush?.(brushed);
      else if (!brushed && last.type === "pointerup") view.on.click?.(start, last);
    };
    view.element.setPointerCapture(event.pointerId);
    view.element.addEventListener("pointermove", move);
    view.element.addEventListener("pointerup", release);
    view.element.addEventListener("pointercancel", release);
  }

  function wheel(view, event) {
    const pick = canvas.pick(view, ...pointOf(view, event));
    if (!pick || !event.deltaY) return;
    const factor = event.deltaY < 0 ? 1 / WHEEL : WHEEL;
    if (event.ctrlKey) {
      event.preventDefault();
      const { full, domain } = view.axis;
      const gap = smallestGap(view.spec.columns[pick.column].steps);
      canvas.zoomTo(view.spec.axis, canvas.zoomed(domain, full, factor, pick.at, 2 * gap));
      view.on.zoomed?.(view.axis.domain);
    } else if (pick.row.view) {
      event.preventDefault();
      if (event.shiftKey) view.on.panRows?.(pick, Math.sign(event.deltaY));
      else view.on.zoomRows?.(pick, event.deltaY < 0 ? 1 : -1);
    }
  }

  function smallestGap(steps) {
    let gap = Infinity;
    for (let i = 1; i < steps.length; i += 1) gap = Math.min(gap, steps[i] - steps[i - 1]);
    return Number.isFinite(gap) ? gap : 1;
  }

  /** Listen to the pointer on a chart's canvas. */
  canvas.wirePointer = (view) => {
    const listen = (name, react, options) =>
      view.element.addEventListener(name, (event) => view.spec && react(view, event), options);
    listen("pointermove", hover);
    listen("pointerleave", leave);
    listen("pointerdown", press);
    listen("dblclick", (_, event) => {
      const pick = canvas.pick(view, ...pointOf(view, event));
      if (pick) view.on.double?.(pick);
    });
    listen("wheel", wheel, { passive: false });
  };
})();
