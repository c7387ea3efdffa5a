// Words of the tooltip of Correlation and Cube: what lies under the pointer, in one small table.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.correlation ||= {});
  const { make, format } = epochscope;
  const NAMED = 8; // filters of a set

  const percent = (share) => (share === null ? "–" : `${Math.round(100 * share)} %`);
  const many = (count, word) => `${format(count)} ${word}${count === 1 ? "" : "s"}`;
  const times = (lift) => (lift === null ? "…" : `×${format(Number(lift.toPrecision(2)))}`);
  const millions = (count) => `${format(Number((count / 1e6).toPrecision(2)))} million`;
  page.millions = millions;
  const listed = (filters) => `${filters.slice(0, NAMED).join(", ")}${filters.length > NAMED ? ", …" : ""}`;
  page.listFilters = listed;

  function verdict(data, row, class_) {
    if (data.tooMany) return [["Compared with chance", `no: ${millions(data.tooMany)} pairs are too many`]];
    if (data.liftAt(row, class_) === null) return [];
    return [
      ["Lift", times(data.liftAt(row, class_))],
      ["Compared with chance", data.beyondAt(row, class_) ? "beyond chance" : "could be chance"],
    ];
  }

  function flipped(run, class_, step) {
    const one = run.classes[class_];
    const j = one ? one.at.findIndex((at) => run.steps[at] === step) : -1;
    if (j < 0) return [];
    return [["Flipped", `${Math.max(one.left[j], one.right[j])} of ${many(one.images, "image")}`]];
  }

  function classTip({ run, data }, { class: class_, step }) {
    const name = page.state.matrix.classes[class_].name;
    const at = step === null ? -1 : run.steps.indexOf(step);
    const rows = [];
    if (at >= 0) {
      const [before, now] = [data.errorAt(class_, at - 1), data.errorAt(class_, at)];
      rows.push(["Error", before === null ? percent(now) : `${percent(before)} to ${percent(now)}`]);
    }
    rows.push(...flipped(run, class_, step), ["Anomaly iterations", format(run.classes[class_]?.at.length ?? 0)]);
    return { head: name, at: at >= 0 ? step : null, rows };
  }

  function setTip({ run }, hover) {
    const { layer, unit, step, line } = hover;
    const name = run.layers[layer][0];
    if (page.isAbstract() || unit === null) {
      const [, filters, count] = run.layers[layer];
      return { head: name, at: hover.face === "front" ? step : null, rows: [["Anomaly filters", `${format(count)} of ${format(filters)}`], ...changed(run, line, step)] };
    }
    const set = run.sets[unit];
    const rows = [
      [set.filters.length === 1 ? "Filter" : "Filters", listed(set.filters)],
      ...changed(run, line, step),
      ["Appearances", `${format(set.appearances)} in ${`${format(set.classes)} ${set.classes === 1 ? "class" : "classes"}`}`],
      ["Iterations", format(set.at.length)],
    ];
    return { head: name, at: hover.face === "front" ? step : null, rows };
  }

  function changed(run, line, step) {
    const at = step === null || line === undefined ? -1 : run.steps.indexOf(step);
    if (at < 0) return [];
    const level = run.grid.numbers[line * run.grid.columns + at];
    return [["Change, least to most", level === 255 ? "not recorded" : percent(level / run.grid.top)]];
  }

  function cellTip({ run, data }, { class: class_, unit, layer }) {
    const count = run.cells.numbers[unit * page.state.matrix.classes.length + class_];
    const rows = [["Filters", `${format(count)} of ${format(run.layers[layer][1])}`]];
    if (data.observedAt(unit, class_) !== null) {
      rows.push(["Appearances", `${format(data.observedAt(unit, class_))}, expected ${format(Number(data.expectedAt(unit, class_).toPrecision(2)))}`]);
    }
    rows.push(...verdict(data, unit, class_));
    return { head: `${page.state.matrix.classes[class_].name} × ${run.layers[layer][0]}`, at: null, rows };
  }

  function meetTip({ run, data }, { class: class_, unit, layer, step }) {
    const set = run.sets[unit];
    const own = run.classes[class_];
    const hits = own.at.filter((at) => set.at.includes(at)).length;
    const rows = [
      [set.filters.length === 1 ? "Filter" : "Filters", listed(set.filters)],
      ...flipped(run, class_, step),
      ["Moves in", `${hits} of ${many(own.at.length, "iteration")}`],
      ...verdict(data, unit, class_),
    ];
    return { head: `${page.state.matrix.classes[class_].name} × ${run.layers[layer][0]}`, at: step, rows };
  }

  /** What to say of a hover on a scene: {head, at, rows: [[word, value]]}. */
  page.describe = (scene, hover) => {
    if (!hover) return null;
    const has = (value) => value !== null && value !== undefined;
    if (hover.face === "right" && has(hover.class) && has(hover.unit)) {
      return (page.isAbstract() ? cellTip : meetTip)(scene, hover);
    }
    if (has(hover.class)) return classTip(scene, { step: null, ...hover });
    return has(hover.layer) ? setTip(scene, hover) : null;
  };

  /** Show the tooltip of a stage at (x, y), beside the pointer and off the edges. */
  page.tip = (scene, hover, x, y) => {
    const said = page.describe(scene, hover);
    scene.stage.tip ??= scene.stage.appendChild(make("div", { class: "canvas-tip faces-tip", hidden: true }));
    const { tip } = scene.stage;
    tip.hidden = !said;
    if (!said) return;
    const rows = said.rows.flatMap(([word, value]) => [make("span", { text: word }), make("b", { text: value })]);
    const at = said.at === null || said.at === undefined ? "" : ` at step ${format(said.at)}`;
    tip.replaceChildren(make("div", {}, make("b", { text: said.head }), at), make("div", { class: "pairs" }, rows));
    const [width, height] = scene.size;
    const left = x + 20 + tip.offsetWidth < width - 4 ? x + 20 : x - tip.offsetWidth - 12;
    const top = y + 18 + tip.offsetHeight < height ? y + 18 : y - tip.offsetHeight - 12;
    tip.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, top)}px)`;
  };

  /** The page in words. */
  page.sayAll = () => {
    const { matrix } = page.state;
    return matrix.runs.map((run, place) => {
      if (!run || run.state) return `${run?.name ?? page.state.chosen?.[place] ?? "A run"}: nothing to show.`;
      const classes = run.classes.filter((one) => one?.at.length).length;
      const rows = page.isAbstract() ? `${run.rows.length} layers` : `${run.sets.length} of ${run.total} mini-sets`;
      const strongest = page.isAbstract() ? "" : strongestOf(run);
      return `${run.name}: ${classes} classes with anomaly iterations, ${rows}.${strongest}`;
    }).join(" ");
  };

  function strongestOf(run) {
    const weigh = (set) => set.appearances * set.filters.length;
    const ranked = run.sets.toSorted((a, b) => weigh(b) - weigh(a)).slice(0, 3);
    const said = ranked.map((set) => {
      const touched = page.state.matrix.classes.filter((_, place) => run.classes[place]?.at.some((at) => set.at.includes(at)));
      return `${run.layers[set.layer][0]}, filters ${listed(set.filters)}, with ${touched.slice(0, 4).map(({ name }) => name).join(", ")}`;
    });
    return said.length ? ` Strongest: ${said.join("; ")}.` : "";
  }
})();
