// What pointer, wheel and keys do on Correlation and Cube.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.correlation ||= {});
  const { canvas } = epochscope;
  const faces = (epochscope.faces ||= {});
  const has = (value) => value !== null && value !== undefined;

  /** Set an option of the page in the link; null takes it out. */
  page.chooseOption = (name, value, history = "push") =>
    epochscope.select({ options: { [`correlation.${name}`]: value } }, { history });

  /** Give the suggested limits back their say. */
  page.clearLimits = () => {
    const names = ["iterations", "size", "classes", "repeats", "exclusivity"];
    const options = Object.fromEntries(names.map((name) => [`correlation.${name}`, null]));
    epochscope.select({ appearances: null, options });
  };

  const toggled = (list = [], value) => (list.includes(value) ? list.filter((one) => one !== value) : [...list, value]);
  const added = (list = [], value) => (list.includes(value) ? list : [...list, value]);
  const without = (list = [], value) => list.filter((one) => one !== value);

  const classId = (place) => page.state.matrix.classes[place].id;
  const address = (scene, unit) => faces.addressOf(scene.run, scene.run.sets[unit]);

  /** Selection patch that pins or unpins what was clicked. */
  page.pinPatch = (scene, pick) => {
    const { selection } = page.state;
    const wanted = [];
    if (has(pick.class)) wanted.push(["classes", classId(pick.class)]);
    if (page.isAbstract()) {
      if (has(pick.layer) && pick.face !== "top") wanted.push(["layers", scene.run.layers[pick.layer][0]]);
    } else if (has(pick.unit) && (pick.rectangle || pick.face !== "right")) wanted.push(["minisets", address(scene, pick.unit)]);
    else if (has(pick.layer) && pick.face === "name") wanted.push(["layers", scene.run.layers[pick.layer][0]]);
    else if (pick.face === "right" && has(pick.unit) && onLine(scene, pick)) return { minisets: toggled(selection.minisets, address(scene, pick.unit)) };
    if (has(pick.step) && (pick.rectangle || onTriangle(scene, pick))) wanted.push(["picks", pick.step]);
    const all = wanted.every(([key, value]) => selection[key]?.includes(value));
    return Object.fromEntries(wanted.map(([key, value]) => [key, (all ? without : added)(selection[key], value)]));
  };

  // Between the first and the last rectangle of a set.
  function onLine(scene, { unit, class: class_ }) {
    const own = scene.rectangles.filter((one) => one.unit.key === unit).map(({ column }) => column);
    const i = scene.classes.indexOf(class_);
    return own.length > 1 && i >= Math.min(...own) && i <= Math.max(...own);
  }

  function onTriangle(scene, { face, class: class_, step }) {
    const { run } = scene;
    return face === "top" && run.classes[class_]?.at.some((at) => run.steps[at] === step);
  }

  // A triangle is wider than its step: one within reach counts as hit.
  function nearTriangle(scene, pick) {
    if (pick?.face !== "top" || !has(pick.class)) return pick;
    const reach = (7 / faces.lengths(scene.maps.top)[0]) * (scene.domain[1] - scene.domain[0]);
    const steps = (scene.run.classes[pick.class]?.at ?? []).map((at) => scene.run.steps[at]);
    const near = steps.filter((step) => Math.abs(step - pick.at) <= reach);
    const [step] = near.sort((a, b) => Math.abs(a - pick.at) - Math.abs(b - pick.at));
    return has(step) ? { ...pick, step } : pick;
  }

  // The first row of a layer that is scrolled out of view, once it is asked for by name.
  function rowOf(scene, layer) {
    if (scene.units.some((unit) => unit.layer === layer)) return {};
    const row = faces.rowsOf(scene.run, scene.abstract).findIndex((one) => one.layer === layer);
    return row < 0 ? {} : { options: { "correlation.row": row ? String(row) : null } };
  }

  function click(scene, pick) {
    const patch = page.pinPatch(scene, pick);
    if (pick.face === "name" && has(pick.layer)) Object.assign(patch, rowOf(scene, pick.layer));
    if (pick.face === "top" && has(pick.step) && !patch.picks) patch.step = pick.step;
    page.state.clicked = true; // what flipped there comes into view
    if (Object.keys(patch).length) epochscope.select(patch);
  }

  // Twice: a name leads to its page.
  function double(scene, pick) {
    if (pick.face !== "name") return;
    if (has(pick.class)) epochscope.go("/validation", { options: { "validation.open": String(page.state.matrix.classes[pick.class].row) } });
    else epochscope.go("/layers", { layers: [scene.run.layers[pick.layer][0]] });
  }

  function scrollTo(name, to, count, shown) {
    const next = Math.min(Math.max(0, to), Math.max(0, count - shown));
    if (next === (Number(page.option(name)) || 0)) return false;
    page.chooseOption(name, next ? String(next) : null, "replace");
    return true;
  }

  // What is in view begins at a share of all classes, rows or steps.
  const rails = {
    classes: ({ all, classes }, share) => scrollTo("from", Math.round(share * all.length), all.length, classes.length),
    rows: ({ rowCount, units }, share) => scrollTo("row", Math.round(share * rowCount), rowCount, units.length),
    steps({ full, domain }, share) {
      const first = Math.max(0, Math.round(full[0] + share * (full[1] - full[0])));
      const [from, to] = faces.stepsWithin(domain);
      epochscope.select({ range: [first, first + to - from] }, { history: "replace" });
    },
  };

  function wheel(scene, pick, event, x) {
    if (!event.deltaY) return false;
    const by = Math.sign(event.deltaY);
    if (event.ctrlKey) return zoom(scene, x, by);
    const onClasses = pick?.face === "top" || (pick?.face === "name" && has(pick.class));
    if (onClasses) return scrollTo("from", scene.from - by, scene.all.length, scene.classes.length);
    return scrollTo("row", scene.rowFrom + by, scene.rowCount, scene.units.length);
  }

  function zoom(scene, x, by) {
    const [share] = faces.pick(scene.maps.front, x, scene.maps.front[5]);
    const at = scene.domain[0] + Math.min(1, Math.max(0, share)) * (scene.domain[1] - scene.domain[0]);
    const domain = canvas.zoomed(scene.domain, scene.full, by < 0 ? 0.8 : 1.25, at);
    const whole = domain[0] <= scene.full[0] && domain[1] >= scene.full[1];
    epochscope.select({ range: whole ? null : faces.stepsWithin(domain) }, { history: "replace" });
    return true;
  }

  /** Hover something of a run; all stages light up what they share with it. */
  page.hover = (scene, pick, x, y) => {
    if (page.state.frozen) return;
    page.state.hover = pick ? { ...pick, run: scene.run } : null;
    page.markAll();
    page.tip(scene, pick, x, y);
  };

  /** Listen on the stage of the run at `place`. */
  page.wire = (stage, place) => {
    const scene = () => page.state.scenes[place];
    faces.wirePointer(stage, scene, {
      hover: (pick, x, y) => page.hover(scene(), nearTriangle(scene(), pick), x, y),
      leave: () => scene() && page.hover(scene(), null),
      click: (pick) => click(scene(), nearTriangle(scene(), pick)),
      double: (pick) => double(scene(), pick),
      lean: (drawn, by) => page.lean(drawn, by),
      draw: (drawn, name, share) => rails[name](drawn, share),
      brush: (range) => epochscope.select({ range }),
      wheel: (pick, event, x) => wheel(scene(), pick, event, x),
    });
    stage.firstChild.addEventListener("keydown", (event) => {
      if (!scene() || event.ctrlKey || event.metaKey || event.altKey) return;
      const act = page.KEYS[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act(scene(), event);
    });
  };

  function move(scene, hover) {
    page.state.hover = { face: "keys", class: null, unit: null, layer: null, step: null, ...page.state.hover, ...hover, run: scene.run };
    page.markAll();
    const said = page.describe(scene, { ...page.state.hover, face: has(page.state.hover.class) && has(page.state.hover.unit) ? "right" : "keys" });
    if (said) scene.stage.firstChild.setAttribute("aria-label", [said.head, ...said.rows.map((pair) => pair.join(" "))].join(", "));
  }

  const next = (list, value, by) => {
    const at = list.indexOf(value);
    return list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)];
  };

  const stepBy = (by) => (scene) => {
    const step = canvas.nextStep(scene.run.steps, page.state.focus, by);
    if (step !== null) epochscope.select({ step }, { history: "replace" });
  };

  const anomalyBy = (by) => (scene) => {
    const places = [...new Set(scene.run.classes.flatMap((one) => one?.at ?? []))].sort((a, b) => a - b);
    const step = canvas.nextStep(places.map((at) => scene.run.steps[at]), page.state.focus, by);
    if (step !== null) epochscope.select({ step }, { history: "replace" });
  };

  const rowBy = (by) => (scene, event) => {
    if (!event.shiftKey) return move(scene, { class: next(scene.classes, page.state.hover?.class, -by) });
    const keys = scene.units.map(({ key }) => key);
    const unit = next(keys, page.state.hover?.unit, by);
    return move(scene, { unit, layer: scene.units[keys.indexOf(unit)]?.layer });
  };

  const pinCurrent = (scene) => {
    const { hover } = page.state;
    if (hover) click(scene, { ...hover, face: "keys", rectangle: false });
  };

  page.KEYS = {
    ArrowLeft: stepBy(-1),
    ArrowRight: stepBy(1),
    "[": anomalyBy(-1),
    "]": anomalyBy(1),
    ArrowUp: rowBy(-1),
    ArrowDown: rowBy(1),
    Enter: pinCurrent,
    a: () => page.chooseOption("version", page.option("version") === "abstract" ? null : "abstract"),
    f: () => { page.state.frozen = !page.state.frozen; },
    c: () => epochscope.go(page.isCube() ? "/correlation" : "/cube"),
    Escape: () => page.unpinAll(),
  };
})();
