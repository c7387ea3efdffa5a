// Kinds of rows that show filters: a raster with what stands still marked, and the filters cut out of it.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const kinds = (canvas.kinds ||= {});
  const DASHES = { frozen: [5, 3], flat: [5, 3], noisy: [1, 3] };
  const TOKENS = { frozen: "--warn", flat: "--control", noisy: "--muted" };

  /** The colour table of signed values, built once per paint. */
  canvas.signedTable = (paint) => {
    const { token } = window.epochscope;
    paint.tables.signed ??= canvas.rampTable([token("--neg"), paint.tokens.sunken, token("--pos")], paint.tokens.bad);
    return paint.tables.signed;
  };

  // A row of this run's own steps, which may be others than those of the page.
  const owned = (box, { column }) => ({ ...box, column: { ...box.column, ...column } });

  // From the first to the last step of the run, within the box.
  function spanOf({ column, domain, x, width }) {
    const ends = [column.edges[0], column.edges.at(-1)].map((step) => canvas.toX(step, domain, x, width));
    return [Math.max(x, ends[0]), Math.min(x + width, ends[1])];
  }

  function line(context, box, y, thickness, kind) {
    const [from, to] = spanOf(box);
    if (to <= from) return;
    context.save();
    context.strokeStyle = window.epochscope.color(TOKENS[kind]);
    context.lineWidth = thickness;
    context.setLineDash(DASHES[kind]);
    context.beginPath();
    context.moveTo(from, y);
    context.lineTo(to, y);
    context.stroke();
    context.restore();
  }

  /**
   * A row per filter. data: {numbers, top, bad, column: {steps, edges}, still: [[row, kind], …]};
   * row.view: {first, end, band}; rows that stand still have a line instead of a colour.
   */
  kinds.filters = (context, box, row, paint) => {
    canvas.signedTable(paint);
    const own = owned(box, row.data);
    kinds.pixels(context, own, row, paint);
    const { first, end, band } = row.view;
    if (band > 1) return;
    const height = row.height / (end - first);
    for (const [at, kind] of row.data.still) {
      if (at < first || at >= end) continue;
      const y = box.y + (at - first) * height;
      if (kind !== "noisy") context.clearRect(box.x, y, box.width, height);
      line(context, own, y + height / 2, Math.max(1, Math.min(1.5, height - 1)), kind);
    }
  };

  /** Filters that never change, a dashed line each. data: {column, cut: [kind, …]}; row.pitch: pixels of a line. */
  kinds.still = (context, box, row) => {
    const own = owned(box, row.data);
    row.data.cut.forEach((kind, at) => {
      line(context, own, box.y + (at + 0.5) * row.pitch, Math.max(1, Math.min(1.5, row.pitch - 1)), kind);
    });
  };

  const glyphs = ((window.epochscope ||= {}).glyphs ||= {});
  const steps = Array.from({ length: 12 }, (_, i) => i);

  const boxOf = (width, height) => ({
    x: 2, y: 3, width: width - 4, height: height - 6, domain: [-0.5, 11.5], ratio: window.devicePixelRatio || 1,
    column: { steps, edges: canvas.edgesOf(steps) },
  });

  glyphs.filters = (context, width, height) => {
    const numbers = Uint8Array.from({ length: 60 }, (_, i) => Math.max(0, 200 - 30 * (i % 12) + 40 * ((i * 7) % 5)) % 201);
    const data = { numbers, top: 200, still: [] };
    kinds.filters(context, boxOf(width, height), { height: height - 6, data, view: { first: 0, end: 5, band: 1 }, table: "sequential" }, canvas.readPaint());
  };

  glyphs.still = (context, width, height) => {
    const box = boxOf(width, height);
    kinds.still(context, { ...box, y: height / 2 - 3 }, { pitch: 6, data: { cut: ["frozen"] } });
  };
})();
