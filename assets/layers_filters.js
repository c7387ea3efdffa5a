// Filters on the Layers page: what is asked of the server, what it sent, and the rows made of it.
(() => {
  const epochscope = (window.epochscope ||= {});
  const filters = (epochscope.layersFilters ||= {});
  const page = (epochscope.layers ||= {});
  const clientside = (window.dash_clientside ||= {});
  const { canvas } = epochscope;
  const DEFAULTS = { quantity: "change", by: "filter", order: "index", measure: "change", steps: "any" };
  const TALLEST = 512; // pixels of a raster, until a row height is chosen
  const LONGEST = 4096; // pixels of a raster at all
  const SHORTEST = 92; // what the legend beside it needs
  const GAP = 4;
  const unpacked = new WeakMap(); // payload of a run -> what the canvas draws of it
  const CONTROLS = ["quantity", "by", "order"];

  /** What this part of the page shows now. */
  filters.state = { charts: new Map(), asked: null, top: null, marks: null, options: {} };

  /** An option of the filters in the link. */
  filters.option = (name, options = filters.state.options) => options?.[`layers.${name}`] ?? DEFAULTS[name];

  /** Set an option in the link; null or the default takes it out. */
  filters.choose = (name, value, history = "push") =>
    epochscope.select({ options: { [`layers.${name}`]: value === DEFAULTS[name] ? null : value } }, { history });

  const callbacks = (clientside.layersFilters ||= {});

  /** The layers whose filters are open, and how they are shown. */
  filters.ask = function (structure, options) {
    filters.state.options = options;
    const names = page.openNames?.(options) ?? new Set();
    const levels = page.levelsWithFilters?.(structure) ?? [];
    const ask = { layers: levels.filter((name) => names.has(name)) };
    for (const name of CONTROLS) ask[name] = filters.option(name);
    return ask;
  };

  /** Names of the layers that have filters, in the structure that the server sent. */
  page.levelsWithFilters ??= (structure) =>
    (structure?.levels ?? []).filter(({ layer, filters: many }) => layer && many).map(({ name }) => name);

  /** Take the filters that the server sent; returns them in words. */
  callbacks.take = function (sent) {
    const before = filters.state.charts.size;
    filters.state.charts = new Map((sent?.charts ?? []).map((chart) => [chart.layer, chart]));
    filters.state.asked = sent?.asked ?? null;
    if (page.state?.data && (before || filters.state.charts.size)) page.redraw?.();
    return (sent?.charts ?? []).map(filters.sayChart).join(" ");
  };

  /** How the rows of a raster stand: {size, band, height} for `count` rows and a chosen size, 0 for none. */
  filters.fit = function (count, chosen) {
    if (!count) return { size: 0, band: 1, height: 0 };
    const fitting = Math.min(15, Math.max(2, Math.floor(120 / count)));
    const size = chosen || (count * fitting <= TALLEST ? fitting : 1);
    const band = Math.ceil((count * size) / (chosen ? LONGEST : TALLEST));
    return { size, band, height: Math.ceil(count / band) * size };
  };

  const chosenSize = () => {
    const asked = Number(filters.option("filter-height"));
    return Number.isInteger(asked) && asked >= 1 && asked <= 15 ? asked : 0;
  };

  // Unpacked once, however often it is drawn.
  function drawn(run) {
    if (!run) return run;
    if (!unpacked.has(run)) {
      const column = { steps: run.steps, edges: canvas.edgesOf(run.steps) };
      const { still, cut, cells } = run;
      unpacked.set(run, { numbers: canvas.unpack(cells), top: cells.top, bad: cells.bad, column, still, cut });
    }
    return unpacked.get(run);
  }

  /** The rows below an opened layer: its raster and what was cut out of it; {height, rows}. */
  page.filterRows = function (layer, { places }) {
    const chart = filters.state.charts.get(layer);
    if (!chart) return waiting(layer, places);
    const data = places.shown.map((place) => drawn(chart.runs[place] ?? null));
    const { band, height } = filters.fit(chart.rows.length, chosenSize());
    const common = { chart, on: filters.actions, data, quiet: false, absent: "no such layer" };
    const rows = [
      {
        ...common, key: `filters-${layer}`, kind: "filters", y: 0, height, brush: true, opens: true,
        view: { first: 0, end: chart.rows.length, band }, table: chart.signed ? "signed" : "sequential",
        labels: filters.rasterLabels,
      },
    ];
    let end = height;
    if (chart.cut.length) {
      const pitch = Math.max(2, Math.min(5, 100 / chart.cut.length));
      rows.push({
        ...common, key: `still-${layer}`, kind: "still", y: end + GAP, height: pitch * chart.cut.length, pitch,
        labels: filters.stillLabels,
      });
      end = rows[1].y + rows[1].height;
    }
    return { height: Math.max(end, SHORTEST), rows: rows.filter((row) => row.height > 0) };
  };

  function waiting(layer, places) {
    const data = places.shown.map(() => ({ column: { steps: [], edges: [] }, cut: [] }));
    const row = { key: `filters-${layer}`, kind: "still", y: 0, height: SHORTEST, pitch: 1, quiet: true, data };
    return { height: SHORTEST, rows: [{ ...row, labels: filters.waitingLabels }] };
  }

  /** Filter numbers of the row `image` of a chart, first and last; equal where a row is one filter. */
  filters.filtersAt = (row, image) => {
    const { chart, view } = row;
    const last = Math.min(image + view.band, chart.rows.length) - 1;
    return view.band === 1 && chart.band === 1 ? [chart.rows[image]] : chart.rows.slice(image, last + 1);
  };

  /** Show in the panel what the link says. */
  callbacks.showControls = epochscope.onlyChanged((options) => {
    filters.state.options = options || {};
    const height = Number(filters.option("filter-height", options)) || 0;
    return [...CONTROLS.map((name) => filters.option(name, options)), height];
  });

  /** Take what was chosen in the panel into the link. */
  callbacks.chooseControls = epochscope.onlyChanged((quantity, by, order, height) => {
    const chosen = { quantity, by, order };
    const before = epochscope.selection().options || {};
    for (const [name, value] of Object.entries(chosen)) {
      if (value && value !== filters.option(name, before)) filters.choose(name, value);
    }
    const wanted = height ? String(height) : undefined;
    if (wanted !== before["layers.filter-height"]) filters.choose("filter-height", wanted ?? null, "replace");
    if (page.state?.data) page.redraw?.();
    return height ? `${height} px` : "fits";
  });
})();
