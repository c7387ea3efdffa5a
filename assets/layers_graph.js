// The structure graph of the Layers page: nodes, skips, level bars and the links to their charts.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.layers ||= {});
  const { canvas } = epochscope;
  const LINKS = 60; // drawn at most
  const WEIGHTED = /conv|linear|bilinear|attention|rnn|lstm|gru|embedding/i;
  const LOOKS = { shown: 0.85, opened: 0.2, inside: 0.1 };

  /** Lay out what the graph canvas shows beside charts that begin `head` pixels down. */
  page.layGraph = function (spec, head) {
    const { data, options } = page.state;
    const open = page.openNames(options);
    const ranks = page.ranksOf(data.levels, open);
    const height = head + spec.height;
    const charts = spec.charts.map((chart) => ({ ...chart, y: chart.y + head }));
    const sorted = page.option("sort", options) !== "network" || Boolean(page.state.search.trim()) || page.option("only", options) === "anomalies";
    const top = data.graphs.length > 1 ? 22 : 12; // below their letters
    const graphs = spec.places.graph ? data.graphs.map((graph, i) => {
      const slot = page.slotHeight(graph.slots, height - top + 12);
      return { ...graph, slot, top, x: spec.places.graph.node - (data.graphs.length - 1 - i) * spec.places.graph.apart, spans: page.spansOf(data.levels, graph, slot, top) };
    }) : [];
    // The bars stand beside the last graph, and show where its levels are.
    const spans = graphs.at(-1)?.spans ?? null;
    const bars = page.barsOf({ levels: data.levels, ranks, spans, charts, open, sorted });
    return { graphs, bars, height, width: spec.places.chevron, places: spec.places, ranks };
  };

  /** Draw the graph, its bars and links. */
  page.drawGraph = function () {
    const element = document.getElementById("layers-graph");
    const rows = canvas.view("layers-rows");
    const head = canvas.view("layers-head")?.spec?.height ?? 0;
    if (!element || !rows?.spec) return;
    const laid = (page.laid = page.layGraph(rows.spec, head));
    element.style.width = `${laid.width}px`;
    element.style.height = `${laid.height}px`;
    const { context } = epochscope.hidpi(element);
    const paint = canvas.readPaint();
    context.font = "11px Inter, system-ui, sans-serif";
    drawLinks(context, laid, paint);
    for (const graph of laid.graphs) drawOne(context, graph, laid, paint);
    drawNames(context, laid, paint);
    for (const bar of laid.bars) drawBar(context, bar, laid, paint);
    epochscope.drawn(element, laid.graphs.reduce((sum, { nodes }) => sum + nodes.length, 0));
  };

  // A chosen layer inside something closed lights what it is inside of.
  const isLit = (place) => place === page.state.hovered || page.chosenPlaces().some((at) => at === place || page.parentsOf(page.state.data.levels, at).includes(place));

  /** Left edge and width of a bar. */
  page.boxOfBar = function (bar, { places }) {
    const x = bar.side === "graph" ? places.graph.bars[bar.rank] : places.charts[bar.rank];
    return { x, y: bar.y, width: page.WIDTHS[bar.rank], height: Math.max(3, bar.end - bar.y) };
  };

  function drawBar(context, bar, laid, paint) {
    const { x, y, width, height } = page.boxOfBar(bar, laid);
    const lit = bar.look === "shown" && isLit(bar.place);
    context.fillStyle = paint.css("accent", lit ? 1 : LOOKS[bar.look]);
    context.beginPath();
    context.roundRect(x, y, width, height, 1.5);
    context.fill();
  }

  function drawLinks(context, laid, paint) {
    if (!laid.graphs.length) return;
    const own = new Map(laid.bars.filter(({ side }) => side === "graph").map((bar) => [bar.place, bar]));
    const ends = laid.bars.filter((bar) => bar.side === "charts" && bar.look === "shown" && own.has(bar.place));
    const ordered = [...ends].sort((a, b) => isLit(a.place) - isLit(b.place)).slice(-LINKS);
    for (const bar of ordered) {
      const from = page.boxOfBar(own.get(bar.place), laid);
      const to = page.boxOfBar(bar, laid);
      const [start, stop] = laid.places.graph.links;
      const [y, end] = [from.y + from.height / 2, to.y + Math.min(to.height, 60) / 2];
      const lit = isLit(bar.place);
      context.strokeStyle = paint.css(lit ? "accent" : "line-strong");
      context.lineWidth = lit ? 1.8 : 1;
      context.beginPath();
      context.moveTo(from.x + from.width, y);
      context.lineTo(start, y);
      context.bezierCurveTo(start + 34, y, stop - 36, end, stop, end);
      context.lineTo(to.x, end);
      context.stroke();
    }
  }

  const yOf = (graph, node) => graph.top + node[2] * graph.slot;
  const xOf = (graph, node, laid) => (node[3] ? graph.x - 15 - laid.places.graph.lane : graph.x);

  function drawOne(context, graph, laid, paint) {
    context.lineWidth = 1;
    context.strokeStyle = paint.css("line-strong");
    for (const edge of graph.edges) drawEdge(context, graph, laid, edge);
    for (const node of graph.nodes) drawNode(context, graph, node, laid, paint);
  }

  function drawEdge(context, graph, laid, [from, to, lane]) {
    const [a, b] = [graph.nodes[from], graph.nodes[to]];
    const [start, end] = [yOf(graph, a), yOf(graph, b)];
    const middle = graph.x + 8;
    context.beginPath();
    if (lane === 0) {
      context.moveTo(middle, start);
      context.lineTo(middle, end);
    } else {
      const x = graph.x - 9 - (lane - 1) * laid.places.graph.lane;
      const bend = Math.min(graph.slot * 1.2, Math.abs(end - start) / 2);
      context.moveTo(a[3] ? x : middle, start);
      if (!a[3]) context.bezierCurveTo(x, start, x, start, x, start + bend);
      context.lineTo(x, b[3] ? end : end - bend);
      if (!b[3]) context.bezierCurveTo(x, end, x, end, graph.x + 4, end);
    }
    context.stroke();
  }

  function drawNode(context, graph, node, laid, paint) {
    const [kind, place] = node;
    const y = yOf(graph, node);
    const x = xOf(graph, node, laid);
    const half = Math.min(6, graph.slot * 0.6 || 6) / 2;
    const width = node[3] ? 12 : 16;
    context.strokeStyle = paint.css("muted");
    context.beginPath();
    if (kind === "join") {
      context.arc(graph.x + 8, y, Math.max(1.5, Math.min(2.6, graph.slot * 0.33)), 0, 7);
      context.fillStyle = paint.css("surface");
      context.fill();
      context.stroke();
      return;
    }
    const level = page.state.data.levels[place];
    const weighted = level && WEIGHTED.test(level.type);
    const inset = level && !weighted ? 4 : 0; // a norm is narrower than what it follows
    context.roundRect(x + inset, y - half, width - 2 * inset, 2 * half, 1.5);
    if (kind !== "layer") {
      context.fillStyle = paint.css("surface");
      context.fill();
      context.stroke();
      return;
    }
    const charted = laid.bars.some((bar) => bar.place === place && bar.side === "charts" && bar.look === "shown");
    const pointed = place === page.state.pointed;
    context.fillStyle = paint.css(charted || pointed ? "accent" : "muted");
    context.fill();
    if (pointed) {
      context.strokeStyle = paint.css("text");
      context.stroke();
    }
    if (unmatched(graph, place)) canvas.hatch(context, { x, y: y - half - 2, width, height: 2 * half + 4 }, paint.css("text", 0.5));
    if (page.state.tops?.has(level?.name)) {
      context.fillStyle = paint.css("focus");
      context.fillRect(x + width - 5, y - half, 5, 2 * half);
    }
  }

  // In a graph of its own, a layer that another run does not have.
  const unmatched = (graph, place) => {
    const level = page.state.data.levels[place];
    return page.state.data.graphs.length > 1 && level && level.runs.some((has, run) => !has && page.state.data.runs[run]);
  };

  function drawNames(context, laid, paint) {
    if (laid.graphs.length !== 1) return drawTitles(context, laid, paint);
    const [{ spans }] = laid.graphs;
    let free = -Infinity;
    context.textAlign = "right";
    context.textBaseline = "middle";
    page.state.data.levels.forEach((level, place) => {
      const span = level.depth === 0 && spans.get(place);
      const y = span && (span[0] + span[1]) / 2;
      if (!span || y - 7 < free) return;
      const lit = place === page.state.hovered || page.parentsOf(page.state.data.levels, page.state.hovered >= 0 ? page.state.hovered : place).includes(place);
      context.fillStyle = paint.css(lit ? "text" : "muted");
      context.fillText(clip(context, level.name, laid.places.graph.names - 2), laid.places.graph.names, y);
      free = y + 7;
    });
    return undefined;
  }

  function clip(context, text, room) {
    if (context.measureText(text).width <= room) return text;
    let kept = text;
    while (kept && context.measureText(`${kept}…`).width > room) kept = kept.slice(0, -1);
    return `${kept}…`;
  }

  function drawTitles(context, laid, paint) {
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    context.fillStyle = paint.css("muted");
    for (const { runs, x } of laid.graphs) context.fillText(runs.map((run) => "ABCD"[run]).join(", "), x + 8, 8);
  }

  /** The level at a place of the graph canvas: that of a bar, else that of a node; -1 for none. */
  page.levelAt = function (laid, x, y) {
    const hit = laid.bars.filter((bar) => {
      const box = page.boxOfBar(bar, laid);
      return x >= box.x - 2 && x <= box.x + box.width + 2 && y >= box.y - 1 && y <= box.y + box.height + 1;
    });
    if (hit.length) return hit.at(-1).place;
    for (const graph of laid.graphs) {
      const found = graph.nodes.find((node) => {
        const left = xOf(graph, node, laid);
        return node[1] >= 0 && x >= left - 1 && x <= left + 17 && Math.abs(y - yOf(graph, node)) <= Math.max(3, graph.slot / 2);
      });
      if (found) return found[1];
    }
    return -1;
  };
})();
