// What Correlation and Cube show now, as the link, the server and the pointer have it.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.correlation ||= {});
  const { canvas } = epochscope;
  const faces = (epochscope.faces ||= {});

  page.state = {
    matrix: null, strips: null, lift: null, suggested: null, selection: {}, focus: null, range: null,
    hover: null, scenes: [], frozen: false,
  };

  /** An option of the page in the link. */
  page.option = (name, otherwise) => page.state.selection.options?.[`correlation.${name}`] ?? otherwise;

  /** Whether the Cube page is open. */
  page.isCube = () => Boolean(document.querySelector('[data-page="cube"]'));

  /** Whether layers × classes are shown in place of mini-sets. */
  page.isAbstract = () => !page.isCube() && page.option("version") === "abstract";

  /** How the faces stand and are coloured. */
  page.view = () => ({
    abstract: page.isAbstract(),
    layout: page.isCube() && page.state.selection.options?.["cube.layout"] !== "flat" ? "cube" : !page.isCube() && page.option("layout") === "corner" ? "corner" : "unfolded",
    color: page.option("color") === "lift" ? "lift" : "count",
    everyClass: page.option("shown") === "all",
    palette: page.option("palette") === "paper" ? "paper" : "safe",
    from: Number(page.option("from")) || 0,
    rowFrom: Number(page.option("row")) || 0,
    angle: faces.angleOf(page.state.selection.options?.["cube.angle"]),
    range: page.state.range,
    names: page.state.matrix.classes.map(({ name }) => name),
  });

  /** Take what the server sent: numbers unpacked, names beside them. */
  page.adopt = (matrix) => {
    for (const run of matrix?.runs ?? []) {
      if (!run || run.grid) continue;
      const numbers = canvas.unpack(run.shares);
      run.grid = { numbers, columns: run.steps.length, top: run.shares.top };
      run.cells = run.counts && { numbers: canvas.unpack(run.counts) };
    }
    return matrix;
  };

  /** What the faces of the run at `place` are painted from: errors, lift, scores. */
  page.dataOf = (place) => {
    const { matrix, strips } = page.state;
    const run = matrix.runs[place];
    const strip = strips?.runs[place];
    if (strip && !strip.grid) {
      strip.grid = { numbers: canvas.unpack(strip.errors), columns: run.steps.length, top: strip.errors.top };
    }
    // Looked up when it is read: what was compared with chance comes after the matrix is drawn.
    const found = () => (page.state.lift?.key === matrix.key ? unpackLift(page.state.lift.runs[place]) : null);
    const read = (what) => (row, class_) => found() && what(found(), row * stacked + class_);
    const stacked = matrix.classes.length;
    const rowOf = (class_) => strip?.places[matrix.classes[class_].row] ?? -1;
    const scoreOf = ({ left, right, images }) => Math.max(epochscope.largest(left), epochscope.largest(right)) / images;
    return {
      errors: strip?.grid ?? null,
      rowOf,
      score: epochscope.largest(run.classes.map((one) => (one ? scoreOf(one) : 0))),
      meanOf: (class_) => meanOf(strip?.grid, rowOf(class_)),
      errorAt: (class_, at) => levelAt(strip?.grid, rowOf(class_), at),
      liftAt: read(({ observed, expected }, cell) => (observed[cell] + 1) / (expected[cell] + 1)),
      observedAt: read(({ observed }, cell) => observed[cell]),
      expectedAt: read(({ expected }, cell) => expected[cell]),
      beyondAt: read(({ beyond }, cell) => beyond.has(cell)),
      /** How many pairs of a row and a class there are, where they are too many to compare with chance; else 0. */
      get tooMany() {
        return (page.state.lift?.key === matrix.key && page.state.lift.runs[place]?.pairs) || 0;
      },
      get beyond() {
        return found() ? found().beyond.size : null;
      },
    };
  };

  function unpackLift(packed) {
    if (!packed?.observed) return null;
    packed.found ??= {
      observed: canvas.unpack(packed.observed),
      expected: new Float32Array(epochscope.decode(packed.expected).slice().buffer),
      beyond: new Set(packed.beyond),
    };
    return packed.found;
  }

  function levelAt(grid, row, at) {
    if (!grid || row < 0 || at < 0 || at >= grid.columns) return null;
    const number = grid.numbers[row * grid.columns + at];
    return number === canvas.missingOf(grid.numbers) ? null : number / grid.top;
  }

  function meanOf(grid, row) {
    if (!grid || row < 0) return null;
    let sum = 0;
    let count = 0;
    for (let at = 0; at < grid.columns; at += 1) {
      const level = levelAt(grid, row, at);
      if (level !== null) [sum, count] = [sum + level, count + 1];
    }
    return count ? sum / count : null;
  }

  /** Pins of the link, as a scene of a run names them. */
  page.pinsOf = (run) => {
    const { classes = [], layers = [], minisets = [], picks = [] } = page.state.selection;
    const places = page.state.matrix.classes.flatMap(({ id }, place) => (classes.includes(id) ? [place] : []));
    const sets = run.sets.flatMap((set, key) => (minisets.includes(faces.addressOf(run, set)) ? [key] : []));
    const named = run.layers.flatMap(([name], layer) => (layers.includes(name) ? [layer] : []));
    return { classes: new Set(places), units: new Set(page.isAbstract() ? [] : sets), layers: new Set(named), steps: picks };
  };

  /** The hover of one run, as the scene of another names it: by class, layer, filters and step. */
  page.translate = (hover, run) => {
    if (!hover || hover.run === run) return hover;
    const name = hover.layer === null || hover.layer === undefined ? null : hover.run.layers[hover.layer][0];
    const layer = name === null ? null : run.layers.findIndex(([other]) => other === name);
    const address = hover.unit !== null && hover.unit !== undefined && hover.run.sets[hover.unit] && faces.addressOf(hover.run, hover.run.sets[hover.unit]);
    const unit = address ? run.sets.findIndex((set) => faces.addressOf(run, set) === address) : null;
    const steps = run.steps;
    const at = hover.step === null ? -1 : canvas.newestAt(steps, hover.step);
    return { ...hover, layer: layer < 0 ? null : layer, unit: unit < 0 ? null : unit, step: at < 0 ? null : steps[at] };
  };

  /** What is pinned as [class place, step] pairs of anomaly iterations; none without pins. */
  page.pinnedPairs = () => {
    const { matrix } = page.state;
    const found = new Map();
    for (const run of matrix?.runs ?? []) {
      if (!run) continue;
      const { classes, units, layers, steps } = page.pinsOf(run);
      if (!classes.size && !units.size && !layers.size && !steps.length) continue;
      const sets = [...units].map((key) => new Set(run.sets[key].at));
      run.classes.forEach((one, place) => {
        if (!one || (classes.size && !classes.has(place))) return;
        for (const at of one.at) {
          const step = run.steps[at];
          if (steps.length && !steps.includes(step)) continue;
          if (sets.length && !sets.some((set) => set.has(at))) continue;
          if (!classes.size && !steps.length && !sets.length) continue;
          if (!found.has(step)) found.set(step, new Set());
          found.get(step).add(matrix.classes[place].row);
        }
      });
    }
    return [...found].sort((a, b) => a[0] - b[0]).map(([step, rows]) => [step, [...rows]]);
  };
})();
