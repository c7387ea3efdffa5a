// Builds what the two canvases of the Validation page show from what the server sent.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const { canvas } = epochscope;

  /** What the page shows now: sent data, options of the link, and what stays in the browser. */
  page.state = { data: null, charts: [], answers: null, anomalies: null, clusters: null, options: {}, search: "", only: false, more: new Map(), from: new Map(), picks: [] };

  /** An option of this page in the link. */
  page.option = (name) => page.state.options[`validation.${name}`];

  /** Rows of the open classes, as the link has them. */
  page.openRows = (options) =>
    [...new Set((options["validation.open"] || "").split(",").filter((part) => /^\d{1,6}$/.test(part)))].map(Number);

  /** First images of the windows on large classes, by row, as the link has them: "3-120,5-40". */
  page.windowsOf = (options) =>
    new Map([...(options["validation.from"] || "").matchAll(/(\d{1,6})-(\d{1,9})/g)].map((found) => found.slice(1).map(Number)));

  /** Places of the runs that stand side by side at this width; one where the runs are tabs. */
  page.places = function (width) {
    const runs = page.state.data.runs.length;
    const geometry = page.geometry(width, page.isDifference() ? 1 : runs);
    const all = Array.from({ length: runs }, (_, place) => place);
    if (!geometry.tabs) return { ...geometry, shown: all };
    const tab = Math.min(runs - 1, Math.max(0, Number(page.option("run")) || 0));
    return { ...geometry, shown: [tab] };
  };

  /** The steps that all runs of the page span, shown or not. */
  page.span = () => canvas.spanOfRuns(page.state.data.runs);

  /** Groups of classes as the panel asks for them. */
  page.listed = function () {
    const { data, search, clusters } = page.state;
    const { focus, range } = canvas.axisOf("validation");
    const sort = page.option("sort") ?? page.usualSort();
    const errors = (name) => (one) => page.errorsOf(one, data.runs, focus, range)[name];
    const readers = {
      focus: errors("focus"), final: errors("final"), change: errors("change"),
      peak: ({ row }) => -page.peakOf(row), similarity: ({ row }) => clusters?.ranks[row],
    };
    const found = page.sortClasses(data.classes, { sort: "recorded", search });
    return page.groupsOf(found, (members) => page.sortClasses(members, { sort, search: "", readers }));
  };

  /** How classes stand until the link says else: from easy to hard, very many by their peaks. */
  page.usualSort = () => (page.state.data?.classes.length > 2 * page.LISTED ? "peak" : "easy");

  // A run without any results has no rows: undefined; a run without this class has an empty one.
  const pick = (places, list) =>
    places.shown.map((place) => (page.state.data.runs[place] ? list[place] ?? null : undefined));

  /** The spec of the head: learning rate, curve, axis and the strip of all classes. */
  page.headSpec = function (width) {
    const { data } = page.state;
    const places = page.places(width);
    const { rows, height, top } = page.headRows(
      {
        stages: places.shown.map((place) => data.runs[place]?.stages ?? []),
        lines: places.shown.map((place) => linesOf(data.runs[place], place)),
        scale: curveScale(data),
        overall: places.shown.map((place) => page.cells(data.runs[place]?.overall)),
        table: data.scale ? "sequential" : "error",
        absent: page.nothing(data),
      },
      data.runs.length > 1,
    );
    return page.differing({
      axis: "validation", span: page.span(), height, columns: canvas.columnsOf(places, data.runs), rows, places,
      lines: [top, height],
    });
  };

  /** What a run without results says in its rows. */
  page.nothing = (data) => (data.scale ? "no scores in this run" : "no predictions in this run");

  function linesOf(run, place) {
    return (run?.lines ?? []).map((line) => ({
      ...line,
      bad: run.bad,
      color: `run-${place + 1}`,
      dash: line.name === "validation" ? [5, 3] : [],
      width: line.name === "validation" ? 1.8 : 1.2,
      opacity: line.name === "validation" ? 1 : 0.75,
    }));
  }

  function curveScale(data) {
    const values = data.runs.flatMap((run) => (run?.lines ?? []).flatMap((line) => line.values));
    const known = values.filter((value) => value !== null);
    const high = Math.max(...known, data.scale ? data.scale.low : 0.01);
    const low = data.scale ? Math.min(...known, data.scale.low) : 0;
    const top = data.scale ? Math.min(high, data.scale.high + (data.scale.high - low) * 0.1) : high;
    if (low < 0 || data.scale) return { scale: [low, top > low ? top : low + 1], ticks: [low, top] };
    return { scale: [0, Math.min(1, top * 1.04)], ticks: canvas.scaleTicks(Math.min(1, top)) };
  }

  /** The spec of the classes: a strip each, and images and lanes of the open ones. */
  page.rowsSpec = function (width) {
    const { data, charts, options, from } = page.state;
    const places = page.places(width);
    const open = page.openRows(options);
    const groups = page.listed();
    const { rows, height, mores } = page.classRows(groups, {
      table: data.scale ? "sequential" : "error",
      strips: (one) => pick(places, one.strips).map(cellsIfAny),
      isOpen: (one) => open.includes(one.row),
      chart: (one) => charts.find(({ row }) => row === one.row),
      rowHeight: page.rowHeight(),
      from: (one) => from.get(one.row) ?? 0,
      cells: (chart) => cellsOf(chart, places),
      lanes: (chart) => (page.isDifference() ? null : lanesOf(chart, places)),
      mean: ({ members }) => places.shown.map((place) => (data.runs[place] ? page.meanCells(members, place) : undefined)),
      triangles: (one) => (column) => page.trianglesOf(one.row, places.shown[column]),
      absent: "not in this run",
    });
    return page.differing({
      axis: "validation", span: page.span(), height, columns: canvas.columnsOf(places, data.runs), rows, places,
      lines: [0, height - 4], pinned: page.pinned(rows), groups, mores,
    });
  };

  /** Row height that the link asks for, 1 to 15 pixels; 0 where the chart is to fit. */
  page.rowHeight = function () {
    const asked = Number(page.option("height"));
    return Number.isInteger(asked) && asked >= 1 && asked <= 15 ? asked : 0;
  };

  const cellsIfAny = (payload) => (payload === undefined ? undefined : page.cells(payload));

  function cellsOf(chart, places) {
    const predicted = page.option("color") === "predicted" && chart.runs.some((run) => run?.codes);
    const runs = pick(places, chart.runs);
    if (predicted) {
      return { codes: true, table: "labels", data: runs.map((run) => run && page.cells(run.codes)) };
    }
    const table = chart.scale ? "sequential" : "right";
    return { table, data: runs.map((run) => run && page.cells(run.shares)) };
  }

  // With an image pinned, the lanes are its own confusions; else those of the whole class.
  function lanesOf(chart, places) {
    const pinned = page.answersOf(chart);
    const runs = pinned ? pinned.runs : chart.runs;
    const labels = pinned ? pinned.lanes : chart.labels.slice(0, 3);
    if (!labels.length) return null;
    const data = pick(places, runs).map((run) => {
      const cells = run && page.cells((pinned ? run.shares : run.lanes) ?? null);
      return cells && { ...cells, tables: ["share-right", ...labels.map(() => "share-wrong")] };
    });
    return { labels, data, height: (labels.length + 1) * page.LANE };
  }

  /** The answers to the pinned image, where it is one of this chart's. */
  page.answersOf = function (chart) {
    const { answers, images } = page.state;
    if (!answers || Number(answers.row) !== chart.row) return null;
    return images?.at(-1) === answers.image ? answers : null;
  };

  /** Where the pinned image stands among the rows: {key, image}; null where it is not shown. */
  page.pinned = function (rows) {
    const image = page.state.images?.at(-1);
    if (image === undefined) return null;
    for (const row of rows) {
      const place = row.kind === "pixels" ? page.placeOf(row.chart, image) : -1;
      if (place >= 0) return { key: row.key, image: place };
    }
    return null;
  };

  /** Row of an image in a chart whose rows may be bands; -1 where it is none of them. */
  page.placeOf = (chart, image) => chart.images.indexOf(image);
})();
