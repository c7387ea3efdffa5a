// The stages of Correlation and Cube: one per run, each a canvas under an SVG.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.correlation ||= {});
  const { make } = epochscope;
  const faces = (epochscope.faces ||= {});
  const SHORTEST = 560;
  const STACKED = 540; // of one run of several
  const TABS = 22; // by which the names of several cubes push theirs down
  const NOTHING = 220; // of a run without anything to show, among others

  /** Height of each stage: what the window leaves, or a fixed one where runs are stacked. */
  const stageHeight = (runs) => {
    if (runs > 1 && !page.isCube()) return STACKED;
    return Math.max(SHORTEST, Math.min(980, window.innerHeight - 262 - (runs > 1 ? TABS : 0)));
  };

  /** Lay out and paint the stages of all runs. */
  page.redraw = () => {
    const host = document.getElementById("correlation-stages");
    const { matrix } = page.state;
    if (!host || !matrix) return;
    const several = !page.isCube() && matrix.runs.length > 1;
    const before = page.state.scenes;
    while (host.children.length > matrix.runs.length) host.lastChild.remove();
    const places = page.shownPlaces();
    page.state.scenes = matrix.runs.map((run, place) => {
      const stage = host.children[place] ?? mount(host, place);
      stage.hidden = !places.includes(place);
      if (stage.hidden) return null;
      const empty = several && (!run || run.state);
      stage.style.height = `${empty ? NOTHING : stageHeight(matrix.runs.length)}px`;
      return draw(stage, run, place, { several, before: before[place] });
    });
    page.state.width = host.clientWidth;
    host.dataset.version = page.isAbstract() ? "abstract" : "mini-sets";
    page.markAll();
  };

  function mount(host, place) {
    const element = make("canvas", { tabindex: 0, role: "img", "aria-describedby": "correlation-text" });
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "over");
    svg.setAttribute("aria-hidden", "true");
    const stage = make("div", { class: "faces", "data-place": place }, element, svg, make("div", { class: "face-texts" }));
    host.append(stage);
    page.wire(stage, place);
    return stage;
  }

  function draw(stage, run, place, { several, before }) {
    const [element, svg, texts] = stage.children;
    svg.replaceChildren();
    texts.replaceChildren();
    const name = several ? page.state.matrix.runs[place]?.name ?? page.state.chosen?.[place] ?? "" : "";
    element.setAttribute("aria-label", `Classes, filters and steps${name ? ` of ${name}` : ""}; arrow keys choose, Enter pins`);
    stage.dataset.state = run ? run.state || "drawn" : "predictions";
    if (!run || run.state) return drawNothing(stage, run, place);
    const size = [stage.clientWidth, stage.clientHeight];
    const scene = faces.sceneOf(run, size, page.view());
    const data = page.dataOf(place);
    Object.assign(scene, { place, data, stage, rule: page.state.matrix.settings.rule });
    drawOver(svg, scene, data);
    page.drawTitles(texts, scene, data, name);
    fold(stage, before?.run === run ? before : null, scene, data);
    return scene;
  }

  // Names and lines wait until the faces stand where they belong.
  function fold(stage, before, scene, data) {
    const [element, ...over] = stage.children;
    const show = (visible) => over.slice(0, 2).forEach((one) => one.classList.toggle("waits", !visible));
    show(false);
    page.fold(element, before, scene, data, () => {
      faces.paint(element, scene, data);
      show(true);
    });
  }

  function drawNothing(stage, run, place) {
    const [element, , texts] = stage.children;
    element.getContext("2d").clearRect(0, 0, element.width, element.height);
    Object.assign(element.dataset, { rows: 0, cells: 0, drawn: Number(element.dataset.drawn || 0) + 1 });
    texts.replaceChildren(page.sayNothing(run, place));
    return null;
  }

  function drawOver(svg, scene, data) {
    svg.setAttribute("width", scene.size[0]);
    svg.setAttribute("height", scene.size[1]);
    const groups = {};
    for (const name of ["lines", "texts", "axis", "marks", "flags"]) groups[name] = faces.add(svg, "g", { class: name });
    scene.groups_ = groups;
    faces.drawFrame(scene, groups);
    page.drawers[scene.kind](scene, groups, data);
  }

  const namesOf = () => page.state.matrix.classes.map(({ name }) => name);

  /** What each layout draws over its faces. */
  Object.assign((page.drawers ||= {}), {
    unfolded(scene, groups, data) {
      const [from, to] = scene.spine;
      faces.drawLeaders(scene, groups, namesOf());
      const spine = { x: (from + to) / 2, from, to, room: to - from - 20, sides: [[from + 4.5, 4.5], [to - 4.5, -4.5]] };
      faces.drawLayerNames(scene, groups, spine);
      faces.drawOverviews(scene, groups, data);
      faces.drawSteps(scene, groups, scene.seam, from + 15);
      if (scene.abstract) drawTotals(scene, groups);
    },
    corner(scene, groups) {
      faces.drawUpright(scene, groups, namesOf());
      const x = scene.left;
      faces.drawLayerNames(scene, groups, { x: x - 12, from: 0, to: x, room: x - 18, anchor: "end", sides: [[x - 3.5, -4.5]] });
      faces.drawDown(scene, groups);
      scene.flagY = scene.floor + scene.maps.front[3];
      faces.drawSteps(scene, groups, scene.flagY, scene.maps.front[4] - 28);
      if (scene.abstract) drawTotals(scene, groups);
    },
  });

  // Distinct anomaly filters of each layer over all classes.
  function drawTotals(scene, groups) {
    const { maps, run } = scene;
    const x = maps.right[4] + maps.right[0] + 10;
    const most = Math.max(1, ...scene.units.map(({ layer }) => run.layers[layer][2]));
    faces.add(groups.texts, "text", { x, y: maps.right[5] - 6, class: "ax" }, "all");
    for (const { layer, a, b } of scene.units) {
      const count = run.layers[layer][2];
      const [top, high] = [maps.right[5] + a * maps.right[3], (b - a) * maps.right[3]];
      const width = (24 * count) / most;
      faces.add(groups.lines, "rect", { x, y: top + 3, width, height: Math.max(3, high - 6), class: "total" });
      faces.add(groups.texts, "text", { x: x + width + 4, y: top + high / 2 + 3.8, class: "ax" }, count);
    }
  }

  /** Mark hover, pins and focus on every stage; nothing is painted again. */
  page.markAll = () => {
    const { scenes, hover, focus } = page.state;
    for (const scene of scenes) {
      if (!scene) continue;
      const marks = { hover: page.translate(hover, scene.run), pins: page.pinsOf(scene.run), focus };
      faces.mark(scene, scene.groups_.marks, marks);
      hideTicks(scene);
      emphasise(scene, marks);
    }
  };

  // Tick labels make room for the flags.
  function hideTicks(scene) {
    const flags = [...scene.groups_.marks.querySelectorAll("rect.flag")].map((flag) => [Number(flag.getAttribute("x")), Number(flag.getAttribute("width"))]);
    for (const text of scene.groups_.axis.children) {
      const x = Number(text.dataset.x);
      text.classList.toggle("off", text.dataset.x !== undefined && flags.some(([from, width]) => x > from - 18 && x < from + width + 18));
    }
  }

  function emphasise(scene, { hover, pins }) {
    const units = faces.unitsOf(scene, hover ?? {});
    const pinned = scene.units.filter(({ key }) => pins.units.has(key));
    for (const text of scene.stage.querySelectorAll("svg .lab")) {
      const { class: class_, layer } = text.dataset;
      const isClass = class_ !== undefined;
      const on = isClass ? hover?.class === Number(class_) : units.some((unit) => unit.layer === Number(layer)) || hover?.layer === Number(layer);
      const pin = isClass ? pins.classes.has(Number(class_)) : pins.layers.has(Number(layer)) || pinned.some((unit) => unit.layer === Number(layer));
      text.classList.toggle("on", on);
      text.classList.toggle("pin", pin && !on);
    }
    for (const fan of scene.stage.querySelectorAll("svg .fan")) {
      fan.classList.toggle("on", units.some(({ layer }) => layer === Number(fan.dataset.layer)));
    }
  }
})();
