// Two runs in one column of the Validation page: the error of the first less that of the second.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const { canvas, make, format } = epochscope;
  const SAME = 100; // the level of no difference; one error more in the first run is 200, in the second 0
  const shared = new WeakMap(); // by data: the cells of the steps that both runs recorded
  const differences = new WeakMap(); // by numbers of the first run: {second, data, cells}

  /** Cells of the steps that both runs recorded: {steps, cells: [[of the first, of the second], …]}. */
  page.sharedCells = function (data) {
    if (!shared.has(data)) {
      const [first, second] = data.runs.map(({ steps }) => steps);
      const places = new Map(second.map((step, cell) => [step, cell]));
      const cells = first.flatMap((step, cell) => (places.has(step) ? [[cell, places.get(step)]] : []));
      shared.set(data, { cells, steps: cells.map(([cell]) => first[cell]) });
    }
    return shared.get(data);
  };

  /** Whether the runs can be told apart in one column: two that predicted, at steps in common. */
  page.canDiffer = function (data) {
    if (!data || data.scale || data.runs.length !== 2 || !data.runs.every(Boolean)) return false;
    return page.sharedCells(data).steps.length > 0;
  };

  /** Whether one column shows the difference of two runs. */
  page.isDifference = () => page.option("mode") === "difference" && page.canDiffer(page.state.data);

  /**
   * First less second of two grids {numbers, top} with a row per image or one row, at the steps in
   * common; shares of right answers (`wrong` false) count the other way. null where a run has none.
   */
  page.differenceOf = function ([first, second], wrong = true) {
    if (!first || !second) return null;
    const known = differences.get(first.numbers);
    if (known?.second === second.numbers && known.data === page.state.data) return known.cells;
    const cells = { numbers: subtract(first, second, wrong ? 1 : -1), top: 2 * SAME };
    differences.set(first.numbers, { second: second.numbers, data: page.state.data, cells });
    return cells;
  };

  function subtract(first, second, sign) {
    const { runs } = page.state.data;
    const { cells } = page.sharedCells(page.state.data);
    const [across, other] = runs.map(({ steps }) => steps.length);
    const rows = first.numbers.length / across;
    const [gone, goneToo] = [first, second].map(({ numbers }) => canvas.missingOf(numbers));
    const found = new Uint8Array(rows * cells.length).fill(canvas.MISSING);
    for (let row = 0; row < rows; row += 1) {
      cells.forEach(([at, too], i) => {
        const one = first.numbers[row * across + at];
        const two = second.numbers[row * other + too];
        if (one === gone || two === goneToo) return;
        found[row * cells.length + i] = Math.round(SAME * (1 + sign * (one / first.top - two / second.top)));
      });
    }
    return found;
  }

  /** A spec of two runs as one column that shows their difference. */
  page.differing = function (spec) {
    if (!page.isDifference()) return spec;
    const { data } = page.state;
    const { steps } = page.sharedCells(data);
    const [column] = spec.columns;
    const lost = spec.columns.flatMap((one) => one.lost);
    const growing = spec.columns.some((one) => one.growing);
    return {
      ...spec,
      columns: [{ ...column, key: "difference", steps, edges: canvas.edgesOf(steps), growing, lost }],
      rows: spec.rows.map((row) => ({ ...row, triangles: undefined, ...ofBoth(row) })),
    };
  };

  const ofBoth = (row) => {
    if (row.kind === "curve") return { data: [row.data.flat()] };
    if (row.kind === "stripe") return { data: [page.differenceOf(row.data)], table: "difference", absent: "not in both runs" };
    if (row.kind !== "pixels") return { data: row.data.slice(0, 1) };
    const shares = page.state.data.runs.map((_, place) => page.cells(row.chart.runs[place]?.shares ?? null));
    return { data: [page.differenceOf(shares, false)], table: "difference", codes: false, absent: "not in both runs" };
  };

  /** A cell of a difference in words: points, with the sign of the first run. */
  page.sayPoints = function (cells, cell) {
    const number = cells && cell >= 0 ? cells.numbers[cell] : canvas.MISSING;
    if (number === canvas.MISSING) return "–";
    const points = number - SAME;
    return `${points > 0 ? "+" : points < 0 ? "−" : ""}${Math.abs(points)}`;
  };

  /** What stands at the right of a row: the difference at the focus step, in points. */
  page.pointsAt = function (key, focus) {
    const views = ["validation-head", "validation-rows"].map((id) => canvas.view(id));
    const row = views.flatMap((view) => view?.spec?.rows ?? []).find((one) => one.key === key);
    return page.sayPoints(row?.data[0], canvas.cellAtFocus(page.sharedCells(page.state.data).steps, focus));
  };

  /** Over the column: which run is taken from which. */
  page.differenceTitle = function ({ spec, width }) {
    const [first, second] = page.state.chosen;
    const words = ["Error: ", dot(0), make("b", { text: first }), " less ", dot(1), make("b", { text: second })];
    const title = make("span", { class: "o run" }, words);
    title.style.maxWidth = `${spec.columns[0].width}px`;
    return canvas.put(title, { left: spec.columns[0].x, top: 1 }, width);
  };

  const dot = (place) => make("span", { class: `dot run-${place + 1}` });

  /** The colours of a difference, each end that of the run with the higher error. */
  page.differenceLegend = function () {
    const [first, second] = page.state.chosen;
    const end = (place, name) => make("span", { class: "leg" }, dot(place), `more wrong in ${name}`);
    const ramp = make("span", { class: "leg" }, "100 points", make("i", { class: "ramp difference" }), "100");
    return [end(1, second), ramp, end(0, first)];
  };

  /** The page in words, where one column shows the difference. */
  page.sayDifferences = function (data, classes, focus) {
    const { steps } = page.sharedCells(data);
    const cell = canvas.cellAtFocus(steps, focus);
    const points = (payloads) => page.sayPoints(page.differenceOf(payloads.map((one) => page.cells(one))), cell);
    const read = classes.slice(0, 30).map((one) => `${one.name} ${points(one.strips)}`);
    const all = points(data.runs.map(({ overall }) => overall));
    const [first, second] = data.runs.map(({ name }) => name);
    const step = cell < 0 ? "before the first step in common" : `at step ${format(steps[cell])}`;
    return `Error of ${first} less that of ${second} in points, ${steps.length} steps in common, ${step}: all classes ${all}; ${read.join(", ")}.`;
  };
})();
