// Legend and glyphs of the Layers page, in the colours that the canvas paints with.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.layers ||= {});
  const { canvas, make } = epochscope;
  const STATISTICS = {
    min: "minimum", q25: "first quartile", median: "median", q75: "third quartile", max: "maximum", mean: "mean", sd: "sd",
    variance: "variance", sum: "sum", l0: "share not zero", l1: "L1 per weight", l2: "L2 per weight",
  };
  const VALUES = { weight: "weights", gradient: "gradients", update: "updates", activation: "activations" };

  /** The statistic that lines and horizons show, in words. */
  page.statisticName = () => STATISTICS[page.option("stat")] ?? "mean";

  const ramp = (colors) => make("span", { class: "bands" }, colors.map((color) => make("i", { style: `background: rgb(${color.join(",")})` })));

  const bar = (width, name, style = "") => make("span", { class: "leg" }, make("i", { class: `bar ${style}`, style: `width: ${width}px` }), name);

  /** What the colours of the charts and the widths of the bars mean. */
  page.legend = function (spec) {
    const types = new Set(spec.rows.filter(({ level }) => level).map(({ type }) => type));
    const what = `${page.statisticName()} of the ${VALUES[page.option("values")] ?? "weights"}`;
    const made = [];
    if (types.has("horizon")) made.push(horizon(what, spec.scales));
    if (types.has("line")) made.push(make("span", { class: "leg" }, `line: ${what}`));
    if (types.has("box")) made.push(make("span", { class: "leg" }, "box: minimum, quartiles, maximum"));
    if (types.has("ratio")) made.push(ratio());
    if (types.has("heat")) made.push(heat());
    if (spec.scales.apart) made.push(make("span", { class: "leg" }, "normalisations on a scale of their own"));
    return [...made, bar(3, "layer"), bar(6, "block"), bar(10, "module"), bar(10, "opened", "pale")];
  };

  function horizon(what, scales) {
    const paint = canvas.readPaint();
    const strengths = canvas.bandStrengths(page.bands());
    const negative = [...strengths].reverse().map((share) => canvas.mixed(paint, "surface", "neg", share));
    const positive = strengths.map((share) => canvas.mixed(paint, "surface", "pos", share));
    const [low, high] = scales.same ? [`−${page.say(scales.most)}`, `+${page.say(scales.most)}`] : ["− own", "+ own"];
    const norms = scales.norms ? ` · normalisations ±${page.say(scales.norms)}` : "";
    return make("span", { class: "leg" }, `${what} ${low}`, ramp([...negative, ...positive]), `${high}${norms}`);
  }

  /** The colours of a change ratio with their thresholds, largest change first. */
  page.ratioSwatches = function () {
    const paint = canvas.readPaint();
    const names = [...page.thresholds().map((one) => `≥ ${page.sayThreshold(one)}`), "below"];
    const strengths = canvas.changeStrengths(names.length);
    return names.map((name, band) => [name, canvas.mixed(paint, "sunken", "accent", strengths[band])]);
  };

  function ratio() {
    const swatches = page.ratioSwatches();
    return make("span", { class: "leg" }, `relative change ${swatches[0][0]}`, ramp(swatches.map(([, color]) => color)), swatches.length > 1 ? `< ${swatches.at(-2)[0].slice(2)}` : "");
  }

  function heat() {
    return make("span", { class: "leg" }, "density least", make("i", { class: "ramp sequential" }), "most of each step");
  }

  const glyphs = (epochscope.glyphs ||= {});
  const steps = Array.from({ length: 12 }, (_, i) => i);

  function drawRow(context, row, width, height) {
    const column = { steps, edges: canvas.edgesOf(steps) };
    const box = { x: 2, y: 4, width: width - 4, height: height - 8, column, domain: [-0.5, 11.5], ratio: window.devicePixelRatio || 1 };
    canvas.kinds[row.kind](context, box, { ...row, type: row.kind }, canvas.readPaint());
  }

  glyphs["level-bars"] = (context, width, height) => {
    context.fillStyle = epochscope.color("--accent");
    [[10, 3], [22, 6], [37, 10]].forEach(([x, wide]) => context.fillRect(x, 4, wide, height - 8));
  };

  glyphs.horizon = (context, width, height) => {
    const numbers = Float32Array.from(steps, (step) => 3 * Math.sin(step / 2.2));
    drawRow(context, { kind: "horizon", bands: 3, most: 3, data: { numbers, lines: 1, bad: -1 } }, width, height);
  };

  glyphs.box = (context, width, height) => {
    const numbers = Float32Array.from({ length: 60 }, (_, i) => (Math.floor(i / 12) - 2) * (1 + (i % 12) / 8));
    drawRow(context, { kind: "box", scale: [-5, 5], data: { numbers, lines: 5, bad: -1 } }, width, height);
  };

  glyphs.ratio = (context, width, height) => {
    const numbers = Float32Array.from({ length: 60 }, (_, i) => [0.1, 0.15, 0.25, 0.3, 0.2][Math.floor(i / 12)]);
    drawRow(context, { kind: "ratio", data: { numbers, lines: 5, bad: -1 } }, width, height);
  };
})();
