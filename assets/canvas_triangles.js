// Triangles at the edges of rows, on a canvas of their own: they change without drawing the rows again.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const HEIGHT = 6;
  const GAP = 0.5; // between an apex and the edge of its row
  const NARROWEST = 3; // half of a triangle's width, in pixels
  const WIDEST = 8;
  const REACH = 2; // pixels around a triangle that still are it

  /** Half the width of a triangle whose score is `share`, between the ends [least, largest]. */
  canvas.triangleHalf = (share, [least, largest]) => {
    const part = largest > least ? (share - least) / (largest - least) : 0;
    return NARROWEST + (WIDEST - NARROWEST) * Math.min(1, Math.max(0, part));
  };

  /** Corners of a triangle at x on a row: apex down on its top edge, or apex up on its bottom edge. */
  canvas.triangleAround = (row, x, half, up) => {
    const apex = up ? row.y + row.height + GAP : row.y - GAP;
    const base = up ? apex + HEIGHT : apex - HEIGHT;
    return { x, half, up, apex, base, corners: [[x - half, base], [x + half, base], [x, apex]] };
  };

  /**
   * The triangles of a row in a column, largest first; of those on one pixel the largest stays.
   * row.triangles(place of the column): [{step, up, share, half, color, event}].
   */
  canvas.trianglesOf = (row, column, index, domain) => {
    const kept = new Map();
    for (const mark of row.triangles(index)) {
      const x = canvas.toX(mark.step, domain, column.x, column.width);
      if (x < column.x || x > column.x + column.width) continue;
      const key = `${mark.up ? "up" : "down"} ${Math.floor(x)}`;
      if (!(kept.get(key)?.share >= mark.share)) kept.set(key, { ...mark, ...canvas.triangleAround(row, x, mark.half, mark.up), row, column: index });
    }
    return [...kept.values()].sort((a, b) => b.share - a.share);
  };

  /** Paint a triangle. */
  canvas.paintTriangle = (context, { corners }, fill, edge, line = 0.75) => {
    context.beginPath();
    corners.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.fillStyle = fill;
    context.fill();
    context.strokeStyle = edge;
    context.lineWidth = line;
    context.stroke();
  };

  /** Draw the triangles of a chart; says how many in data-triangles. */
  canvas.drawTriangles = (view, paint = canvas.readPaint()) => {
    view.layer ??= view.chart.querySelector("canvas.triangles");
    if (!view.layer || !view.spec || !view.axis.domain) return;
    const context = canvas.contextOf(view.layer, view);
    const rows = view.spec.rows.filter((row) => row.triangles && canvas.isShown(view, row));
    view.triangles = rows.flatMap((row) =>
      view.spec.columns.flatMap((column, i) => canvas.trianglesOf(row, column, i, view.axis.domain)),
    );
    for (const one of view.triangles) canvas.paintTriangle(context, one, paint.css(one.color), paint.css("surface"));
    view.element.dataset.triangles = view.triangles.length;
    view.layer.dataset.drawn = Number(view.layer.dataset.drawn || 0) + 1;
  };

  /** The triangle at (x, y) of a chart, the smallest where several overlap; null for none. */
  canvas.triangleAt = (view, x, y) =>
    (view.triangles ?? []).findLast(
      (one) =>
        Math.abs(x - one.x) <= one.half + REACH / 2 &&
        y >= Math.min(one.apex, one.base) - (one.up ? 0 : REACH) && y <= Math.max(one.apex, one.base) + (one.up ? REACH : 0),
    ) ?? null;
})();
