// The options of the Layers page in the link, and the numbers of its charts.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.layers ||= {});
  const { canvas } = epochscope;
  const TYPES = ["line", "horizon", "box", "ratio", "heat"];
  const LOWEST = -12; // powers of ten of packed ratios
  const HIGHEST = 2;
  const DEFAULTS = {
    values: "weight", stat: "mean", type: "horizon", bands: "3", scale: "same", sort: "network",
    ratio: "0.1,0.01,0.001,0.0001",
  };
  const unpacked = new WeakMap(); // payload -> what a kind draws: unpacked once
  Object.assign(page, { TYPES, DEFAULTS });

  /** What the page shows now: what was sent, the link's options, and what stays in the browser. */
  page.state = { data: null, rows: new Map(), options: {}, search: "", chosen: [], layers: [], hovered: -1, pointed: -1, dragged: null, anomalies: null };

  /** An option of this page in the link, or its default. */
  page.option = (name, options = page.state.options) => options[`layers.${name}`] ?? DEFAULTS[name];

  /** Set an option of this page in the link; null, like its default, takes it out. */
  page.chooseOption = (name, value, history = "push") =>
    epochscope.select({ options: { [`layers.${name}`]: value === DEFAULTS[name] ? null : value } }, { history });

  /** Names of the opened levels, as the link has them. */
  page.openNames = (options = page.state.options) => new Set((options["layers.open"] || "").split(",").filter(Boolean));

  /** Types that rows have instead of the page's: names to types. */
  page.typesOf = function (options = page.state.options) {
    const pairs = (options["layers.types"] || "").split(",").map((text) => {
      const at = text.lastIndexOf(":");
      return [text.slice(0, at), text.slice(at + 1)];
    });
    return new Map(pairs.filter(([name, type]) => name && TYPES.includes(type)));
  };

  /** How many bands a horizon has, 1 to 6. */
  page.bands = (options = page.state.options) => Math.min(6, Math.max(1, Math.round(Number(page.option("bands", options))) || 3));

  /** The thresholds of a change ratio, falling. */
  page.thresholds = (options = page.state.options) => page.option("ratio", options).split(",").filter((text) => Number(text) > 0).sort((a, b) => b - a);

  /** What a kind draws of a packed chart: {numbers, lines, bad, top, scale}; null stays null. */
  page.cells = function (payload) {
    if (!payload || payload.missing) return payload ?? null;
    if (!unpacked.has(payload)) {
      const numbers = payload.floats ? canvas.unpackFloats(payload.floats) : canvas.unpack(payload.cells);
      unpacked.set(payload, { numbers, lines: payload.lines, bad: payload.bad, top: payload.cells?.top, scale: payload.scale });
    }
    return unpacked.get(payload);
  };

  /** Packed ratios as numbers over the steps; null where one was not recorded. */
  page.ratios = function (payload) {
    if (!payload) return [];
    if (!unpacked.has(payload)) {
      const numbers = canvas.unpack(payload);
      const missing = canvas.missingOf(numbers);
      const power = (number) => LOWEST + (number / payload.top) * (HIGHEST - LOWEST);
      unpacked.set(payload, Array.from(numbers, (number) => (number === missing ? null : number === 0 ? 0 : 10 ** power(number))));
    }
    return unpacked.get(payload);
  };

  /** Change of a level in the first run that has one: {at the focus step, ever}. */
  page.changeOf = function (place) {
    const { data, rows } = page.state;
    const { focus } = canvas.axisOf("layers");
    const ratios = rows.get(data.levels[place].name)?.ratios ?? [];
    const run = ratios.findIndex(Boolean);
    if (run < 0) return { at: null, ever: true };
    const changes = page.ratios(ratios[run].change);
    const known = changes.filter((value) => value !== null);
    return { at: changes[canvas.cellAtFocus(data.runs[run].steps, focus)] ?? null, ever: !known.length || known.some((value) => value > 0) };
  };

  /** Places of the chosen layers. */
  page.chosenPlaces = () =>
    page.state.data.levels.flatMap(({ name }, place) => (page.state.layers.includes(name) ? [place] : []));

  /** Places of the levels that the page shows now, in order. */
  page.shownPlaces = function () {
    const { data, options, search, anomalies } = page.state;
    const only = page.option("only", options) === "anomalies" ? anomalies ?? new Set() : null;
    const open = page.openNames(options);
    return page.listLevels(data.levels, { open, search, only, sort: page.option("sort", options), changeOf: page.changeOf });
  };

  /** A number as the page says it: its sign, three digits. */
  page.say = (number, signed = false) => {
    if (number === null || number === undefined || Number.isNaN(number)) return "–";
    // Beyond a hundred thousand the digits of a whole number say nothing and need room.
    const large = Math.abs(number) >= 1e5 && Number.isFinite(number);
    const text = large ? Number(number).toExponential(2).replace("e+", "e").replace("-", "−") : epochscope.format(Number(Number(number).toPrecision(3)));
    return signed && number > 0 ? `+${text}` : text;
  };

  /** What a chart says at a recorded step, in lines of text. */
  page.sayAt = function (row, cells, cell, count) {
    if (!cells || cells.missing || cell < 0) return ["–"];
    if (cells.bad >= 0 && row.steps?.[cell] >= cells.bad) return ["not finite"];
    const { numbers } = cells;
    if (row.type === "box") return ["median", page.say(numbers[2 * count + cell])];
    if (row.type === "ratio") {
      const thresholds = page.thresholds();
      const upTo = Math.min(1, thresholds.length - 1);
      let share = 0;
      for (let band = 0; band <= upTo; band += 1) share += numbers[band * count + cell];
      return [`≥ ${page.sayThreshold(thresholds[upTo])}`, Number.isNaN(share) ? "–" : `${Math.round(100 * share)} %`];
    }
    if (row.type === "heat") return ["most at", page.say(fullest(cells, cell, count))];
    return [page.say(numbers[cell], page.option("stat") === "mean")];
  };

  function fullest({ numbers, lines, scale }, cell, count) {
    let best = -1;
    for (let line = 0; line < lines; line += 1) {
      const number = numbers[line * count + cell];
      if (number !== canvas.MISSING && (best < 0 || number > numbers[best * count + cell])) best = line;
    }
    return best < 0 ? null : scale[0] + ((best + 0.5) / lines) * (scale[1] - scale[0]);
  }

  /** A threshold as text: 0.1, 0.001, 1e−4. */
  page.sayThreshold = (text) => epochscope.format(Number(text));
})();
