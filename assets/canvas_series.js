// The kinds that show numbers over the steps: lines and horizons. No peak is smoothed or skipped.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const kinds = (canvas.kinds ||= {});

  /** Numbers of base64 text, in single precision and little endian. */
  canvas.unpackFloats = (text) => {
    const bytes = window.epochscope.decode(text);
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  };

  /** The number of each pixel that is furthest from zero; NaN where there is none. */
  canvas.peaksOf = (numbers, { first, last }) =>
    Float64Array.from(first, (from, pixel) => {
      let peak = NaN;
      for (let cell = from; from >= 0 && cell <= last[pixel]; cell += 1) {
        if (!(Math.abs(numbers[cell]) <= Math.abs(peak))) peak = Number.isNaN(numbers[cell]) ? peak : numbers[cell];
      }
      return peak;
    });

  /** How a number folds into `bands` of a horizon up to `most`: {full, part} in bands, and its sign. */
  canvas.foldOf = (number, most, bands) => {
    const height = Math.min(bands, (Math.abs(number) / most) * bands || 0);
    const full = Math.min(bands - 1, Math.floor(height));
    return { full, part: height - full, sign: number < 0 ? -1 : 1 };
  };

  /** How strongly each band of a horizon is coloured, the lowest first. */
  canvas.bandStrengths = (bands) =>
    Array.from({ length: bands }, (_, band) => (bands === 1 ? 0.62 : 0.3 + 0.7 * (band / (bands - 1)) ** 1.13));

  /** A colour `share` of the way from token `from` to token `to`, as [red, green, blue]. */
  canvas.mixed = (paint, from, to, share) => canvas.colorAt([paint.tokens[from], paint.tokens[to]], share);

  const packed = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

  /** Paint a box pixel by pixel: fill(pixels, width, height) sets packed colours, 0 is transparent. */
  canvas.paintPixels = (context, box, fill) => {
    const width = Math.max(1, Math.round(box.width * box.ratio));
    const height = Math.max(1, Math.round(box.height * box.ratio));
    const image = new ImageData(width, height);
    fill(new Uint32Array(image.data.buffer), width, height);
    const bitmap = new OffscreenCanvas(width, height);
    bitmap.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(bitmap, box.x, box.y, box.width, box.height);
  };

  /** What every chart has under it: the ground, the reason where it has no numbers; true if it has. */
  canvas.beginSeries = (context, box, row, paint) => {
    if (row.data.missing) {
      canvas.absent(context, box, row.data.missing, paint);
      return false;
    }
    context.fillStyle = paint.css("sunken", 0.55);
    context.fillRect(box.x, box.y, box.width, box.height);
    return true;
  };

  /** Cells of a box, up to the step from which on nothing is finite. */
  canvas.cellsIn = (box, data) => {
    const { steps, edges } = box.column;
    const width = Math.max(1, Math.round(box.width * box.ratio));
    const cells = canvas.pixelCells(steps, edges, box.domain, width);
    const end = data.bad >= 0 ? steps.indexOf(data.bad) : steps.length;
    if (end < 0 || end === steps.length) return cells;
    for (let pixel = 0; pixel < width; pixel += 1) {
      if (cells.first[pixel] >= end) cells.first[pixel] = cells.last[pixel] = -1;
      else cells.last[pixel] = Math.min(cells.last[pixel], end - 1);
    }
    return cells;
  };

  /** Hatch what is missing between a run's first and last step, and end where nothing is finite. */
  canvas.endSeries = (context, box, row, paint, has) => {
    const { steps, edges, lost = [] } = box.column;
    const clamp = (step) => Math.min(Math.max(canvas.toX(step, box.domain, box.x, box.width), box.x), box.x + box.width);
    const { bad = -1 } = row.data;
    const hatch = (cell, color) => {
      const from = clamp(edges[cell]);
      const width = clamp(edges[cell + 1]) - from;
      if (width <= 0) return;
      context.clearRect(from, box.y, width, box.height);
      canvas.hatch(context, { ...box, x: from, width }, paint.css(color));
    };
    steps.forEach((step, cell) => {
      if (has(cell) || (bad >= 0 && step >= bad)) return;
      hatch(cell, lost.some(([first, last]) => step >= first && step <= last) ? "bad" : "hatch");
    });
    if (bad < 0) return;
    const from = clamp(edges[steps.indexOf(bad)] ?? bad);
    const end = clamp(edges.at(-1));
    context.clearRect(from, box.y, Math.max(0, end - from), box.height);
    const x = canvas.toX(bad, box.domain, box.x, box.width);
    if (x < box.x || x > box.x + box.width) return;
    canvas.cross(context, x, box.y + box.height / 2, paint);
    const text = `not finite from ${window.epochscope.format(bad)}`;
    if (x + 8 + context.measureText(text).width > box.x + box.width) return;
    context.fillStyle = paint.css("bad");
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(text, x + 8, box.y + box.height / 2 + 0.5);
  };

  /** A chart that is still asked for. */
  kinds.waiting = (context, box, row, paint) => {
    context.fillStyle = paint.css("sunken");
    context.fillRect(box.x, box.y, box.width, box.height);
  };

  /** A horizon. data: {numbers, bad}; row.most: where the last band ends; row.bands. */
  kinds.horizon = (context, box, row, paint) => {
    if (!canvas.beginSeries(context, box, row, paint)) return;
    const { numbers } = row.data;
    const peaks = canvas.peaksOf(numbers, canvas.cellsIn(box, row.data));
    const colors = Object.fromEntries(
      [[1, "pos"], [-1, "neg"]].map(([sign, token]) => [
        sign,
        canvas.bandStrengths(row.bands).map((share) => packed(canvas.mixed(paint, "surface", token, share))),
      ]),
    );
    canvas.paintPixels(context, box, (pixels, width, height) => {
      for (let x = 0; x < width; x += 1) {
        if (Number.isNaN(peaks[x])) continue;
        const { full, part, sign } = canvas.foldOf(peaks[x], row.most, row.bands);
        const edge = height - Math.round(part * height);
        for (let y = 0; y < height; y += 1) {
          if (y >= edge) pixels[y * width + x] = colors[sign][full];
          else if (full > 0) pixels[y * width + x] = colors[sign][full - 1];
        }
      }
    });
    canvas.endSeries(context, box, row, paint, (cell) => !Number.isNaN(numbers[cell]));
  };

  /** A line. data: {numbers, bad}; row.scale: [low, high]; where pixels hold many, lowest to highest. */
  kinds.line = (context, box, row, paint) => {
    if (!canvas.beginSeries(context, box, row, paint)) return;
    const { numbers, bad } = row.data;
    drawZero(context, box, row.scale, paint);
    context.save();
    context.beginPath();
    context.rect(box.x, box.y - 1, box.width, box.height + 2);
    context.clip();
    context.strokeStyle = context.fillStyle = paint.css(row.color ?? "accent");
    context.lineWidth = 1.4;
    context.lineJoin = "round";
    const { steps } = box.column;
    const end = bad >= 0 ? steps.indexOf(bad) : steps.length;
    drawLine(context, box, row.scale, steps, numbers.subarray(0, end));
    context.restore();
    canvas.endSeries(context, box, row, paint, (cell) => !Number.isNaN(numbers[cell]));
  };

  function drawZero(context, box, [low, high], paint) {
    if (low > 0 || high < 0) return;
    context.fillStyle = paint.css("line");
    context.fillRect(box.x, Math.round(canvas.toY(0, box, [low, high])), box.width, 1);
  }

  function drawLine(context, box, scale, steps, numbers) {
    const dots = [];
    context.beginPath();
    numbers.forEach((number, cell) => {
      if (Number.isNaN(number)) return;
      const x = canvas.toX(steps[cell], box.domain, box.x, box.width);
      const y = canvas.toY(number, box, scale);
      const starts = cell === 0 || Number.isNaN(numbers[cell - 1]);
      if (starts) context.moveTo(x, y);
      else context.lineTo(x, y);
      const alone = starts && (cell + 1 === numbers.length || Number.isNaN(numbers[cell + 1]));
      if (alone) dots.push([x, y]);
    });
    context.stroke();
    for (const [x, y] of dots) {
      context.beginPath();
      context.arc(x, y, 2.5, 0, 7);
      context.fill();
    }
  }
})();
