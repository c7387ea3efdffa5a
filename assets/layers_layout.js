// Where everything on the Layers page stands: graph, bars, charts and what is opened below them.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.layers ||= {});
  const PAD = 14;
  const RIGHT = 72;
  const NARROWEST = 150; // a narrower column makes the runs tabs
  const LANE = 7;
  const APART = 62; // two graphs
  const SLOT = 5; // of the graph, at least
  const TALLEST_SLOT = 30;
  const TALL = new Set(["box", "ratio", "heat"]);
  const WIDTHS = [10, 6, 3]; // module, block, layer
  Object.assign(page, { PAD, WIDTHS });

  /**
   * Places across: {graph, left, tabs, columns: [{x, width, right}]}. graph is null where there is no
   * room; else x of nodes, bars by rank, links and the bars before the charts.
   */
  page.geometry = function (width, runs, { graphs = 1, lanes = 1 } = {}) {
    const wide = width >= 760;
    const shift = (graphs - 1) * APART + (Math.min(3, Math.max(1, lanes)) - 1) * LANE;
    const start = wide ? shift : -172;
    const bars = { charts: [186, 199, 207].map((x) => x + start), chevron: 212 + start, name: 227 + start };
    const graph = !wide ? null : {
      names: 48, node: 74 + shift, lane: LANE, apart: APART, bars: [114, 104, 97].map((x) => x + shift),
      links: [125 + shift, 186 + shift],
    };
    const left = 366 + start;
    const right = runs > 1 ? 62 : RIGHT;
    const columns = columnsOf(width, left, runs, right);
    const tabs = runs > 1 && columns[0].width < NARROWEST;
    return { graph, ...bars, left, tabs, columns: tabs ? columnsOf(width, left, 1, RIGHT) : columns };
  };

  function columnsOf(width, left, runs, right) {
    const each = Math.max(40, Math.floor((width - left - PAD - right * runs - 10 * (runs - 1)) / runs));
    return Array.from({ length: runs }, (_, place) => ({ x: left + place * (each + right + 10), width: each, right }));
  }

  /** Heights of rows on a screen so tall: {row, gap, tall, ratio}. */
  page.heights = (screen) =>
    screen >= 1000 ? { row: 29, gap: 7, tall: 48, ratio: 52 } : { row: 24, gap: 5, tall: 40, ratio: 40 };

  /**
   * Rows of the charts, each with what is opened below it: {rows, height, charts: [{place, y, height}]}.
   * parts: chart(place) gives a row without y and height, opened(place) {height, rows} or null,
   * height(place) undefined for the usual height.
   */
  page.layRows = function (places, sizes, parts) {
    const rows = [];
    const charts = [];
    let y = 4;
    for (const place of places) {
      const chart = parts.chart(place);
      const height = parts.height?.(place) ?? (TALL.has(chart.type) ? sizes.tall : sizes.row);
      rows.push({ ...chart, y, height });
      const found = { place, y, height };
      y += height + sizes.gap;
      const opened = parts.opened(place);
      if (opened) {
        for (const row of opened.rows) rows.push({ ...row, y: row.y + y });
        y += opened.height + sizes.gap;
        found.height = y - sizes.gap - found.y;
      }
      charts.push(found);
    }
    return { rows, charts, height: y + 4 };
  };

  /** Length of one slot of a graph that has `height` pixels for `slots`. */
  page.slotHeight = (slots, height) => (slots < 2 ? 0 : Math.min(TALLEST_SLOT, Math.max(SLOT, (height - 24) / (slots - 1))));

  /** Height that a graph needs at least. */
  page.graphHeight = (slots) => 24 + Math.max(0, slots - 1) * SLOT;

  /** Where each level of a graph begins and ends: places of levels to [top, end], in pixels. */
  page.spansOf = function (levels, graph, slot, top) {
    const spans = new Map();
    const half = Math.min(6, slot * 0.6 || 6) / 2;
    for (const [kind, place, at] of graph.nodes) {
      if (kind !== "layer" || place < 0) continue;
      const span = [top + at * slot - half, top + at * slot + half];
      for (const one of [place, ...page.parentsOf(levels, place)]) {
        const before = spans.get(one) ?? span;
        spans.set(one, [Math.min(before[0], span[0]), Math.max(before[1], span[1])]);
      }
    }
    return spans;
  };

  /** Level bars of a graph and before the charts: [{place, rank, y, end, look, side}]. */
  page.barsOf = function ({ levels, ranks, spans, charts, open, sorted }) {
    const shown = new Map(charts.map((chart) => [chart.place, chart]));
    const bars = [];
    levels.forEach((level, place) => {
      const span = spans?.get(place);
      if (span && ranks[place] >= 0) {
        bars.push({ place, rank: ranks[place], y: span[0], end: span[1], look: lookOf(level, place, shown, open, levels), side: "graph" });
      }
      const chart = shown.get(place);
      if (chart) bars.push({ place, rank: Math.max(0, ranks[place]), y: chart.y, end: chart.y + chart.height, look: "shown", side: "charts" });
      else if (!sorted && !level.layer && open.has(level.name) && ranks[place] >= 0) {
        const inside = charts.filter((one) => page.parentsOf(levels, one.place).includes(place));
        if (inside.length) {
          const last = inside.at(-1);
          bars.push({ place, rank: ranks[place], y: inside[0].y, end: last.y + last.height, look: "opened", side: "charts" });
        }
      }
    });
    return bars;
  };

  function lookOf(level, place, shown, open, levels) {
    if (shown.has(place)) return "shown";
    const parents = page.parentsOf(levels, place);
    const inside = parents.every((at) => open.has(levels[at].name));
    return inside && !level.layer && open.has(level.name) ? "opened" : "inside";
  }
})();
