// What hover, click, wheel and keys do on the filters of a layer.
(() => {
  const epochscope = (window.epochscope ||= {});
  const filters = (epochscope.layersFilters ||= {});
  const page = (epochscope.layers ||= {});
  const clientside = (window.dash_clientside ||= {});
  const { canvas, make, format } = epochscope;
  const PAUSE = 60; // milliseconds that the pointer rests before the server is asked
  let asking = null;
  let known = null; // what the server said of the filter that was hovered last

  const rowSize = (row) => row.height / Math.ceil((row.view.end - row.view.first) / row.view.band);
  const cutAt = (row, y) => Math.min(row.chart.cut.length - 1, Math.floor((y - row.y) / row.pitch));

  /** The filters under the pointer: one, or those that share a row. */
  filters.picked = ({ row, image, y }) => (row.view ? filters.filtersAt(row, image) : [row.chart.cut[cutAt(row, y)]]);

  /** Open the page of a filter; its step becomes the focus step. */
  filters.open = function (layer, filter, step) {
    const patch = { filters: [`${layer}:${filter}`] };
    if (step !== null && step !== undefined) patch.step = step;
    epochscope.select(patch);
  };

  /** Add a step to the picked ones, or take it out. */
  filters.pickStep = function (step) {
    const { picks = [] } = epochscope.selection();
    const kept = picks.includes(step) ? picks.filter((one) => one !== step) : [...picks, step].sort((a, b) => a - b);
    epochscope.select({ picks: kept.length ? kept : null });
  };

  function click(pick, event) {
    if (event?.shiftKey && pick.step !== null) filters.pickStep(pick.step);
    else filters.open(pick.row.chart.layer, filters.picked(pick)[0], pick.step);
  }

  /** Ask what is known of a filter at a step; answered in `hovered`. */
  filters.askFacts = function (ask) {
    if (filters.keyOf(ask) === known?.key) return;
    clearTimeout(asking);
    asking = setTimeout(() => epochscope.emit("layers-filters-hover", { data: ask }), PAUSE);
  };

  filters.keyOf = ({ run, layer, filter, step }) => [run, layer, filter, step].join("|");

  /** Lines of a tooltip from what the server knows of a filter at a step. */
  filters.factLines = function (ask) {
    if (known?.key !== filters.keyOf(ask)) return [["…"]];
    const { change, relative, value, label, rank, of, kernels, note } = known;
    const numbers = [];
    if (label !== "1 − cosine" && label !== "relative change" && label) numbers.push([`${label} `, { b: format(value) }]);
    numbers.push(["1 − cosine ", { b: format(change) }, " · relative L2 ", { b: format(relative) }]);
    if (rank) numbers.push(["rank ", { b: format(rank) }, ` of ${format(of)}`]);
    return [...numbers, ...(kernels ? [[filters.kernelStrip(kernels), `  ${kernels.words}`]] : note ? [[note]] : [])];
  };

  function hover(pick) {
    const { row, step, column } = pick;
    const found = filters.picked(pick);
    const { place } = canvas.view("layers-rows").spec.columns[column];
    const name = found.length > 1 ? `Filters ${found[0]} to ${found.at(-1)}, averaged` : `Filter ${found[0]}`;
    const head = [{ b: name }, ` of ${row.chart.layer}`, ...(step === null ? [] : [" at step ", { b: format(step) }])];
    const run = page.state.chosen?.[place];
    if (found.length > 1 || step === null || !run || !row.data[column]) return [head];
    const ask = { run, layer: row.chart.layer, filter: found[0], step, quantity: filters.option("quantity") };
    filters.askFacts(ask);
    const marks = filters.marksOf(row.chart.runs[place], found[0]);
    return [head, ...filters.factLines(ask), ...(marks.length ? [[marks.join(", ")]] : [])];
  }

  const WORDS = { frozen: "frozen: never moves", decay_only: "decay only", inactive: "inactive: zero for every image", over_active: "over-active" };

  /** The marks of a filter in a run, in words. */
  filters.marksOf = (run, filter) => Object.entries(run?.marks ?? {}).filter(([, found]) => found.includes(filter)).map(([name]) => WORDS[name]);

  function zoomRows({ row }, by) {
    filters.choose("filter-height", String(Math.min(15, Math.max(1, Math.round(rowSize(row)) + by))), "replace");
  }

  /** What a row of filters does. */
  filters.actions = {
    click, hover, zoomRows,
    open: (row) => filters.open(row.chart.layer, row.chart.rows[0]),
    describe: (row) => filters.sayChart(row.chart),
  };

  /** Take what the server knows of the hovered filter, and complete the tooltip that is still shown. */
  clientside.layersFilters.hovered = function (facts) {
    if (!facts) return clientside.no_update;
    known = facts;
    for (const id of ["layers-rows", "layers-top-rows"]) {
      const view = canvas.view(id);
      if (view?.hover?.row.on) canvas.tip(view, view.hover.row.on.hover(view.hover), view.hover.x, view.hover.y);
    }
    return facts.key;
  };

  /** Kernels as small pictures side by side; a bar where each is a single number. */
  filters.kernelStrip = function ({ cells, height, width, count }, size = 20) {
    const numbers = canvas.unpack(cells);
    const single = height * width === 1;
    const across = single ? Math.min(count, 64) : count;
    const element = make("canvas", { class: "kernels", "aria-hidden": "true" });
    filters.paintKernels(element, { numbers, height, width, count, across }, single ? 3 : size / Math.max(height, width));
    return element;
  };

  /** Paint `count` kernels, `across` in a row, each number `size` pixels wide. */
  filters.paintKernels = function (element, { numbers, height, width, count, across }, size) {
    const gap = height * width === 1 ? 0 : 1;
    const ratio = window.devicePixelRatio || 1;
    const tall = height * width === 1 ? Math.max(10, size * 3) / size : height;
    const [wide, high] = [width * size + gap, tall * size + gap];
    const down = Math.ceil(count / across);
    element.width = Math.round(across * wide * ratio);
    element.height = Math.round(down * high * ratio);
    Object.assign(element.style, { width: `${across * wide}px`, height: `${down * high}px` });
    const context = element.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { token } = epochscope;
    const stops = [token("--neg"), token("--sunken"), token("--pos")];
    const bad = `rgb(${token("--bad").join(",")})`;
    for (let at = 0; at < count; at += 1) {
      const [left, top] = [(at % across) * wide, Math.floor(at / across) * high];
      for (let cell = 0; cell < height * width; cell += 1) {
        const level = numbers[at * height * width + cell];
        context.fillStyle = level > canvas.LEVELS ? bad : `rgb(${canvas.colorAt(stops, level / canvas.LEVELS).join(",")})`;
        const y = tall === height ? top + Math.floor(cell / width) * size : top;
        context.fillRect(left + (cell % width) * size, y, size, tall === height ? size : tall * size);
      }
    }
    element.dataset.drawn = String(Number(element.dataset.drawn || 0) + 1);
  };
})();
