// What changes over the faces without painting them again: focus, hover, pins, and their links.
(() => {
  const epochscope = (window.epochscope ||= {});
  const faces = (epochscope.faces ||= {});

  /** Units that a mark {unit, layer} names: a mini-set or row, or all rows of a layer. */
  faces.unitsOf = (scene, { unit, layer }) => {
    if (unit !== undefined && unit !== null) return scene.units.filter(({ key }) => key === unit);
    if (layer !== undefined && layer !== null) return scene.units.filter((one) => one.layer === layer);
    return [];
  };

  /** Classes in view that a step or a set touches: places. */
  faces.touched = (scene, units) => {
    const steps = new Set(units.flatMap(({ set }) => set?.at ?? []));
    return new Set(scene.classes.filter((place) => scene.run.classes[place].at.some((at) => steps.has(at))));
  };

  /** Draw all marks of a scene: marks = {hover, pins: {classes, units, layers, steps}, focus}. */
  faces.mark = (scene, group, marks) => {
    group.replaceChildren();
    const pinned = pinnedOf(scene, marks.pins);
    const hovered = hoveredOf(scene, marks.hover);
    drawVeil(scene, group, hovered, pinned);
    for (const one of pinned.bands) outline(scene, group, one, "pin");
    for (const one of pinned.classes) outlineClass(scene, group, one, "pin");
    for (const step of marks.pins.steps) if (step !== marks.focus) drawStep(scene, group, step, "pint");
    if (marks.focus !== null && marks.focus !== undefined) drawStep(scene, group, marks.focus, "foc");
    for (const one of hovered.bands) outline(scene, group, one, "hov");
    for (const one of hovered.classes) outlineClass(scene, group, one, "hov");
    if (marks.hover?.step !== undefined && marks.hover?.step !== null) {
      if (marks.hover.step !== marks.focus) drawStep(scene, group, marks.hover.step, "hovt");
    }
    drawRings(scene, group, marks.hover);
    drawHits(scene, group, [...pinned.units, ...hovered.units]);
    group.dataset.on = hovered.bands.length + hovered.classes.length;
  };

  const bandsOf = (units) => units.map(({ a, b }) => ({ a, b }));

  function pinnedOf(scene, pins) {
    const units = scene.units.filter(({ key }) => pins.units.has(key));
    const layers = scene.groups.filter(({ layer }) => pins.layers.has(layer));
    const classes = scene.classes.flatMap((place, i) => (pins.classes.has(place) ? [i] : []));
    return { units, bands: [...bandsOf(units), ...layers], classes };
  }

  function hoveredOf(scene, hover) {
    if (!hover) return { units: [], bands: [], classes: [] };
    const i = scene.classes.indexOf(hover.class);
    const units = faces.unitsOf(scene, hover);
    const whole = hover.unit === undefined || hover.unit === null;
    const bands = whole && hover.layer !== undefined && hover.layer !== null
      ? scene.groups.filter(({ layer }) => layer === hover.layer)
      : bandsOf(units);
    return { units, bands, classes: i < 0 ? [] : [i] };
  }

  const span = (scene, i) => [scene.classEdges[i], scene.classEdges[i + 1]];

  // A veil of the surface with windows: what is neither hovered nor pinned steps back.
  function drawVeil(scene, group, hovered, pinned) {
    if (!hovered.bands.length && !hovered.classes.length) return;
    const { maps } = scene;
    const bands = join([...hovered.bands, ...pinned.bands]);
    const classes = [...new Set([...hovered.classes, ...pinned.classes])].map((i) => span(scene, i));
    const whole = (name) => faces.quad(maps[name], 0, 0, 1, 1);
    const veil = (d) => faces.add(group, "path", { d, class: "veil", "fill-rule": "evenodd" });
    if (classes.length) veil(whole("top") + classes.map(([from, to]) => faces.quad(maps.top, 0, from, 1, to)).join(""));
    if (bands.length) veil(whole("front") + bands.map(({ a, b }) => faces.quad(maps.front, 0, a, 1, b)).join(""));
    const rest = gaps(bands);
    const open = bands.map(({ a, b }) => faces.quad(maps.right, 0, a, 1, b)).join("");
    const columns = classes.flatMap(([from, to]) => rest.map(([a, b]) => faces.quad(maps.right, from, a, to, b))).join("");
    veil(whole("right") + open + columns);
  }

  function join(bands) {
    const sorted = bands.toSorted((one, other) => one.a - other.a);
    const joined = [];
    for (const { a, b } of sorted) {
      const last = joined.at(-1);
      if (last && a <= last.b) last.b = Math.max(last.b, b);
      else joined.push({ a, b });
    }
    return joined;
  }

  function gaps(bands) {
    const edges = [0, ...bands.flatMap(({ a, b }) => [a, b]), 1];
    return edges.flatMap((edge, i) => (i % 2 === 0 && edges[i + 1] > edge ? [[edge, edges[i + 1]]] : []));
  }

  function outline(scene, group, { a, b }, style) {
    for (const name of ["front", "right"]) {
      faces.add(group, "path", { d: faces.quad(scene.maps[name], 0, a, 1, b), class: style, "data-on": name });
    }
  }

  function outlineClass(scene, group, i, style) {
    const [from, to] = span(scene, i);
    faces.add(group, "path", { d: faces.quad(scene.maps.top, 0, from, 1, to), class: style, "data-on": "top" });
    faces.add(group, "path", { d: faces.quad(scene.maps.right, from, 0, to, 1), class: style, "data-on": "right" });
    const leader = scene.places?.[i]?.leader;
    if (leader) faces.add(group, "path", { d: leader, class: style });
  }

  /** A step on Validation and Layers, its flag, and its iterations on Correlation. */
  function drawStep(scene, group, step, style) {
    const u = faces.shareOf(scene, step);
    if (u < 0 || u > 1) return;
    const { maps } = scene;
    const lines = scene.joined
      ? `${faces.line(maps.front, [u, 1], [u, 0])}L${faces.line(maps.top, [u, 0], [u, 1]).slice(1)}`
      : faces.line(maps.front, [u, 0], [u, 1]) + faces.line(maps.top, [u, 0], [u, 1]);
    faces.add(group, "path", { d: lines, class: style, "data-step": step });
    scene.classes.forEach((place, i) => {
      scene.run.classes[place].at.forEach((at, j) => {
        if (scene.run.steps[at] !== step || scene.abstract) return;
        const x = scene.columns[i][j] + scene.each / 2;
        faces.add(group, "path", { d: faces.line(maps.right, [x, 0], [x, 1]), class: `${style} thin`, "data-on": "right" });
      });
    });
    drawFlag(scene, group, step, u, style);
  }

  function drawFlag(scene, group, step, u, style) {
    const text = epochscope.formatCount(step);
    const half = Math.round(faces.widthOf(text, true)) / 2 + 7;
    const [x] = faces.at(scene.maps.front, u, 0);
    const y = scene.flagY ?? scene.seam;
    faces.add(group, "rect", { x: x - half, y: y + 4, width: 2 * half, height: 16, rx: 4, class: `${style} flag` });
    faces.add(group, "text", { x, y: y + 16, class: `${style} flagt mid` }, text);
  }

  // Where the hovered class and set meet: the rectangles or the cell themselves.
  function drawRings(scene, group, hover) {
    const i = scene.classes.indexOf(hover?.class);
    const [width, height] = faces.lengths(scene.maps.right);
    for (const { a, b } of i < 0 ? [] : faces.unitsOf(scene, hover)) {
      if (!scene.abstract) continue;
      faces.add(group, "path", { d: faces.quad(scene.maps.right, scene.classEdges[i], a, scene.classEdges[i + 1], b), class: "ring" });
    }
    for (const one of scene.rectangles) {
      if (one.class !== hover?.class || one.unit.key !== hover?.unit) continue;
      const [across, down] = [1.5 / width, 1.5 / height];
      const d = faces.quad(scene.maps.right, one.u - across, one.unit.a - down, one.u + scene.each + across, one.unit.b + down);
      faces.add(group, "path", { d, class: "ring", "data-step": scene.run.steps[one.step] });
    }
  }

  // A square beside the name of every class that a hovered or pinned set touches.
  function drawHits(scene, group, units) {
    const touched = faces.touched(scene, units);
    for (const { place, hit, alsoHit } of scene.places ?? []) {
      for (const at of touched.has(place) ? [hit, alsoHit] : []) {
        if (at) faces.add(group, "rect", { x: at[0], y: at[1], width: 5, height: 5, rx: 1, class: "hit", "data-class": place });
      }
    }
  }
})();
