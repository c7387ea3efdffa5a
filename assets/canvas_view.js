// The shared renderer: a canvas that draws a list of rows, each of a kind, over one step axis.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const views = new Map(); // by id of the canvas
  const axes = new Map(); // by name: charts of one axis zoom, hover and focus together

  /**
   * Make a clientside callback whose last two inputs are focus and range: it draws the canvas `id`, or only
   * marks it where nothing else changed. Returns what `draw` and `mark` do.
   */
  canvas.drawOrMark = (id, draw, mark) => {
    let drawn = [];
    return (...given) => {
      const [focus, range] = given.splice(-2);
      const same = given.every((value, i) => value === drawn[i]) && canvas.view(id)?.element.isConnected;
      drawn = given;
      return [same ? window.dash_clientside.no_update : draw(...given), mark(focus, range)];
    };
  };

  /** What a chart shows now: {element, spec, axis, drawn, hover, current}. */
  canvas.view = (id) => views.get(id);

  /** Every chart on the page. */
  canvas.views = () => [...views.values()].filter((view) => view.element.isConnected);

  /** The charts that share the axis `name`. */
  canvas.viewsOf = (name) =>
    [...views.values()].filter((view) => view.spec?.axis === name && view.element.isConnected);

  /** The state that charts of one axis share: {full, domain, focus, range, hover, brushing}. */
  canvas.axisOf = (name) => {
    if (!axes.has(name)) {
      axes.set(name, { name, full: null, domain: null, focus: null, range: null, hover: null });
    }
    return axes.get(name);
  };

  /** Set the steps that an axis can show; a zoom stays unless it lies outside. */
  canvas.span = (name, full) => {
    const axis = canvas.axisOf(name);
    const whole = !axis.domain || !axis.full || String(axis.domain) === String(axis.full);
    axis.full = full;
    const outside = !whole && full && (axis.domain[0] >= full[1] || axis.domain[1] <= full[0]);
    if (whole || outside || !full) axis.domain = full && [...full];
    return axis;
  };

  /**
   * Show a chart in the canvas `id`. build(width) returns its spec: {axis, span, height, columns:
   * [{key, x, width, steps, edges}], rows: [{key, kind, y, height, data: [of each column]}], lines:
   * [top, bottom]}. `on` holds what to do at hover, click, open, brush, and so on, and labels(view),
   * which puts the labels beside what is drawn.
   */
  canvas.show = (id, build, on = {}) => {
    const element = document.getElementById(id);
    if (!element) return null;
    let view = views.get(id);
    if (view?.element !== element) view = mount(id, element);
    Object.assign(view, { build, on });
    canvas.rebuild(view);
    return view;
  };

  function mount(id, element) {
    views.get(id)?.observer?.disconnect();
    const chart = element.parentElement;
    const view = {
      id, element, chart, drawn: 0, hover: null, current: null, spec: null,
      top: 0, tall: 0, overlay: chart.querySelector("canvas.marks"),
      labels: chart.querySelector(".labels"),
    };
    view.observer = new ResizeObserver(() => {
      if (Math.abs(chart.clientWidth - view.width) >= 1) canvas.rebuild(view);
    });
    view.observer.observe(chart);
    views.set(id, view);
    canvas.wirePointer?.(view);
    canvas.wireKeys?.(view);
    return view;
  }

  /** Lay a chart out again at its present width, and draw it. */
  canvas.rebuild = (view) => {
    view.width = view.chart.clientWidth;
    if (!view.build || view.width < 1) return;
    view.spec = view.build(view.width);
    view.axis = canvas.span(view.spec.axis, view.spec.span);
    view.chart.style.height = `${view.spec.height}px`;
    canvas.frame(view);
    view.on.labels?.(view);
    canvas.repaint(view);
    // What lies under a pointer at rest may be another row now.
    if (view.hover) canvas.hoverAt?.(view, view.hover.x, view.hover.y);
  };

  /** The box of a row in a column, in CSS pixels, as kinds want it. */
  canvas.boxOf = (view, row, column) => ({
    x: column.x, y: row.y, width: column.width, height: row.height, column,
    domain: view.axis.domain, ratio: window.devicePixelRatio || 1,
  });

  /** Draw every row; counts up data-drawn. */
  canvas.repaint = (view) => {
    const context = contextOf(view.element, view);
    const paint = canvas.readPaint();
    context.font = '11px Inter, system-ui, sans-serif';
    if (view.axis.domain) {
      for (const row of view.spec.rows) {
        view.spec.columns.forEach((column, i) => drawRow(context, view, row, column, i, paint));
      }
      drawDrops(context, view, paint);
    }
    view.drawn += 1;
    view.element.dataset.drawn = view.drawn;
    view.element.dataset.rows = view.spec.rows.length;
    view.element.dataset.cells = canvas.cellsOf(view.spec);
    canvas.drawTriangles?.(view, paint);
    canvas.drawOverlay?.(view, paint);
  };

  function drawRow(context, view, row, column, index, paint) {
    const box = canvas.boxOf(view, row, column);
    if (row.data[index] === undefined || !canvas.isShown(view, row)) return;
    context.save();
    if (row.data[index] === null) canvas.absent(context, box, row.absent ?? "not in this run", paint);
    else if (row.data[index].damaged) canvas.hatch(context, box, paint.css("bad"));
    else canvas.kinds[row.kind](context, box, { ...row, data: row.data[index] }, paint);
    context.restore();
  }

  // Where the learning rate changes: dotted, every run its own.
  function drawDrops(context, view, paint) {
    const [top, bottom] = view.spec.lines;
    context.strokeStyle = paint.css("text", 0.45);
    context.lineWidth = 1;
    context.setLineDash([2, 3]);
    for (const { drops = [], x: left, width } of view.spec.columns) {
      for (const step of drops) {
        const x = Math.round(canvas.toX(step, view.axis.domain, left, width)) + 0.5;
        if (x <= left || x >= left + width) continue;
        context.beginPath();
        context.moveTo(x, top);
        context.lineTo(x, bottom);
        context.stroke();
      }
    }
    context.setLineDash([]);
    drawEnds(context, view, paint);
  }

  // The last step of a run that is still being written.
  function drawEnds(context, { spec, axis }, paint) {
    context.fillStyle = paint.css("muted");
    for (const { growing, edges, x: left, width } of spec.columns) {
      const x = growing ? canvas.toX(edges.at(-1), axis.domain, left, width) : -1;
      if (x > left && x <= left + width) context.fillRect(Math.round(x), spec.lines[0], 1, spec.lines[1] - spec.lines[0]);
    }
  }

  /** How many cells a spec holds, over rows and columns. */
  canvas.cellsOf = (spec) =>
    spec.rows.flatMap(({ data }) => data).reduce((sum, data) => sum + (data?.numbers?.length ?? 0), 0);

  /** Size a canvas of a view in device pixels; returns its context in CSS pixels. */
  function contextOf(element, view) {
    const ratio = window.devicePixelRatio || 1;
    element.width = Math.round(view.width * ratio);
    element.height = Math.round(view.tall * ratio);
    Object.assign(element.style, { top: `${view.top}px`, height: `${view.tall}px` });
    const context = element.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, -view.top * ratio);
    return context;
  }
  canvas.contextOf = contextOf;

  /** Zoom an axis to `domain`; every chart of the axis together. */
  canvas.zoomTo = (name, domain) => {
    const axis = canvas.axisOf(name);
    if (!axis.full || String(domain) === String(axis.domain)) return;
    axis.domain = domain ?? [...axis.full];
    canvas.viewsOf(name).forEach(canvas.repaint);
  };

  /** Change what lies over the charts of an axis (focus, range, hover); no bitmap is drawn. */
  canvas.mark = (name, marks) => {
    Object.assign(canvas.axisOf(name), marks);
    canvas.viewsOf(name).forEach((view) => canvas.drawOverlay?.(view));
  };

  window.epochscope.onScheme?.(() => {
    for (const view of views.values()) if (view.element.isConnected && view.spec) canvas.repaint(view);
  });
})();
