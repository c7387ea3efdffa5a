// Where everything on the Validation page stands: columns of runs, rows of classes and images.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const PAD = 14;
  const NARROWEST = 240; // a narrower column makes the runs tabs
  const CLASS_ROW = 27;
  const STRIP = 12;
  const CLUSTER_ROW = 26;
  const CLUSTER_STRIP = 16;
  const MORE_ROW = 32;
  const EDGE = 8; // above and below a pixel chart, where its triangles stand
  const LANE = 12;
  const TALLEST = 420; // of a pixel chart: beyond, it is a window on its images
  const SHORTEST = 176; // what the inspector beside it needs
  Object.assign(page, { PAD, CLASS_ROW, STRIP, LANE });

  /** Columns of `runs` side by side: {gutter, tabs, columns: [{x, width, right}]}. */
  page.geometry = function (width, runs) {
    const wide = width >= 620;
    const gutter = wide ? (runs > 1 ? 190 : 196) : 116;
    if (runs === 1) return { gutter, tabs: false, columns: columnsOf(width, gutter, [wide ? 86 : 52]) };
    const spread = (between) => [...Array(runs - 1).fill(between), 74];
    for (const rights of [spread(58), spread(44)]) {
      const columns = columnsOf(width, gutter, rights);
      if (columns[0].width >= NARROWEST) return { gutter, tabs: false, columns };
    }
    return { gutter, tabs: true, columns: columnsOf(width, gutter, [wide ? 86 : 52]) };
  };

  function columnsOf(width, gutter, rights) {
    const gaps = 10 * (rights.length - 1);
    const rest = width - 2 * PAD - gutter - gaps - rights.reduce((sum, right) => sum + right, 0);
    const each = Math.max(40, Math.floor(rest / rights.length));
    let x = PAD + gutter;
    return rights.map((right) => {
      const column = { x, width: each, right };
      x += each + right + 10;
      return column;
    });
  }

  /**
   * Classes found by a search, in the order `sort`: "recorded", "name", "easy" (by mean error) or one
   * of `readers`, which give the number to sort by. What is not known stands last, equals as recorded.
   */
  page.sortClasses = function (classes, { sort, search, readers = {} }) {
    const wanted = (search || "").trim().toLowerCase();
    const found = classes.filter(({ name }) => name.toLowerCase().includes(wanted));
    const byRow = (a, b) => a.row - b.row;
    if (sort === "name") return found.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }) || byRow(a, b));
    const key = sort === "recorded" ? ({ row }) => row : readers[sort] ?? (({ mean }) => mean);
    const ranked = found.map((one) => [key(one) ?? Number.MAX_VALUE, one]);
    return ranked.sort((a, b) => a[0] - b[0] || byRow(a[1], b[1])).map(([, one]) => one);
  };

  /**
   * How the rows of a pixel chart are shown: {height, view: {first, end, band}}. `wanted` is the
   * row height asked for, 0 to fit; `from` is the first row of the window, where not all fit.
   */
  page.fitRows = function (count, wanted, from = 0) {
    if (count === 0) return { height: 0, view: { first: 0, end: 0, band: 1 } };
    const fitting = Math.min(15, Math.max(2, Math.ceil(SHORTEST / count)));
    const all = { first: 0, end: count };
    const size = wanted || (count * fitting <= TALLEST ? fitting : Math.floor(TALLEST / count));
    if (size < 1 || (size === 1 && count > TALLEST)) {
      const band = Math.ceil(count / TALLEST);
      return { height: Math.ceil(count / band), view: { ...all, band } };
    }
    if (count * size <= TALLEST) return { height: count * size, view: { ...all, band: 1 } };
    const shown = Math.floor(TALLEST / size);
    const first = Math.min(Math.max(0, Math.round(from)), count - shown);
    return { height: shown * size, view: { first, end: first + shown, band: 1 } };
  };

  /** The rows above the classes: {rows, height, top} of the sticky head. */
  page.headRows = function (parts, titles) {
    const top = titles ? 24 : 4;
    const curve = { y: top + 17, height: 40 };
    const axis = curve.y + curve.height + 2;
    const rows = [
      { key: "rate", kind: "segments", y: top, height: 13, data: parts.stages, brush: true },
      { key: "curve", kind: "curve", ...curve, data: parts.lines, ...parts.scale, brush: true },
      { key: "axis", kind: "axis", y: axis, height: 18, data: parts.stages.map(() => []), quiet: true },
      { key: "overall", kind: "stripe", y: axis + 20, height: 16, data: parts.overall, brush: true,
        words: "not finite",
        table: parts.table, absent: parts.absent },
    ];
    return { rows, height: axis + 20 + 16 + 5, top };
  };

  /**
   * The rows of groups of classes: a strip of each cluster, below an open one its classes, an open
   * class followed by its images and its lanes: {rows, height, mores: where more are hidden}.
   */
  page.classRows = function (groups, parts) {
    const rows = [];
    const mores = [];
    let y = 0;
    for (const group of groups) {
      if (group.cluster !== null) {
        const place = { key: `cluster-${group.cluster}`, kind: "stripe", y: y + (CLUSTER_ROW - CLUSTER_STRIP) / 2, height: CLUSTER_STRIP };
        rows.push({ ...place, data: parts.mean(group), table: parts.table, opens: true, brush: true, group, absent: parts.absent });
        y += CLUSTER_ROW;
      }
      for (const one of group.listed) y = rowsOf(rows, y, one, parts);
      if (group.hidden) mores.push({ cluster: group.cluster, hidden: group.hidden, y: y + 2 });
      if (group.hidden) y += MORE_ROW;
    }
    return { rows, mores, height: Math.max(y, CLASS_ROW) + 6 };
  };

  function rowsOf(rows, y, one, parts) {
    rows.push({
      key: `class-${one.row}`, kind: "stripe", y: y + (CLASS_ROW - STRIP) / 2, height: STRIP, data: parts.strips(one),
      table: parts.table, opens: true, brush: true, class: one, absent: parts.absent, triangles: parts.triangles(one),
    });
    const below = y + CLASS_ROW;
    return parts.isOpen(one) ? openedRows(rows, below, one, parts) : below;
  }

  function openedRows(rows, y, one, parts) {
    const chart = parts.chart(one);
    if (!chart) {
      rows.push({ key: `wait-${one.row}`, kind: "wait", y: y + 1, height: SHORTEST, data: [], class: one, quiet: true });
      return y + SHORTEST + 10;
    }
    const fit = page.fitRows(chart.images.length, parts.rowHeight, parts.from(one));
    rows.push({
      key: `pixels-${one.row}`, kind: "pixels", y: y + EDGE, height: fit.height, view: fit.view, chart,
      class: one, ...parts.cells(chart), triangles: parts.triangles(one),
    });
    const below = y + 2 * EDGE + Math.max(fit.height, chart.labels.length ? SHORTEST - 40 : SHORTEST);
    const lanes = parts.lanes(chart);
    if (!lanes) return below + 8;
    rows.push({ key: `lanes-${one.row}`, kind: "lanes", y: below + 3, height: 4 * LANE, class: one, chart, brush: true, ...lanes });
    return below + 3 + 4 * LANE + 8;
  }
})();
