// The clientside callbacks of the Layers page: ask for the shown levels, draw, follow the selection.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.layers ||= {});
  const clientside = (window.dash_clientside ||= {});
  const { canvas } = epochscope;
  const HEAD = "layers-head";
  const ROWS = "layers-rows";
  const CLASS = "card chart-card layers-card";
  const OBEYED = ["validation.flips", "correlation.change"]; // options that decide which filters are anomaly filters

  /** Draw the charts and the graph from the state of the page, with their labels. */
  page.redraw = function () {
    canvas.span(page.AXIS, page.span());
    canvas.applyZoom(page.AXIS, page.option("zoom"));
    canvas.show(HEAD, page.headSpec, { ...page.actions(HEAD), labels: page.headLabels });
    canvas.show(ROWS, page.rowsSpec, { ...page.actions(ROWS), labels: rowLabels });
    page.wireGraph(document.getElementById("layers-graph"));
  };

  function rowLabels(view) {
    page.rowLabels(view);
    page.readOut();
    queueMicrotask(page.drawGraph); // a new width moves the graph as well
  }

  /** Say which layers hold anomaly filters: a set of names; null where that is not known. */
  page.setAnomalies = function (names) {
    page.state.anomalies = names ? new Set(names) : null;
    if (page.option("only") === "anomalies" && page.state.data) askAgain();
  };

  /** Say which layers hold top-changing filters of the focus step: names. */
  page.setTops = function (names) {
    page.state.tops = new Set(names);
    page.drawGraph();
  };

  function askAgain() {
    const asked = page.askShown(page.state.options);
    if (JSON.stringify(asked) !== JSON.stringify(page.state.asked)) epochscope.emit("layers-shown", { data: asked });
    page.redraw();
  }

  function showHead(data) {
    const { make } = epochscope;
    const runs = data.runs.length > 1 ? `${data.runs.length} runs` : page.state.chosen[0] ?? "";
    const open = page.openNames();
    const last = data.levels.findLastIndex(({ name }) => open.has(name));
    const path = last < 0 ? [] : [...page.parentsOf(data.levels, last), last];
    const crumb = [make("span", { class: "long", text: path.length ? `${runs} › ` : runs })];
    path.forEach((place, i) => {
      if (i) crumb.push(" › ");
      crumb.push(make("button", { type: "button", class: "crumb-level", title: `Close ${data.levels[place].name}`, text: data.levels[place].name, onclick: () => page.toggle(place) }));
    });
    document.getElementById("layers-crumb")?.replaceChildren(...crumb);
  }

  function showNotes(data) {
    const parts = data.only.map(({ runs, layers }) => `${layers} layer${layers === 1 ? " is" : "s are"} only in ${runs.join(", ")}`);
    const only = parts.length ? [{ kind: "info", title: `${parts.join("; ")}.`, text: "The others have an empty row there." }] : [];
    canvas.showNotes("layers-notes", [...data.notes, ...only]);
  }

  /** The whole page in words, for those who do not see the canvas. */
  function sayAll(data, focus) {
    const view = canvas.view(ROWS);
    if (!view?.spec) return "";
    const lines = data.runs.map((run, place) => {
      const column = view.spec.columns.findIndex((one) => one.place === place);
      if (!run || column < 0) return "";
      const cell = canvas.cellAtFocus(run.steps, focus);
      const read = view.spec.rows.filter(({ level, kind }) => level && kind !== "waiting").slice(0, 30)
        .map((row) => `${row.level.name} ${page.sayAt({ type: row.type, steps: run.steps }, row.data[column], cell, run.steps.length).join(" ")}`);
      const step = cell < 0 ? "before the first recorded step" : `at step ${epochscope.format(run.steps[cell])}`;
      return `${run.name}, ${run.steps.length} recorded steps, ${step}: ${read.join(", ")}.`;
    });
    const shown = view.spec.shown.length;
    return `${shown} of ${data.levels.length} levels are shown, ${page.statisticName()}. ${lines.filter(Boolean).join(" ")}`;
  }

  const callbacks = (clientside.layers = {});

  /** What is asked of the server: which levels are charted and how, and of which the filters. */
  callbacks.ask = epochscope.onlyChanged((data, options, search) => {
    const filters = epochscope.layersFilters.ask(data, options || {});
    if (!data) return [clientside.no_update, filters];
    Object.assign(page.state, { data, options: options || {}, search: search || "" });
    return [page.askShown(options || {}), filters];
  });

  /** Which levels are charted and how. */
  page.askShown = function (options) {
    const read = (name) => page.option(name, options);
    const rows = page.shownPlaces().map((place) => {
      const { name } = page.state.data.levels[place];
      return [name, page.wantedType(name, options)];
    });
    // By name, so that another sorting asks for nothing.
    return { rows: rows.sort(([a], [b]) => (a < b ? -1 : 1)), values: read("values"), stat: read("stat"), ratio: page.thresholds(options), scale: read("scale") };
  };

  /** What is asked for beside the charts: layers with anomaly filters, top-changing filters, one filter. */
  callbacks.askBeside = epochscope.onlyChanged((selection, focus) => {
    const { layersFilters: filters } = epochscope;
    return selection ? [page.askAnomalies(selection), filters.askTop(selection, focus), filters.askPage(selection, focus)] : Array(3).fill(clientside.no_update);
  });

  /** Draw the page, or only mark focus and range; returns the class of its card, and the page in words. */
  callbacks.draw = canvas.drawOrMark(ROWS, draw, mark);

  function draw(data, rows, options, layers, search, chosen) {
    page.state.data = data ?? null;
    if (!data || !chosen) return `${CLASS} loading`;
    Object.assign(page.state, { data, options: options || {}, layers: layers || [], search: search || "", chosen, asked: rows?.asked });
    if (rows) page.state.rows = new Map(rows.rows.map((row) => [row.name, row]));
    showNotes(data);
    if (!data.runs.some(Boolean)) return `${CLASS} gone`;
    const card = document.getElementById("layers-card");
    card?.classList.remove("loading", "gone"); // or there would be no width to draw into
    showHead(data);
    page.redraw();
    const view = canvas.view(ROWS);
    if (view?.spec) document.getElementById("layers-legend")?.replaceChildren(...page.legend(view.spec));
    return CLASS;
  }

  /** What decides which layers hold anomaly filters, while only those are shown; else nothing. */
  page.askAnomalies = function (selection) {
    const { window: span, threshold, rule, top, options = {} } = selection;
    const obeyed = Object.fromEntries(OBEYED.filter((name) => options[name]).map((name) => [name, options[name]]));
    return page.option("only", options) === "anomalies" ? { window: span, threshold, rule, top, options: obeyed } : null;
  };

  /** Keep the layers with anomaly filters; returns how many there are, in words. */
  callbacks.takeAnomalies = function (names) {
    page.setAnomalies(names);
    return names ? `${names.length} layer${names.length === 1 ? " holds" : "s hold"} filters of anomaly iterations.` : "";
  };

  // Nothing is drawn again, unless the levels stand by the focus step.
  function mark(focus, range) {
    canvas.mark("layers", { focus: focus ?? null, range: range ?? null });
    const { data } = page.state;
    if (!data?.runs.some(Boolean) || !document.getElementById(ROWS)) return "";
    if (page.option("sort") === "change") page.redraw();
    else page.readOut();
    return sayAll(data, focus);
  }

  /** Show in the panel what the link says. */
  callbacks.showControls = epochscope.onlyChanged((options) => {
    const read = (name) => page.option(name, options || {});
    return [
      read("values"), read("stat"), read("type"), page.bands(options || {}), read("scale"), page.thresholds(options || {}), read("sort"),
      read("only") === "anomalies",
    ];
  });

  /** Take what was chosen in the panel into the link. */
  callbacks.choose = epochscope.onlyChanged((values, stat, type, bands, scale, ratio, sort, only) => {
    const sorted = (ratio || []).toSorted((a, b) => b - a).join(",");
    const chosen = { values, stat, type, bands: bands && String(bands), scale, ratio: sorted, sort, only: only ? "anomalies" : "" };
    const before = epochscope.selection().options || {};
    for (const [name, value] of Object.entries(chosen)) {
      const wanted = value === page.DEFAULTS[name] || !value ? undefined : value;
      const known = value || name === "only" || name === "ratio";
      if (known && wanted !== before[`layers.${name}`]) page.chooseOption(name, wanted ?? null, name === "bands" ? "replace" : "push");
    }
    return String(bands ?? "");
  });
})();
