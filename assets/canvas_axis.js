// Maps steps to pixels: one mapping for every chart of a page, spaced by step, at cell centres.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const SMALLEST_VIEW = 2; // cells: zooming in stops here

  /** Edges of the cells around `steps`, halfway between neighbours: (step + 1,). */
  canvas.edgesOf = (steps) => {
    const count = steps.length;
    const edges = new Float64Array(count + 1);
    if (count === 0) return edges;
    for (let i = 1; i < count; i += 1) edges[i] = (steps[i - 1] + steps[i]) / 2;
    edges[0] = count > 1 ? steps[0] - (edges[1] - steps[0]) : steps[0] - 0.5;
    edges[count] = count > 1 ? 2 * steps[count - 1] - edges[count - 1] : steps[0] + 0.5;
    return edges;
  };

  /** The steps that all `columns` ({edges}) span together; null where nothing is recorded. */
  canvas.spanOf = (columns) => {
    const spans = columns.filter(({ edges }) => edges.length > 1);
    if (!spans.length) return null;
    return [
      Math.min(...spans.map(({ edges }) => edges[0])),
      Math.max(...spans.map(({ edges }) => edges[edges.length - 1])),
    ];
  };

  /** Pixel of `step` in a column that shows `domain` from `left` on, `width` wide. */
  canvas.toX = (step, domain, left, width) =>
    left + ((step - domain[0]) / (domain[1] - domain[0])) * width;

  /** Step (a fraction) under pixel `x`: the inverse of toX. */
  canvas.toStep = (x, domain, left, width) =>
    domain[0] + ((x - left) / width) * (domain[1] - domain[0]);

  /** Index of the cell whose edges hold `step`; -1 outside. */
  canvas.cellAt = (edges, step) => {
    const count = edges.length - 1;
    if (count < 1 || step < edges[0] || step >= edges[count]) return -1;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (edges[middle] <= step) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  /** Index of the newest of `steps` at or before `step`; -1 before the first. */
  canvas.newestAt = (steps, step) => {
    let low = -1;
    let high = steps.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (steps[middle] <= step) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  /**
   * First and last cell that each of `width` pixels shows; -1 where there is none. A pixel shows
   * every cell whose step lies in it, so that no recorded step is skipped when there are more of
   * them than pixels; else the cell that covers its middle.
   */
  canvas.pixelCells = (steps, edges, domain, width) => {
    const first = new Int32Array(width).fill(-1);
    const last = new Int32Array(width).fill(-1);
    const scale = (domain[1] - domain[0]) / width;
    for (let cell = 0; cell < steps.length; cell += 1) {
      const pixel = Math.floor((steps[cell] - domain[0]) / scale);
      if (pixel < 0 || pixel >= width) continue;
      if (first[pixel] < 0) first[pixel] = cell;
      last[pixel] = cell;
    }
    const count = steps.length;
    for (let pixel = 0, cell = 0; pixel < width; pixel += 1) {
      if (first[pixel] >= 0) continue;
      const middle = domain[0] + (pixel + 0.5) * scale;
      while (cell < count && edges[cell + 1] <= middle) cell += 1;
      if (cell < count && edges[cell] <= middle) first[pixel] = last[pixel] = cell;
    }
    return { first, last };
  };

  /** `domain` made `factor` times as long around `at`, kept inside `full`. */
  canvas.zoomed = (domain, full, factor, at, smallest = SMALLEST_VIEW) => {
    const span = Math.max(Math.min(smallest, full[1] - full[0]), (domain[1] - domain[0]) * factor);
    if (span >= full[1] - full[0]) return [...full];
    const share = (at - domain[0]) / (domain[1] - domain[0]);
    const first = Math.min(Math.max(at - share * span, full[0]), full[1] - span);
    return [first, first + span];
  };
})();
