// What the faces of one run show: classes and rows in view, on axes from 0 to 1 that faces share.
(() => {
  const epochscope = (window.epochscope ||= {});
  const faces = (epochscope.faces ||= {});
  const NAME = 12; // pixels of a name

  /**
   * Classes of the matrix that have an anomaly iteration in a run: their places. Where mini-sets are
   * shown, only those that one of them touches, unless every class is asked for.
   */
  faces.classesOf = (run, { abstract, everyClass }) => {
    const touched = new Set(run.sets.flatMap(({ at }) => at));
    const shows = (at) => abstract || everyClass || touched.has(at);
    return run.classes.flatMap((one, place) => (one?.at.some(shows) ? [place] : []));
  };

  /** What stands in the rows: mini-sets {layer, size, set}, or layers {layer, size: 1}. */
  faces.rowsOf = (run, abstract) =>
    abstract
      ? run.rows.map((layer) => ({ layer, size: 1 }))
      : run.sets.map((set) => ({ layer: set.layer, size: set.filters.length, set }));

  /**
   * Axes of a scene. `frame` says what room there is: {abstract, depth, room, rows, most, from,
   * rowFrom, plain}: depth for the class strips, room for the columns, rows for the rows, in pixels.
   */
  faces.axes = (run, frame) => {
    const classes = faces.classesOf(run, frame);
    const shownMost = Math.max(1, Math.floor(frame.depth / NAME));
    const from = clamp(frame.from, 0, Math.max(0, classes.length - 1));
    const columns = fitColumns(run, classes, from, shownMost, frame);
    const sets = faces.rowsOf(run, frame.abstract);
    const rows = fitRows(sets, frame);
    return { ...columns, ...rows, all: classes, rowCount: sets.length };
  };

  const clamp = (value, low, high) => Math.min(Math.max(value || 0, low), high);

  function fitColumns(run, classes, asked, most, frame) {
    // Scrolled to the end, the last classes stay in view together.
    for (let from = asked; ; from -= 1) {
      const found = columnsFrom(run, classes, from, most, frame);
      const whole = from + found.classes.length >= classes.length;
      const room = from > 0 && whole && columnsFrom(run, classes, from - 1, most, frame);
      if (!room || room.classes.length <= found.classes.length) return found;
    }
  }

  function columnsFrom(run, classes, from, most, frame) {
    const list = classes.slice(from, from + most);
    const counts = list.map((place) => run.classes[place].at.length);
    if (frame.abstract) {
      const each = Math.max(18, Math.min(36, Math.floor(frame.room / Math.max(1, list.length))));
      const shown = list.slice(0, Math.max(1, Math.floor(frame.room / each)));
      const edges = shown.map((_, i) => i).concat(shown.length);
      return scaled(shown, from, { edges: edges.map((edge) => edge * each), columns: shown.map(() => []), each });
    }
    const fit = faces.fitClasses(counts, frame.room, frame.most ?? 10);
    return scaled(list.slice(0, fit.shown), from, faces.classAxis(counts.slice(0, fit.shown), fit));
  }

  function scaled(classes, from, axis) {
    const width = axis.edges.at(-1) || 1;
    return {
      classes, from, width,
      classEdges: axis.edges.map((edge) => edge / width),
      columns: axis.columns.map((column) => column.map((x) => x / width)),
      each: axis.each / width,
    };
  }

  function fitRows(sets, frame) {
    const rowFrom = clamp(frame.rowFrom, 0, Math.max(0, sets.length - 1));
    const list = sets.slice(rowFrom);
    if (frame.abstract) {
      const each = Math.max(14, Math.min(36, Math.floor(frame.rows / Math.max(1, sets.length))));
      const shown = Math.max(1, Math.min(list.length, Math.floor(frame.rows / each)));
      return normal(sets, faces.plainRows(list.slice(0, shown).map(({ layer }) => layer), each), rowFrom);
    }
    const fit = faces.fitRows(list, frame.rows);
    return normal(sets, faces.rowAxis(list.slice(0, fit.shown), fit), rowFrom);
  }

  function normal(sets, axis, rowFrom) {
    const height = axis.height || 1;
    const before = sets.slice(0, rowFrom).reduce((sum, { size }) => sum + size, 0);
    let row = before;
    const units = axis.units.map((unit) => {
      const first = row;
      row += unit.lines.length;
      return {
        key: rowFrom + unit.index, layer: unit.layer, set: sets[rowFrom + unit.index]?.set ?? null,
        a: unit.from / height, b: unit.to / height, first,
        lines: unit.lines.map(([from, to]) => [from / height, to / height]),
      };
    });
    const groups = axis.groups.map(({ layer, from, to }) => ({ layer, a: from / height, b: to / height }));
    return { units, groups, height: axis.height, rowFrom };
  }

  /** Every rectangle of the Correlation face: a set that is whole at an anomaly iteration of a class. */
  faces.rectanglesOf = (scene) =>
    scene.units.flatMap((unit) => {
      const steps = new Set(unit.set?.at);
      return scene.classes.flatMap((place, i) =>
        scene.run.classes[place].at.flatMap((step, j) => (steps.has(step) ? [{ unit, class: place, column: i, step, u: scene.columns[i][j] }] : [])),
      );
    });

  /** Share of the visible steps at which a recorded step stands, 0 to 1. */
  faces.shareOf = (scene, step) => (step - scene.domain[0]) / (scene.domain[1] - scene.domain[0]);

  /** Address of a mini-set in links: its layer and its filters. */
  faces.addressOf = (run, set) => `${run.layers[set.layer][0]}:${set.filters.join(".")}`;
})();
