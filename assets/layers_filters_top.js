// The top-changing filters of the focus step: a strip each over all steps, and the layers that hold them.
(() => {
  const epochscope = (window.epochscope ||= {});
  const filters = (epochscope.layersFilters ||= {});
  const page = (epochscope.layers ||= {});
  const clientside = (window.dash_clientside ||= {});
  const { canvas, make, format } = epochscope;
  const ROWS = "layers-top-rows";
  const HEAD = 24;
  const callbacks = (clientside.layersFilters ||= {});
  const unpacked = new WeakMap();
  let sliderEnd = 512; // beyond, k is typed
  let shown = null; // the k that the panel shows, and its place on the slider: what was not chosen there

  const tall = () => (window.innerHeight >= 1000 ? { pitch: 15, strip: 12 } : { pitch: 14, strip: 11 });

  /** What is asked of the server: {steps, every, k, measure}; changes only when that does. */
  filters.askTop = function (selection, focus) {
    const options = selection.options || {};
    const picks = selection.picks ?? [];
    const steps = [...new Set([...(focus === null || focus === undefined ? [] : [snap(focus)]), ...picks])];
    return {
      steps, every: filters.option("steps", options) === "all", k: selection.top ?? null,
      measure: filters.option("measure", options) === "relative" ? "relative" : "change",
    };
  };

  // Between two validated steps nothing is ranked: the one before stands for all of them.
  function snap(step) {
    const steps = filters.state.top?.runs.find(Boolean)?.steps;
    if (!steps || filters.state.top.runs.length > 1) return step;
    const newest = canvas.newestAt(steps, step);
    return newest < 0 ? step : steps[newest];
  }

  function drawn(run) {
    if (!run) return null;
    if (!unpacked.has(run)) {
      const column = { steps: run.steps, edges: canvas.edgesOf(run.steps) };
      unpacked.set(run, { numbers: canvas.unpack(run.cells), top: run.cells.top, bad: run.cells.bad, column });
    }
    return unpacked.get(run);
  }

  /** The spec of the strips: they stand under the charts, on the same steps. */
  filters.topSpec = function (width) {
    const { top } = filters.state;
    const places = page.places(width);
    const charts = canvas.view("layers-rows")?.spec;
    const columns = charts?.columns ?? places.columns.map((column, place) => ({ ...column, place, key: place, steps: [], edges: [0] }));
    const { pitch, strip } = tall();
    const rows = top.filters.map(([layer, filter], at) => {
      const data = columns.map(({ place }) => stripOf(drawn(top.runs[place]), at));
      return { key: `${layer}:${filter}`, kind: "filters", y: HEAD + at * pitch, height: strip, data, layer, filter, at, view: { first: 0, end: 1, band: 1 }, table: "sequential", brush: true, opens: true, on: filters.topActions, absent: "" };
    });
    const height = HEAD + Math.max(1, rows.length) * pitch + 4;
    return { axis: page.AXIS ?? "layers", span: page.span(), height, columns, rows, places, lines: [HEAD, height - 4] };
  };

  function stripOf(cells, at) {
    if (!cells) return undefined;
    const count = cells.column.steps.length;
    return { ...cells, numbers: cells.numbers.subarray(at * count, (at + 1) * count), still: [] };
  }

  /** Take the strips that the server sent, draw them, light their layers; returns them in words. */
  callbacks.takeTop = function (sent) {
    filters.state.top = sent ?? null;
    const card = document.getElementById("layers-top-card");
    if (!sent || !page.state?.data) {
      card?.classList.add("gone");
      page.setTops?.([]);
      return "";
    }
    card?.classList.remove("gone");
    page.setTops?.(Object.keys(sent.layers));
    filters.drawTop();
    return sayTop(sent);
  };

  /** Draw the strips again, where the charts above have moved. */
  filters.drawTop = function () {
    if (!filters.state.top || !page.state?.data) return;
    canvas.show(ROWS, filters.topSpec, { ...viewActions(), labels });
  };

  const steps = (top) => top.runs.find(Boolean)?.at ?? [];

  function sayTop(top) {
    const named = top.filters.slice(0, 20).map(([layer, filter]) => `${layer} ${filter}`);
    const at = steps(top).map((step) => format(step)).join(top.every ? " and " : " or ");
    return `${top.count} top-changing filters of step ${at || "none"}: ${named.join(", ")}.`;
  }

  function labels(view) {
    const { top } = filters.state;
    const { spec, width } = view;
    const { put } = canvas;
    const left = spec.places.chevron;
    const at = steps(top);
    const what = at.length > 1 ? `of ${top.every ? "all" : "any"} of ${at.length} steps` : at.length ? `of step ${format(at[0])}` : "of no validated step";
    const more = top.count > top.filters.length ? `, first ${format(top.filters.length)} of ${format(top.count)}` : "";
    const plot = spec.columns[0];
    const legend = make("span", { class: "o axis top-legend" }, make("span", { text: `${what}${more}` }), make("i", { class: "dot focus" }), "their layers in the graph", make("span", { class: "gap", text: "none" }), make("i", { class: "ramp" }), "most of each step");
    const last = spec.columns.at(-1);
    const made = [put(make("b", { class: "o", text: "Top-changing filters" }), { left, top: 2 }), put(legend, { right: last.x + last.width + last.right - 2, top: 3 }, width)];
    for (const row of spec.rows) {
      const name = make("button", { type: "button", class: "top-name", title: `${row.layer} ${row.filter}`, "data-key": row.key, onclick: () => filters.openLayer(row.layer), onpointerenter: () => page.lightLayer?.(row.layer), onpointerleave: () => page.light?.(-1) }, make("span", { class: "rank", text: String(row.at + 1) }), ...split(row.layer), ` ${row.filter}`);
      name.style.maxWidth = `${plot.x - left - 6}px`;
      made.push(put(name, { left, top: row.y - 2 }));
      for (const column of spec.columns) {
        const change = top.runs[column.place]?.change[row.at];
        const read = make("span", { class: "o axis read", "data-row": row.key, text: change === undefined ? "" : format(change) });
        made.push(put(read, { right: column.x + column.width + column.right - 2, top: row.y - 3 }, width));
      }
    }
    if (!spec.rows.length) made.push(put(make("span", { class: "o", text: "No filter moved." }), { left, top: HEAD }));
    view.labels.replaceChildren(...made);
  }

  // The last part of a name stands out, as in the charts.
  function split(layer) {
    const cut = layer.lastIndexOf(".") + 1;
    return [layer.slice(0, cut), make("b", { text: layer.slice(cut) })];
  }

  /** Open a layer with all that holds it, down to its filters. */
  filters.openLayer = function (name) {
    const { levels } = page.state.data;
    const place = levels.findIndex((level) => level.name === name);
    if (place < 0) return;
    const open = page.openNames();
    for (const at of [...page.parentsOf(levels, place), place]) open.add(levels[at].name);
    epochscope.select({ layers: [name], options: { "layers.open": [...open].join(",") } });
  };

  function hover(pick) {
    const { row, step, column } = pick;
    const { place } = canvas.view(ROWS).spec.columns[column];
    const head = [{ b: `Filter ${row.filter}` }, ` of ${row.layer}`, ...(step === null ? [] : [" at step ", { b: format(step) }])];
    const run = page.state.chosen?.[place];
    if (step === null || !run) return [head];
    const ask = { run, layer: row.layer, filter: row.filter, step, quantity: filters.state.top.measure };
    filters.askFacts(ask);
    return [head, ...filters.factLines(ask)];
  }

  /** What a strip does. */
  filters.topActions = {
    hover,
    click: ({ row, step }, event) => (event?.shiftKey && step !== null ? filters.pickStep(step) : filters.open(row.layer, row.filter, step)),
    describe: (row) => `Filter ${row.filter} of ${row.layer}, rank ${row.at + 1}`,
  };

  const viewActions = () => ({
    hover: (pick) => {
      if (!pick) return page.light?.(-1) ?? null;
      page.lightLayer?.(pick.row.layer);
      return hover(pick);
    },
    click: filters.topActions.click,
    open: (row) => filters.open(row.layer, row.filter),
    describe: filters.topActions.describe,
    brush: (range) => epochscope.select({ range }),
    step: (step) => epochscope.select({ step }, { history: "replace" }),
    zoomed: (domain) => canvas.view("layers-rows")?.on.zoomed?.(domain),
  });

  /** The ranked steps as chips: the focus step, then the picked ones, which can be taken out. */
  function chips({ picks = [], step = null }, sent) {
    const focus = step ?? (sent ? steps(sent)[0] : undefined);
    const first = focus === undefined ? [] : [make("span", { class: "chip" }, make("i", { class: "dot focus" }), format(focus))];
    const others = picks.map((one) =>
      make("button", { type: "button", class: "chip", title: "Take this step out", "aria-label": `Take out step ${format(one)}`, onclick: () => filters.pickStep(one) }, format(one), epochscope.icon("x")),
    );
    document.getElementById("layers-top-chips")?.replaceChildren(...first, ...others);
  }

  /** Show in the panel what the link says: k, its slider's end, measure, any or all, how many there are. */
  callbacks.showTopControls = epochscope.onlyChanged((selection, sent) => {
    const options = selection?.options || {};
    chips(selection ?? {}, sent);
    const many = Math.max(0, ...(sent?.runs ?? []).filter(Boolean).map((run) => run.filters));
    const k = selection?.top ?? sent?.k ?? 100;
    sliderEnd = Math.max(3, Math.min(512, many || 512));
    // Without a k in the link its default is known when the strips of this link are there.
    const late = sent && (sent.asked.k ?? null) !== (selection?.top ?? null);
    if (!late) shown = { k, slider: Math.min(k, sliderEnd) };
    const ends = late ? Array(3).fill(clientside.no_update) : [shown.slider, sliderEnd, k];
    return [...ends, filters.option("measure", options), filters.option("steps", options), many ? `Top k of ${format(many)}` : "Top k"];
  });

  /** Take the panel's choice into the link. */
  callbacks.chooseTop = function (slider, number, measure, steps_) {
    const selection = epochscope.selection();
    const before = selection.options || {};
    const { triggered_id: by } = clientside.callback_context ?? {};
    const wanted = by === "layers-top-number" ? number : by === "layers-top-slider" && slider !== shown?.slider ? slider : shown?.k;
    if (wanted && wanted >= 1 && shown && wanted !== shown.k) epochscope.select({ top: Math.round(wanted) }, { history: "replace" });
    if (measure && measure !== filters.option("measure", before)) filters.choose("measure", measure);
    if (steps_ && steps_ !== filters.option("steps", before)) filters.choose("steps", steps_);
  };
})();
