// The kinds that are lines and axes: curves over the steps, and the axis with the recorded steps.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const kinds = (canvas.kinds ||= {});

  /** Round numbers up to `high` for a y axis, from 0 on, at most `most` + 1 of them. */
  canvas.scaleTicks = (high, most = 2) => {
    if (!(high > 0)) return [0];
    const power = 10 ** Math.floor(Math.log10(high / most));
    const gap = [1, 2, 2.5, 5, 10].map((part) => part * power).find((size) => high / size <= most);
    const ticks = [];
    for (let i = 0; i * gap <= high * (1 + 1e-9); i += 1) ticks.push(Number((i * gap).toPrecision(12)));
    return ticks;
  };

  /** Pixel of a value in a box that shows [low, high]; values beyond stay at its edge. */
  canvas.toY = (value, box, [low, high]) => {
    const share = Math.min(Math.max((value - low) / (high - low), 0), 1);
    return box.y + box.height - 1 - share * (box.height - 2);
  };

  /**
   * Lines over the steps. data: [{steps, values, color, dash, width, opacity}, …]; a value that is
   * null breaks the line, and `bad`, the step from which nothing is finite, ends it. row.scale: [low, high]; row.ticks: where grid lines stand.
   */
  kinds.curve = (context, box, row, paint) => {
    for (const tick of row.ticks) {
      context.fillStyle = paint.css(tick ? "chart-grid" : "line");
      context.fillRect(box.x, Math.round(canvas.toY(tick, box, row.scale)), box.width, 1);
    }
    context.save();
    context.beginPath();
    context.rect(box.x, box.y - 1, box.width, box.height + 2);
    context.clip();
    for (const line of row.data) drawLine(context, box, row.scale, line, paint);
    context.restore();
  };

  function drawLine(context, box, scale, line, paint) {
    context.strokeStyle = paint.css(line.color, line.opacity ?? 1);
    context.lineWidth = line.width ?? 1.8;
    context.lineJoin = "round";
    context.setLineDash(line.dash ?? []);
    context.beginPath();
    let drawing = false;
    line.steps.forEach((step, i) => {
      const value = line.values[i];
      if (value === null || Number.isNaN(value)) {
        drawing = false;
        return;
      }
      const x = canvas.toX(step, box.domain, box.x, box.width);
      const y = canvas.toY(value, box, scale);
      if (drawing) context.lineTo(x, y);
      else context.moveTo(x, y);
      drawing = true;
    });
    context.stroke();
    context.setLineDash([]);
    if (Number.isInteger(line.bad)) endLine(context, box, scale, line, paint);
  }

  function endLine(context, box, scale, { steps, values, bad }, paint) {
    const last = values.findLast((value, i) => value !== null && steps[i] < bad);
    const at = last === undefined ? box.y + box.height / 2 : canvas.toY(last, box, scale);
    const y = Math.min(Math.max(at, box.y + 5), box.y + box.height - 5); // whole, not cut at an edge
    canvas.cross(context, canvas.toX(bad, box.domain, box.x, box.width), y, paint);
  }

  /** The step axis: round numbers, and a small tick for every recorded step. */
  kinds.axis = (context, box, row, paint) => {
    const { formatTick, ticks } = window.epochscope;
    context.fillStyle = paint.css("line-strong");
    const apart = box.width / Math.max(1, box.column.steps.length);
    for (const step of apart >= 3 ? box.column.steps : []) {
      const x = canvas.toX(step, box.domain, box.x, box.width);
      if (x >= box.x && x <= box.x + box.width) context.fillRect(Math.round(x) - 0.5, box.y, 1, 2);
    }
    context.textBaseline = "alphabetic";
    const most = Math.max(2, Math.min(7, Math.floor(box.width / 70)));
    for (const tick of ticks(box.domain[0], box.domain[1], most)) {
      const step = tick + 0; // never −0
      const x = canvas.toX(step, box.domain, box.x, box.width);
      const half = context.measureText(formatTick(step)).width / 2;
      context.fillStyle = paint.css("line-strong");
      context.fillRect(Math.round(x) - 0.5, box.y, 1, 4);
      context.fillStyle = paint.css("muted");
      context.textAlign = "center";
      const inside = Math.min(Math.max(x, box.x + half), box.x + box.width - half);
      context.fillText(formatTick(step), inside, box.y + 15);
    }
  };
})();
