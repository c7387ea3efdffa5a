// What hover, click, brush, wheel and keys do on the Layers page.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.layers ||= {});
  const { canvas, make, format } = epochscope;

  /** Open a level, or close it with all within it; `siblings` do the same. */
  page.toggle = function (place, siblings = false) {
    const { levels } = page.state.data;
    const open = page.openNames();
    const opening = !open.has(levels[place].name);
    const places = siblings ? levels.flatMap(({ parent }, at) => (parent === levels[place].parent ? [at] : [])) : [place];
    for (const at of places) {
      if (opening && canOpen(levels[at])) open.add(levels[at].name);
      else if (!opening) page.namesWithin(levels, at).forEach((name) => open.delete(name));
    }
    // The keyboard goes on at the first level inside, or at the one that was closed.
    const view = canvas.view("layers-rows");
    if (view && view.current !== null) view.current = `level-${opening && !levels[place].layer ? place + 1 : place}`;
    page.chooseOption("open", open.size ? [...open].join(",") : null);
  };

  const canOpen = (level) => !level.layer || Boolean(page.filterRows && level.filters);

  // A chart stands for a closed level: closing it closes the level around it.
  function closeAround({ place }) {
    const { levels } = page.state.data;
    if (page.openNames().has(levels[place].name)) page.toggle(place);
    else if (levels[place].parent >= 0) page.toggle(levels[place].parent);
    else epochscope.select({ range: null });
  }

  /** Let a row have its own type of chart, or the page's again. */
  page.chooseType = function (name, type) {
    const types = page.typesOf();
    if (type === page.option("type")) types.delete(name);
    else types.set(name, type);
    page.chooseOption("types", types.size ? [...types].map((pair) => pair.join(":")).join(",") : null);
  };

  function click(pick, event) {
    if (pick.row.on?.click) return pick.row.on.click(pick, event);
    const patch = {};
    const { picks = [] } = epochscope.selection();
    if (pick.step !== null && event?.shiftKey) {
      patch.picks = picks.includes(pick.step) ? picks.filter((step) => step !== pick.step) : [...picks, pick.step].sort((a, b) => a - b);
    } else if (pick.step !== null) patch.step = pick.step;
    if (pick.row.level?.layer && !event?.shiftKey) patch.layers = [pick.row.level.name];
    if (Object.keys(patch).length) epochscope.select(patch);
    return undefined;
  }

  function hover(view, pick) {
    if (pick?.row.chart) page.lightLayer(pick.row.chart.layer);
    else page.light(pick?.row.place ?? -1);
    if (!pick) return null;
    if (pick.row.on?.hover) return pick.row.on.hover(pick);
    if (view.id === "layers-head") return headTip(pick, view.spec);
    showTypes(view, pick.row);
    page.showEdge(view, pick.row);
    return pick.row.level && !pick.row.quiet ? chartTip(pick, view.spec) : null;
  }

  /** Light a level: its bars and link, and the node of a layer inside it; -1 lights none. */
  page.light = function (place, layer = place) {
    if (page.state.hovered === place && page.state.pointed === layer) return;
    Object.assign(page.state, { hovered: place, pointed: layer });
    page.drawGraph();
    for (const id of ["layers-head", "layers-rows"]) if (canvas.view(id)?.spec) canvas.drawOverlay(canvas.view(id));
  };

  /** Light a layer by its name: where it has no chart, in the closed level that it is inside of. */
  page.lightLayer = function (name) {
    const { levels } = page.state.data;
    const layer = levels.findIndex((level) => level.name === name);
    const shown = canvas.view("layers-rows")?.spec?.shown ?? [];
    const around = layer < 0 ? [] : [layer, ...page.parentsOf(levels, layer)];
    page.light(around.find((place) => shown.includes(place)) ?? -1, layer);
  };

  const runDot = (place) => canvas.runDot(page.state.data.runs, place);
  const atStep = (step) => (step === null ? [] : [" at step ", { b: format(step) }]);

  function chartTip({ row, step, column }, spec) {
    const file = canvas.lostFile(spec.columns[column], step);
    if (file) return [[{ b: row.level.name }, " could not be read", ...atStep(step)], [file]];
    const lines = spec.columns.map(({ place, steps }, i) => {
      const cell = step === null ? -1 : canvas.newestAt(steps, step);
      const cells = row.data[i];
      if (cells?.missing) return [...runDot(place), cells.missing];
      if (row.kind === "waiting") return [...runDot(place), "loading"];
      return [...runDot(place), ...valueParts(row, cells, cell, steps.length)];
    });
    const spread = row.level.spread.find(Boolean);
    const start = spread ? [[`initial sd `, { b: page.say(spread.initial) }, spread.default === null ? "" : ` · expected ${page.say(spread.default)} (PyTorch)`]] : [];
    return [[{ b: row.level.name }, ...atStep(step)], ...lines, ...start];
  }

  function valueParts(row, cells, cell, count) {
    if (!cells || cell < 0) return ["–"];
    const at = (line) => ({ b: page.say(cells.numbers[line * count + cell]) });
    if (row.type === "box") return ["min ", at(0), " · quartiles ", at(1), " ", at(2), " ", at(3), " · max ", at(4)];
    if (row.type === "ratio") {
      const names = [...page.thresholds().map((one) => `≥ ${page.sayThreshold(one)}`), "below"];
      return names.flatMap((name, band) => [band ? " · " : "", `${name} `, { b: sayShare(cells.numbers[band * count + cell]) }]);
    }
    const what = row.type === "heat" ? "" : `${page.statisticName()} `;
    return [what, { b: page.sayAt({ ...row, steps: [] }, cells, cell, count).join(" ") }];
  }

  const sayShare = (share) => (Number.isNaN(share) || share === undefined ? "–" : `${(100 * share).toFixed(share < 0.01 && share > 0 ? 2 : 0)} %`);

  function headTip({ row, step, cell }, spec) {
    if (row.kind === "segments") return [[{ b: "Learning rate" }, ...atStep(step)], ...canvas.rateLines(spec.columns, page.state.data.runs, step)];
    const lines = spec.columns.map(({ place }) => {
      const ratios = page.state.data.ratios[place];
      const at = (name) => ({ b: ratios ? page.say(page.ratios(ratios[name])[cell] ?? null) : "–" });
      return [...runDot(place), "gradient ", at("gradient"), " · decay ", at("decay")];
    });
    return [[{ b: "Update ÷ weight, whole network" }, ...atStep(step)], ...lines];
  }

  // The hovered level's own ratio over that of the network, and a frame around its chart.
  function overlay(context, view, paint) {
    const { hovered, data, rows, layers } = page.state;
    for (const row of view.spec.rows) {
      if (!row.level || (row.place !== hovered && !layers.includes(row.level.name))) continue;
      context.strokeStyle = paint.css(row.place === hovered ? "text" : "accent");
      context.lineWidth = 1;
      for (const { x, width } of view.spec.columns) context.strokeRect(x - 0.5, row.y - 0.5, width + 1, row.height + 1);
    }
    if (view.id !== "layers-head" || hovered < 0) return;
    const updates = view.spec.rows.find(({ key }) => key === "updates");
    const own = rows.get(data.levels[hovered].name)?.ratios ?? [];
    view.spec.columns.forEach((column, i) => {
      const { place } = view.spec.columns[i];
      if (!own[place]) return;
      const lines = page.ratioLines(own[place], data.runs[place], place, updates.scale, "accent").slice(1);
      canvas.kinds.curve(context, canvas.boxOf(view, updates, column), { ...updates, ticks: [], data: lines }, paint);
    });
  }

  // One small menu of types, at the right end of the hovered chart.
  function showTypes(view, row) {
    if (!row.level) return;
    let menu = view.chart.querySelector(".type-menu");
    if (!menu) {
      menu = make("select", { class: "type-menu", "aria-label": "Type of this chart" }, page.TYPES.map((type) => make("option", { value: type, text: type })));
      menu.addEventListener("change", () => page.chooseType(menu.dataset.level, menu.value));
      view.chart.append(menu);
    }
    menu.dataset.level = row.level.name;
    menu.value = page.wantedType(row.level.name);
    const column = view.spec.columns.at(-1);
    menu.style.right = `${view.width - column.x - column.width}px`;
    menu.style.top = `${row.y}px`;
  }

  /** What a canvas of the page does: `id` names it. */
  page.actions = (id) => ({
    click, overlay,
    zoomed: canvas.zoomWriter(page.AXIS, page.chooseOption),
    hover: (pick) => hover(canvas.view(id), pick),
    zoomRows: (pick, by) => pick.row.on?.zoomRows?.(pick, by),
    panRows: (pick, by) => pick.row.on?.panRows?.(pick, by),
    double: (pick) => pick.row.on?.double?.(pick),
    open: (row) => row.level && canOpen(row.level) && !page.openNames().has(row.level.name) && page.toggle(row.place),
    escape: () => {
      const view = canvas.view(id);
      const row = view.spec.rows.find(({ key }) => key === view.current);
      if (row?.level) closeAround(row);
      else epochscope.select({ range: null });
    },
    brush: (range) => epochscope.select({ range }),
    step: (step) => epochscope.select({ step }, { history: "replace" }),
    describe: (row) => (row.level ? `${row.level.name}, ${row.level.sub}, ${row.type}` : row.key),
  });

  function onGraph(event) {
    const box = event.currentTarget.getBoundingClientRect();
    return page.laid ? page.levelAt(page.laid, event.clientX - box.left, event.clientY - box.top) : -1;
  }

  /** Listen to the pointer on the graph; once for each canvas. */
  page.wireGraph = function (element) {
    if (!element || element.dataset.wired) return;
    element.dataset.wired = "1";
    element.addEventListener("pointermove", (event) => {
      const place = onGraph(event);
      event.currentTarget.style.cursor = place >= 0 && canOpen(page.state.data.levels[place]) ? "pointer" : "default";
      event.currentTarget.title = place >= 0 ? page.describeLevel(place) : "";
      page.light(place);
    });
    element.addEventListener("pointerleave", () => page.light(-1));
    element.addEventListener("click", (event) => {
      const place = onGraph(event);
      if (place < 0) return;
      const { levels } = page.state.data;
      const parents = page.parentsOf(levels, place);
      const closed = parents.find((at) => !page.openNames().has(levels[at].name));
      const target = closed ?? place;
      if (canOpen(levels[target])) page.toggle(target, event.altKey);
    });
  };

  // 1 to 5 choose the type of the charts; while one has the focus, + and - change the height of the
  // chosen row and / searches layers.
  function onKey(event) {
    if (!document.querySelector('[data-page="layers"]') || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable='true'], dialog")) return;
    const type = page.TYPES[Number(event.key) - 1];
    if (type) page.chooseOption("type", type);
    const taller = event.target.id === "layers-rows" ? { "+": 1, "-": -1 }[event.key] : undefined;
    if (taller) page.stretchRow(canvas.view("layers-rows"), taller);
    const search = event.key === "/" && event.target.closest(".layers-card") && document.getElementById("layers-search");
    if (!type && !taller && !search) return;
    event.preventDefault();
    if (search) search.focus();
  }

  if (typeof document !== "undefined" && document.addEventListener) document.addEventListener("keydown", onKey, true);
})();
