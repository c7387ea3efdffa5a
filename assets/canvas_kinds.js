// How each kind of row is drawn: kind(context, box, row, paint). A new kind is one more function.
// box: {x, y, width, height, column, domain, ratio}; row.data: what the kind shows in this column.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const kinds = (canvas.kinds ||= {});
  const CROSS = 3.5; // pixels from its middle to its corners
  const MANY_SEGMENTS = 12; // a schedule of more values is drawn as a line

  /** Fill a box with the diagonal hatch that means "missing". */
  canvas.hatch = (context, box, color) => {
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.beginPath();
    for (let x = box.x - box.height; x < box.x + box.width; x += 6) {
      context.moveTo(x, box.y + box.height);
      context.lineTo(x + box.height, box.y);
    }
    context.stroke();
    context.restore();
  };

  /** Draw the hatched row, dashed around, of something that this run does not have. */
  canvas.absent = (context, box, text, paint) => {
    context.save();
    canvas.hatch(context, box, paint.css("hatch"));
    context.strokeStyle = paint.css("line-strong");
    context.setLineDash([4, 3]);
    context.strokeRect(box.x + 0.5, box.y + 0.5, box.width - 1, Math.max(1, box.height - 1));
    context.fillStyle = paint.css("muted");
    context.textAlign = "center";
    context.textBaseline = "middle";
    const middle = box.y + box.height / 2;
    const wide = context.measureText(text).width + 12;
    context.clearRect(box.x + (box.width - wide) / 2, box.y, wide, box.height);
    context.fillText(text, box.x + box.width / 2, middle + 0.5);
    context.restore();
  };

  /** A bitmap, one pixel per device pixel across and per band down, of colour table indexes. */
  function bitmapOf(raster, width, height, table) {
    const image = new ImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < raster.length; i += 1) pixels[i] = table[raster[i]];
    const bitmap = new OffscreenCanvas(width, height);
    bitmap.getContext("2d").putImageData(image, 0, 0);
    return bitmap;
  }

  /** A cross at a place, in the colour of trouble: here something stopped being finite. */
  canvas.cross = (context, x, y, paint) => {
    context.save();
    context.strokeStyle = paint.css("bad");
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - CROSS, y - CROSS);
    context.lineTo(x + CROSS, y + CROSS);
    context.moveTo(x - CROSS, y + CROSS);
    context.lineTo(x + CROSS, y - CROSS);
    context.stroke();
    context.restore();
  };

  /** Leave a box empty from the cell on after which nothing is finite, with a cross, and words if any. */
  function endAtBad(context, box, cell, words, paint) {
    const { steps, edges } = box.column;
    const from = clampedX(edges[cell], box);
    const to = clampedX(edges.at(-1), box);
    if (to <= from) return;
    context.clearRect(from, box.y, to - from, box.height);
    const x = canvas.toX(steps[cell], box.domain, box.x, box.width);
    const middle = box.y + box.height / 2;
    if (x >= box.x && x <= box.x + box.width) canvas.cross(context, x, middle, paint);
    if (!words) return;
    const text = `${words} from ${window.epochscope.format(steps[cell])}`;
    const start = Math.max(x, box.x) + CROSS + 4;
    context.fillStyle = paint.css("bad");
    context.textAlign = "left";
    context.textBaseline = "middle";
    if (start + context.measureText(text).width > box.x + box.width) return;
    context.fillText(text, start, middle + 0.5);
  }

  /** Draw bands of a grid {numbers, columns, top, bad} across a box; what is missing stays hatched. */
  function drawRaster(context, box, grid, bands, paint, { table, codes = false, words }) {
    const width = Math.max(1, Math.round(box.width * box.ratio));
    const { steps, edges } = box.column;
    const cells = canvas.pixelCells(steps, edges, box.domain, width);
    const raster = canvas.rasterOf(grid, bands, cells, codes);
    if (raster.includes(canvas.MISSING)) hatchSpan(context, box, paint);
    const bitmap = bitmapOf(raster, width, bands.length, paint.tables[table]);
    context.imageSmoothingEnabled = false;
    context.drawImage(bitmap, box.x, box.y, box.width, box.height);
    const bad = canvas.badFrom(grid, [bands[0]?.[0] ?? 0, bands.at(-1)?.[1] ?? 0]);
    if (bad >= 0) endAtBad(context, box, bad, words, paint);
  }

  // Only between a run's first and last step is something missing; beyond, nothing was due.
  function hatchSpan(context, box, paint) {
    const { edges } = box.column;
    const from = Math.max(box.x, canvas.toX(edges[0], box.domain, box.x, box.width));
    const end = canvas.toX(edges[edges.length - 1], box.domain, box.x, box.width);
    const to = Math.min(box.x + box.width, end);
    if (to > from) canvas.hatch(context, { ...box, x: from, width: to - from }, paint.css("hatch"));
    for (const [first, last] of box.column.lost ?? []) hatchLost(context, box, first, last, paint);
  }

  // What a damaged file held is hatched in the colour of trouble.
  function hatchLost(context, box, first, last, paint) {
    const { edges } = box.column;
    const from = clampedX(edges[canvas.cellAt(edges, first)] ?? first, box);
    const to = clampedX(edges[canvas.cellAt(edges, last) + 1] ?? last, box);
    if (to <= from) return;
    context.clearRect(from, box.y, to - from, box.height);
    canvas.hatch(context, { ...box, x: from, width: to - from }, paint.css("bad"));
  }

  /** One row of cells. data: {numbers, top}; row.table: its colour table; row.words: what ends it. */
  kinds.stripe = (context, box, row, paint) => {
    const grid = { ...row.data, columns: box.column.steps.length };
    drawRaster(context, box, grid, [[0, 1]], paint, { table: row.table, words: row.words });
  };

  /** A row per image. data: {numbers, top, images}; row.view: {first, end, band} in rows. */
  kinds.pixels = (context, box, row, paint) => {
    const { first, end, band } = row.view;
    const grid = { ...row.data, columns: box.column.steps.length };
    const bands = canvas.bandsOf(first, end, band);
    drawRaster(context, box, grid, bands, paint, { table: row.table, codes: row.codes });
  };

  /** Shares of a few things over the steps, one lane each. data: {numbers, top, tables}. */
  kinds.lanes = (context, box, row, paint) => {
    const height = box.height / row.data.tables.length;
    row.data.tables.forEach((table, lane) => {
      const columns = box.column.steps.length;
      const numbers = row.data.numbers.subarray(lane * columns, (lane + 1) * columns);
      const part = { ...box, y: box.y + lane * height, height: height - 1 };
      drawRaster(context, part, { numbers, columns, top: row.data.top }, [[0, 1]], paint, { table });
    });
  };

  /** Learning-rate segments. data: [[first, last, text, value], …]. */
  kinds.segments = (context, box, row, paint) => {
    if (row.data.length > MANY_SEGMENTS) return scheduleLine(context, box, row, paint);
    context.textAlign = "center";
    context.textBaseline = "middle";
    row.data.forEach(([first, last, text], index) => {
      const next = row.data[index + 1];
      const from = clampedX(index ? first : Math.min(first, box.domain[0]), box);
      const to = clampedX(next ? next[0] : Math.max(last, box.column.edges.at(-1) ?? last), box);
      const width = to - from - 1;
      if (width < 1) return;
      context.fillStyle = paint.css("sunken");
      context.beginPath();
      context.roundRect(from + (index ? 1 : 0), box.y, width - (index ? 1 : 0), box.height, 3);
      context.fill();
      if (context.measureText(text).width > width - 6) return;
      context.fillStyle = paint.css("muted");
      context.fillText(text, (from + to) / 2, box.y + box.height / 2 + 0.5);
    });
    return undefined;
  };

  function clampedX(step, box) {
    const x = canvas.toX(step, box.domain, box.x, box.width);
    return Math.min(Math.max(x, box.x), box.x + box.width);
  }

  function scheduleLine(context, box, row, paint) {
    const highest = Math.max(...row.data.map(([, , , value]) => value)) || 1;
    const y = (value) => box.y + box.height - 1 - (value / highest) * (box.height - 2);
    context.strokeStyle = paint.css("muted");
    context.lineWidth = 1.2;
    context.beginPath();
    row.data.forEach(([first, last, , value]) => {
      context.lineTo(clampedX(first, box), y(value));
      context.lineTo(clampedX(last, box), y(value));
    });
    context.stroke();
  }
})();
