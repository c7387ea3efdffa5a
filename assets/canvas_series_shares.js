// The kinds that show many numbers of each step: boxes, bands of change, and heat maps.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const kinds = (canvas.kinds ||= {});
  const APART = 11; // pixels between two boxes, at least

  const packed = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

  /** Which recorded steps get a box: those at least 11 pixels apart, from the first one in view. */
  canvas.boxedSteps = (steps, domain, width, apart = APART) => {
    const found = [];
    let before = -Infinity;
    steps.forEach((step, cell) => {
      const x = canvas.toX(step, domain, 0, width);
      if (x < 0 || x > width || x - before < apart) return;
      found.push(cell);
      before = x;
    });
    return found;
  };

  /** Boxes. data: {numbers: min, q25, median, q75, max (line, step), bad}; row.scale: [low, high]. */
  kinds.box = (context, box, row, paint) => {
    if (!canvas.beginSeries(context, box, row, paint)) return;
    const { numbers, bad } = row.data;
    const { steps } = box.column;
    const count = steps.length;
    const end = bad >= 0 ? steps.indexOf(bad) : count;
    canvas.endSeries(context, box, row, paint, (cell) => !Number.isNaN(numbers[2 * count + cell]));
    const chosen = canvas.boxedSteps(steps, box.domain, box.width).filter((cell) => cell < end && !Number.isNaN(numbers[2 * count + cell]));
    const width = Math.max(4, Math.min(10, (box.width / Math.max(1, chosen.length)) * 0.5));
    for (const cell of chosen) {
      const y = Array.from({ length: 5 }, (_, line) => canvas.toY(numbers[line * count + cell], box, row.scale));
      drawBox(context, canvas.toX(steps[cell], box.domain, box.x, box.width), y, width, paint);
    }
  };

  function drawBox(context, x, [min, q25, median, q75, max], width, paint) {
    context.strokeStyle = paint.css("muted");
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, min);
    context.lineTo(x, max);
    context.stroke();
    context.fillStyle = `rgb(${canvas.mixed(paint, "surface", "accent", 0.42).join(",")})`;
    context.fillRect(x - width / 2, q75, width, Math.max(1, q25 - q75));
    context.fillStyle = paint.css("text");
    context.fillRect(x - width / 2, median - 0.75, width, 1.5);
  }

  /** How strongly each of `bands` is coloured, that of the largest change first. */
  canvas.changeStrengths = (bands) => {
    const kept = bands === 5 ? [1, 0.72, 0.46, 0.24, 0.09] : null;
    return kept ?? Array.from({ length: bands }, (_, band) => (bands < 2 ? 1 : 0.09 + 0.91 * (1 - band / (bands - 1)) ** 1.15));
  };

  /** Bands stacked to 100 %. data: {numbers (band, step): largest change first, lines, bad}. */
  kinds.ratio = (context, box, row, paint) => {
    if (!canvas.beginSeries(context, box, row, paint)) return;
    const { numbers, lines } = row.data;
    const count = box.column.steps.length;
    const { first, last } = canvas.cellsIn(box, row.data);
    const colors = canvas.changeStrengths(lines).map((share) => packed(canvas.mixed(paint, "sunken", "accent", share)));
    canvas.paintPixels(context, box, (pixels, width, height) => {
      for (let x = 0; x < width; x += 1) {
        const cell = first[x] < 0 ? -1 : mostMoved(numbers, count, first[x], last[x]);
        if (cell < 0) continue;
        let below = 0;
        for (let band = 0, y = height - 1; band < lines && y >= 0; band += 1) {
          below += numbers[band * count + cell];
          const top = band === lines - 1 ? 0 : height - Math.round(below * height);
          for (; y >= top; y -= 1) pixels[y * width + x] = colors[band];
        }
      }
    });
    canvas.endSeries(context, box, row, paint, (cell) => !Number.isNaN(numbers[cell]));
  };

  // Where a pixel holds many steps, the one at which most weights moved far: no peak is lost.
  function mostMoved(numbers, count, first, last) {
    let best = -1;
    for (let cell = first; cell <= last; cell += 1) {
      if (Number.isNaN(numbers[cell])) continue;
      if (best < 0 || numbers[cell] > numbers[best]) best = cell;
    }
    return best;
  }

  /** A heat map. data: {numbers: levels 0…200 (cell, step), the lowest first, lines, bad}. */
  kinds.heat = (context, box, row, paint) => {
    if (!canvas.beginSeries(context, box, row, paint)) return;
    const { numbers, lines, top } = row.data;
    const columns = box.column.steps.length;
    const cells = canvas.cellsIn(box, row.data);
    const bands = Array.from({ length: lines }, (_, line) => [lines - 1 - line, lines - line]);
    const raster = canvas.rasterOf({ numbers, columns, top }, bands, cells);
    const table = paint.tables.sequential;
    canvas.paintPixels(context, box, (pixels, width, height) => {
      for (let y = 0; y < height; y += 1) {
        const band = Math.min(lines - 1, Math.floor((y * lines) / height));
        for (let x = 0; x < width; x += 1) pixels[y * width + x] = table[raster[band * width + x]];
      }
    });
    canvas.endSeries(context, box, row, paint, (cell) => numbers[cell] !== canvas.MISSING);
  };
})();
