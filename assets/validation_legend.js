// Legend and glyphs of the Validation page, in the colours that the canvas paints with.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const { canvas, make, format } = epochscope;

  const tile = (color) => make("i", { class: "swatch", style: `background: var(${color})` });
  const swatch = (color, name) => make("span", { class: "leg" }, tile(color), name);

  const cross = () => make("span", { class: "leg bad" }, "× not finite");

  /** What the colours of the strips and of the open classes mean. */
  page.legend = function (data) {
    if (data.scale) {
      const { low, high, below, above } = data.scale;
      const say = (value, sign, beyond) => (beyond ? sign : "") + format(Number(value.toPrecision(3)));
      const made = [ramp("score", "sequential", say(low, "≤ ", below), say(high, "≥ ", above))];
      return data.runs.some((run) => Number.isInteger(run?.bad)) ? [...made, cross()] : made;
    }
    if (page.isDifference()) return page.differenceLegend();
    const made = [ramp("error", "wrongness", "0 %", "100 %")];
    made.push(...triangleLegend());
    if (page.state.charts.length && page.option("color") === "predicted") made.push(...labelSwatches());
    return made;
  };

  const triangle = (direction, size) => make("i", { class: `tri ${direction}${size ?? ""}` });

  // Which way a triangle points, how wide it gets, and what its colour says.
  function triangleLegend() {
    const { anomalies } = page.state;
    if (!anomalies?.runs.some((run) => run?.count)) return [];
    const [least, largest] = page.scoreEnds();
    const ends = `${Math.round(100 * least)} to ${Math.round(100 * largest)} % of a class`;
    return [
      ...(anomalies.rule === "right" ? [] : [make("span", { class: "leg" }, triangle("down"), "stable before")]),
      ...(anomalies.rule === "left" ? [] : [make("span", { class: "leg" }, triangle("up"), "stable after")]),
      make("span", { class: "leg" }, triangle("down", " least"), triangle("down", " largest"), ends),
      swatch("--wrong", "forgotten"), swatch("--right", "learned"), swatch("--muted", "both"),
    ];
  }

  function ramp(name, kind, low, high) {
    return make("span", { class: "leg" }, `${name} ${low}`, make("i", { class: `ramp ${kind}` }), high);
  }

  // Colours go by rank within a class: the legend names the labels only where one class is open.
  function labelSwatches() {
    const charts = page.state.charts.filter(({ labels }) => labels.length);
    const made = [swatch("--right-soft", charts.length === 1 ? charts[0].labels[0] : "right")];
    const colors = Array.from({ length: 6 }, (_, i) => `--label-${i + 1}`);
    const rest = charts.some(({ labels }) => labels.length > 7) ? [swatch("--line-strong", "rest")] : [];
    if (charts.length !== 1) return [...made, make("span", { class: "leg" }, ...colors.map(tile), "wrong, most frequent label first"), ...rest];
    return [...made, ...charts[0].labels.slice(1, 7).map((label, i) => swatch(colors[i], label)), ...rest];
  }

  const glyphs = (epochscope.glyphs ||= {});
  const steps = Array.from({ length: 12 }, (_, i) => i);

  /** Draw a row of one kind with fixed data, as the chart itself would. */
  function drawRow(context, row, box) {
    const column = { steps, edges: canvas.edgesOf(steps) };
    const whole = { ...box, column, domain: [-0.5, 11.5], ratio: window.devicePixelRatio || 1 };
    canvas.kinds[row.kind](context, whole, row, canvas.readPaint());
  }

  glyphs.strip = (context, width, height) => {
    const numbers = Uint8Array.from([9, 8, 8, 6, 6, 5, 9, 4, 2, 1, 1, 0]);
    drawRow(context, { kind: "stripe", table: "error", data: { numbers, top: 10 } }, { x: 2, y: height / 2 - 6, width: width - 4, height: 12 });
  };

  const triangleGlyph = (up) => (context, width, height) => {
    const row = { y: height / 2 - 5, height: 10 };
    const numbers = Uint8Array.from([2, 2, 2, 2, 2, 2, 9, 9, 8, 8, 8, 8]);
    drawRow(context, { kind: "stripe", table: "error", data: { numbers, top: 10 } }, { x: 2, width: width - 4, ...row });
    const shape = canvas.triangleAround(row, 2 + ((width - 4) * 6.5) / 12, 6, up);
    canvas.paintTriangle(context, shape, epochscope.color("--wrong"), epochscope.color("--surface"));
  };
  glyphs["triangle-left"] = triangleGlyph(false);
  glyphs["triangle-right"] = triangleGlyph(true);

  glyphs.pixels = (context, width, height) => {
    const numbers = Uint8Array.from({ length: 60 }, (_, i) => (i % 12 > 2 + 2 * Math.floor(i / 12) ? 1 : 0));
    const row = { kind: "pixels", table: "right", data: { numbers, top: 1 }, view: { first: 0, end: 5, band: 1 } };
    drawRow(context, row, { x: 2, y: 3, width: width - 4, height: height - 6 });
  };

  glyphs.lanes = (context, width, height) => {
    const numbers = Uint8Array.from({ length: 24 }, (_, i) => (i < 12 ? i : 23 - i));
    const row = { kind: "lanes", data: { numbers, top: 11, tables: ["share-right", "share-wrong"] } };
    drawRow(context, row, { x: 2, y: 4, width: width - 4, height: height - 8 });
    context.fillStyle = epochscope.color("--text");
    context.fillRect(2, height * 0.7, width * 0.4, 3);
    context.fillRect(2 + width * 0.4, height * 0.28, width * 0.6 - 4, 3);
  };

  glyphs.focus = (context, width, height) => {
    context.fillStyle = epochscope.color("--focus");
    context.fillRect(width / 2 - 0.75, 2, 1.5, height - 4);
  };

  glyphs.hatch = (context, width, height) => {
    canvas.hatch(context, { x: 2, y: 5, width: width - 4, height: height - 10 }, epochscope.color("--hatch"));
  };
})();
