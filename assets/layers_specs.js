// Builds what the canvases of the Layers page show from what the server sent.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.layers ||= {});
  const { canvas } = epochscope;
  const AXIS = "layers";
  const GUIDE = 1e-3; // of an update by its weights
  Object.assign(page, { AXIS, GUIDE });

  /** The steps that all runs of the page span, shown or not. */
  page.span = () => canvas.spanOfRuns(page.state.data.runs);

  /** Geometry at this width, and the places of the runs that stand side by side: {…, shown}. */
  page.places = function (width) {
    const { runs, graphs } = page.state.data;
    const lanes = Math.max(1, ...graphs.flatMap(({ edges }) => edges.map(([, , lane]) => lane)));
    const geometry = page.geometry(width, runs.length, { graphs: Math.max(1, graphs.length), lanes });
    if (!geometry.tabs) return { ...geometry, shown: runs.map((_, place) => place) };
    return { ...geometry, shown: [Math.min(runs.length - 1, Math.max(0, Number(page.option("run")) || 0))] };
  };

  /** Height of the screen, which decides how tall a row is. */
  page.sizes = () => page.heights(window.innerHeight);

  /** The spec of the head: learning rate, updates by weights, and the axis. */
  page.headSpec = function (width) {
    const { data } = page.state;
    const places = page.places(width);
    const top = data.runs.length > 1 ? 24 : 2;
    const ratio = page.sizes().ratio;
    const axis = top + 16 + ratio + 2;
    const scale = powersOf(data);
    const some = places.shown.map((place) => data.runs[place]);
    const rows = [
      { key: "rate", kind: "segments", y: top, height: 13, data: some.map((run) => run?.stages ?? []), brush: true },
      {
        key: "updates", kind: "curve", y: top + 16, height: ratio, scale, ticks: scale, brush: true,
        data: places.shown.map((place) => page.ratioLines(data.ratios[place], data.runs[place], place, scale)),
      },
      { key: "axis", kind: "axis", y: axis, height: 18, data: some.map(() => []), quiet: true },
    ];
    return { axis: AXIS, span: page.span(), height: axis + 20, columns: canvas.columnsOf(places, data.runs), rows, places, lines: [top, axis + 20] };
  };

  /** Lines of both parts of an update, as powers of ten, and the guide. */
  page.ratioLines = function (ratios, run, place, scale, color = `run-${place + 1}`) {
    if (!run?.steps.length) return [];
    const powers = (payload) => page.ratios(payload).map((value) => (value === null ? null : Math.max(scale[0], value > 0 ? Math.log10(value) : scale[0])));
    const { steps } = run;
    const edges = canvas.edgesOf(steps);
    const guide = { steps: [edges[0], edges.at(-1)], values: [Math.log10(GUIDE), Math.log10(GUIDE)], color: "muted", dash: [4, 3], width: 1 };
    if (!ratios) return [guide];
    return [
      guide,
      { steps, values: powers(ratios.decay), color, dash: [2, 2], width: 1.4 },
      { steps, values: powers(ratios.gradient), color, width: 1.4 },
    ];
  };

  function powersOf({ ratios }) {
    const values = ratios.filter(Boolean).flatMap((one) => [...page.ratios(one.gradient), ...page.ratios(one.decay)]);
    const powers = values.filter((value) => value > 1e-9).map(Math.log10);
    return [Math.floor(Math.min(-4, ...powers)), Math.ceil(Math.max(-2, ...powers))];
  }

  /** The spec of the charts: a row for each shown level, and what is opened below it. */
  page.rowsSpec = function (width) {
    const { data } = page.state;
    const places = page.places(width);
    const columns = canvas.columnsOf(places, data.runs);
    const shown = page.shownPlaces();
    const context = { places, columns, scales: scalesOf(shown) };
    const laid = page.layRows(shown, page.sizes(), {
      chart: (place) => chartOf(place, context),
      opened: (place) => openedOf(place, context),
      height: (place) => page.heightOf(data.levels[place].name),
    });
    const graphs = Math.max(0, ...data.graphs.map(({ slots }) => page.graphHeight(slots)));
    const head = canvas.view("layers-head")?.spec?.height ?? 0;
    const height = Math.max(laid.height, places.graph ? graphs - head : 0, 60);
    return {
      axis: AXIS, span: page.span(), height, columns, rows: laid.rows, charts: laid.charts, places, shown,
      scales: context.scales, lines: [0, laid.height - 4], options: page.state.options,
      window: { whole: 2000, beyond: 200 },
    };
  };

  function scalesOf(shown) {
    const { data, rows } = page.state;
    const charts = shown.map((place) => {
      const { name, norm } = data.levels[place];
      const row = rows.get(name);
      return { place, type: row?.type, norm, cells: (row?.runs ?? []).map(page.cells).filter((one) => one && !one.missing) };
    });
    return page.scalesOf(charts, page.option("scale") === "same");
  }

  function chartOf(place, { places, scales }) {
    const level = page.state.data.levels[place];
    const row = page.state.rows.get(level.name);
    const common = { key: `level-${place}`, place, level, opens: true, brush: true, bands: page.bands(), absent: "no layer statistics" };
    if (!row) return { ...common, kind: "waiting", type: page.wantedType(level.name), data: places.shown.map(() => ({})) };
    const data = places.shown.map((run) => page.cells(row.runs[run]));
    return { ...common, kind: row.type, type: row.type, data, ...scales.of.get(place) };
  }

  /** The type of chart that the link asks for a level. */
  page.wantedType = (name, options = page.state.options) => page.typesOf(options).get(name) ?? page.option("type", options);

  function openedOf(place, context) {
    const level = page.state.data.levels[place];
    if (!level.layer || !page.filterRows || !page.openNames().has(level.name)) return null;
    return page.filterRows(level.name, context);
  }
})();
