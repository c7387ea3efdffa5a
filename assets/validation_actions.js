// What hover, click, brush, wheel and keys do on the Validation page.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const { canvas, make, format } = epochscope;

  /** Set an option of this page in the link; null takes it out. */
  page.chooseOption = (name, value, history = "push") =>
    epochscope.select({ options: { [`validation.${name}`]: value } }, { history });

  /** Open a class, or close it. */
  page.toggle = function (row) {
    const open = page.openRows(page.state.options);
    const rows = open.includes(row) ? open.filter((one) => one !== row) : [...open, row];
    page.chooseOption("open", rows.length ? rows.join(",") : null);
  };

  /** Open a cluster, or close it. */
  page.toggleCluster = (cluster) => epochscope.select({ options: page.clusterPatch(cluster) });

  /** Show all classes of a cluster. */
  page.showMore = function (cluster) {
    page.state.more.set(cluster, Infinity);
    page.redraw();
  };

  /** Options that show a class with its images: its cluster open, and itself. */
  page.showClass = function (row) {
    const open = page.openRows(page.state.options);
    const options = open.includes(row) ? {} : { "validation.open": [...open, row].join(",") };
    if (!page.isClustered() || page.openClusters().has(page.clusterOf(row))) return options;
    return { ...options, ...page.clusterPatch(page.clusterOf(row), true) };
  };

  /** Move the focus to an anomaly iteration of a class, and open the class. */
  page.showAnomaly = function (row, step) {
    page.state.reveal = `class-${row}`;
    epochscope.select({ step, classes: [row], options: page.showClass(row) });
  };

  function click(pick) {
    const { row } = pick;
    if (pick.triangle) return page.showAnomaly(row.class.row, pick.step);
    const patch = pick.step === null ? {} : { step: pick.step };
    if (row.kind === "pixels") patch.images = [row.chart.images[pick.image]];
    else if (row.group) patch.options = row.group.open ? {} : page.clusterPatch(row.group.cluster, true);
    else if (row.class && row.kind === "stripe") patch.options = page.showClass(row.class.row);
    if (!Object.keys(patch.options ?? {}).length) delete patch.options;
    if (Object.keys(patch).length) epochscope.select(patch);
    return undefined;
  }

  // Only this class: the two clicks before have opened it and set the step.
  function double({ row }) {
    if (row.kind === "stripe" && row.class) page.chooseOption("open", String(row.class.row));
  }

  /** Words of the tooltip for what lies under the pointer. */
  page.tipOf = function ({ row, column, cell, step, image, triangle }) {
    const spec = canvas.view(row.class || row.group ? "validation-rows" : "validation-head").spec;
    const { data } = page.state;
    const at = step === null ? [] : [" at step ", { b: format(step) }];
    if (triangle) return triangleTip(triangle, spec.columns[column].place, cell, at);
    const file = canvas.lostFile(spec.columns[column], step);
    if (file) return [[{ b: "Cannot be read" }, ...at], [file]];
    if (row.kind === "pixels") return imageTip(row, spec, image, step, at);
    if (row.kind === "lanes") return laneTip(row, spec, column, cell, at);
    if (row.kind === "segments") return [[{ b: "Learning rate" }, ...at], ...canvas.rateLines(sidesOf(spec), data.runs, step)];
    const name = row.class?.name ?? row.group?.name ?? "All classes";
    const lines = sidesOf(spec).map(({ place, steps }) => {
      const there = step === null ? -1 : canvas.newestAt(steps, step);
      return [...runDot(place), page.sayShare(page.rowShareAt(row, place, there), data.scale)];
    });
    const many = row.group ? `${format(row.group.members.length)} classes` : `${format(row.class?.images ?? Math.max(0, ...data.runs.map((run) => run?.images ?? 0)))} images`;
    const what = data.scale ? "mean score of" : row.group ? "mean error of" : "wrong of";
    return [[{ b: name }, ...at], ...lines.map((parts) => [...parts, ` ${what} ${many}`])];
  };

  // The runs that a tip tells of: one column may show two.
  const sidesOf = ({ columns }) => (page.isDifference() ? page.state.data.runs.map(({ steps }, place) => ({ place, steps })) : columns);

  /** Share that the strip of a row shows at a cell of the run at `place`. */
  page.rowShareAt = function (row, place, cell) {
    const { data } = page.state;
    if (row.group) return page.cellShareAt(page.meanCells(row.group.members, place), cell);
    const payload = row.class ? row.class.strips[place] : data.runs[place]?.overall;
    return payload ? page.shareAt(payload, cell) : null;
  };

  function triangleTip({ up, score, learned, event }, place, cell, at) {
    const { anomalies } = page.state;
    const window = `${anomalies.window} recorded steps`;
    const says = up ? `keep their answer for ${window}` : `had one answer for ${window} before`;
    const [before, now] = page.errorsAround(event.row, place, event.cell);
    const share = `${format(score)} of ${format(event.images)} images (${Math.round((100 * score) / event.images)} %)`;
    return [
      [...runDot(place), { b: up ? "Right rule" : "Left rule" }, ...at],
      [{ b: share }, ` flip and ${says}`],
      [`${format(learned)} learned, ${format(score - learned)} forgotten`],
      ["error of the class ", { b: page.sayShare(before, null) }, " before, ", { b: page.sayShare(now, null) }, " here"],
      ...(page.isCollapsed(place, cell, now) ? [["No better than chance here: most scores are high."]] : []),
    ];
  }

  const runDot = (place) => canvas.runDot(page.state.data.runs, place);

  function imageTip(row, spec, image, step, at) {
    const { chart } = row;
    const name = chart.band * row.view.band > 1 ? `Images from ${chart.ids[image]}` : `Image ${chart.ids[image]}`;
    const lines = sidesOf(spec).map(({ place, steps }) => {
      const cell = step === null ? -1 : canvas.newestAt(steps, step);
      return [...runDot(place), ...answerAt(chart, place, image, cell)];
    });
    return [[{ b: name }, ...at], ...lines, [`${chart.scale ? "" : "label "}`, { b: chart.name }, "; click keeps it"]];
  }

  function answerAt(chart, place, image, cell) {
    const run = chart.runs[place];
    if (!run) return ["not in this run"];
    if (cell < 0) return ["–"];
    const at = image * run.steps + cell;
    const label = page.labelAt(chart, place, image, cell);
    if (label === null) {
      const share = page.shareAt(run.shares, at);
      return chart.scale ? ["score ", { b: page.sayShare(share, chart.scale) }] : ["right ", { b: page.sayShare(share, null) }];
    }
    const sure = run.confidence ? page.shareAt(run.confidence, at) : null;
    return ["predicted ", { b: label }, sure === null ? "" : ` (${sure.toFixed(2)})`];
  }

  function laneTip(row, spec, column, cell, at) {
    const { place } = spec.columns[column];
    const shares = page.answersOf(row.chart)?.runs[place]?.shares ?? row.chart.runs[place]?.lanes;
    if (!shares) return null;
    const { steps } = spec.columns[column];
    const lines = [...row.labels, "other"].map((label, lane) => {
      const share = cell < 0 ? null : page.shareAt(shares, lane * steps.length + cell);
      return [`${label} `, { b: page.sayShare(share, null) }];
    });
    return [[{ b: row.class.name }, " predicted", ...at], ...lines];
  }

  function hover(view, pick) {
    for (const row of view.spec?.rows ?? []) {
      if (row.kind !== "pixels") continue;
      const box = view.labels.querySelector(`.inspector[data-chart="${row.class.row}"]`);
      const image = page.shownImage(view, row);
      const shown = image < 0 ? "" : String(row.chart.images[image]);
      if (box && box.dataset.image !== shown) page.fillInspector(box, row, image);
    }
    return pick ? page.tipOf(pick) : null;
  }

  function zoomRows({ row, image }, by) {
    const size = row.height / Math.ceil((row.view.end - row.view.first) / row.view.band);
    const wanted = Math.min(15, Math.max(1, Math.round(size / 1) + by));
    keepUnder(row, image, wanted);
    page.chooseOption("height", String(wanted), "replace");
  }

  // The image under the pointer stays under it.
  function keepUnder(row, image, size) {
    const share = (image - row.view.first) / Math.max(1, row.view.end - row.view.first);
    const shown = page.fitRows(row.chart.images.length, size).view;
    keepFrom(row, image - share * (shown.end - shown.first));
  }

  // The first image of each window goes into the link, so that it shows the same images.
  function keepFrom(row, first) {
    const last = row.chart.images.length - 1;
    page.state.from.set(row.class.row, Math.min(Math.max(0, Math.round(first)), last));
    const pairs = [...page.state.from].filter(([, from]) => from > 0).map((pair) => pair.join("-"));
    page.chooseOption("from", pairs.length ? pairs.join(",") : null, "replace");
  }

  function panRows({ row }, by) {
    const shown = row.view.end - row.view.first;
    if (shown >= row.chart.images.length) return;
    const first = row.view.first + Math.ceil(shown / 8) * by;
    keepFrom(row, Math.min(first, row.chart.images.length - shown));
    page.redraw();
  }

  /** What a canvas of the page does: `id` names it. */
  page.actions = (id) => ({
    click,
    double,
    zoomRows,
    panRows,
    zoomed: canvas.zoomWriter("validation", page.chooseOption),
    hover: (pick) => hover(canvas.view(id), pick),
    overlay: (...drawing) => {
      page.overlay(...drawing);
      page.overlayAnomalies(...drawing);
    },
    open: (row) => (row.group ? page.toggleCluster(row.group.cluster) : row.class && page.toggle(row.class.row)),
    covered: () => document.querySelector(".validation-dock")?.offsetHeight ?? 0,
    brush: (range) => epochscope.select({ range }),
    step: (step) => epochscope.select({ step }, { history: "replace" }),
    escape: () => epochscope.select({ range: null }),
    describe: (row) => {
      const { data } = page.state;
      const { focus } = canvas.axisOf("validation");
      const name = row.class?.name ?? row.group?.name ?? "All classes";
      if (page.isDifference()) return `${name}, difference ${page.pointsAt(row.key, focus)} points`;
      const place = data.runs.findIndex(Boolean);
      const share = page.rowShareAt(row, place, canvas.cellAtFocus(data.runs[place]?.steps ?? [], focus));
      return `${name}, ${data.scale ? "score" : "error"} ${page.sayShare(share, data.scale)}`;
    },
  });
})();
