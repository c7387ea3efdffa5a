// The SVG that lies over the faces: edges, names, leaders and ticks, drawn once per layout.
(() => {
  const epochscope = (window.epochscope ||= {});
  const faces = (epochscope.faces ||= {});
  const SVG = "http://www.w3.org/2000/svg";
  let measuring = null;

  /** Add an SVG element to a parent. */
  faces.add = (parent, name, attributes = {}, text) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  };

  /** Width of a text of 11 pixels, bold or not. */
  faces.widthOf = (text, bold = false) => {
    measuring ??= document.createElement("canvas").getContext("2d");
    measuring.font = `${bold ? "600 " : ""}11px Inter, system-ui, sans-serif`;
    return measuring.measureText(text).width;
  };

  /** A text cut to `room` pixels, with … where it was cut. */
  faces.fit = (text, room) => {
    if (faces.widthOf(text, true) <= room) return text;
    let short = text;
    while (short && faces.widthOf(`${short}…`, true) > room) short = short.slice(0, -1);
    return `${short}…`;
  };

  const middle = (from, to) => (from + to) / 2;

  /** Edges of the three faces, and the overviews of all classes and layers at the left. */
  faces.drawFrame = (scene, groups) => {
    for (const name of ["top", "front", "right"]) {
      faces.add(groups.lines, "path", { d: faces.quad(scene.maps[name], 0, 0, 1, 1), class: "edge", "data-face": name });
    }
  };

  /** Ticks and learning rates along the steps of the front face. */
  faces.drawSteps = (scene, groups, y, endX) => {
    const [left, width] = [scene.maps.front[4], scene.maps.front[0]];
    const x = (step) => left + faces.shareOf(scene, step) * width;
    const { ticks, formatTick } = epochscope;
    const most = Math.max(3, Math.min(7, Math.floor(width / 52)));
    for (const step of ticks(Math.max(0, scene.domain[0]), scene.domain[1], most)) {
      const at = Math.round(x(step)) + 0.5;
      if (at < left || at > left + width) continue;
      faces.add(groups.lines, "path", { d: `M${at} ${y + 1}v4`, class: "tick" });
      faces.add(groups.axis, "text", { x: at, y: y + 16, class: "ax mid", "data-x": at }, formatTick(step));
    }
    faces.add(groups.texts, "text", { x: endX, y: y + 16, class: "ax" }, "step");
    drawRates(scene, groups, y, x);
  };

  function drawRates(scene, groups, y, x) {
    const [left, right] = [scene.maps.front[4], scene.maps.front[4] + scene.maps.front[0]];
    const stages = scene.run.stages.length <= 11 ? scene.run.stages : [];
    for (const [first, last, rate] of stages) {
      const a = Math.max(x(first), left);
      const b = Math.min(x(last + 1), right);
      if (b - a < 4) continue;
      const text = `lr ${epochscope.format(rate)}`;
      const half = faces.widthOf(text) / 2 + 5;
      const at = middle(a, b);
      const bracket = half * 2 < b - a ? `H${at - half}M${at + half} ${y + 29.5}H${b - 1.5}` : `H${b - 1.5}`;
      faces.add(groups.lines, "path", { d: `M${a + 1.5} ${y + 26.5}v6M${a + 1.5} ${y + 29.5}${bracket}M${b - 1.5} ${y + 26.5}v6`, class: "tick" });
      if (half * 2 < b - a) faces.add(groups.texts, "text", { x: at, y: y + 33, class: "ax mid" }, text);
    }
  }

  /** Names of the layers in a spine, with brackets to the rows on either side. */
  faces.drawLayerNames = (scene, groups, { x, from, to, room, anchor = "mid", sides }) => {
    const { groups: rows, maps } = scene;
    const [top, high] = [maps.front[5], maps.front[3]];
    const places = rows.map(({ a, b }) => top + middle(a, b) * high);
    const shown = faces.spread(places, 12, top + 5, top + high - 5);
    const crowded = rows.length > 1 && (high - 10) / (rows.length - 1) < 10.5;
    rows.forEach(({ layer, a, b }, i) => {
      const [upper, lower] = [top + a * high + 2, top + b * high - 2];
      for (const [edge, towards] of sides) {
        const d = `M${edge} ${upper}V${Math.max(upper, lower)}M${edge} ${places[i]}L${edge + towards} ${shown[i]}`;
        if (!scene.abstract) faces.add(groups.lines, "path", { d, class: "brack" });
      }
      const name = scene.run.layers[layer][0];
      const skipped = crowded && i % Math.ceil(12 / ((high - 10) / (rows.length - 1))) > 0;
      const text = faces.add(groups.texts, "text", { x, y: shown[i] + 3.8, class: `lab ${anchor}${skipped ? " off" : ""}`, "data-layer": layer }, faces.fit(name, room));
      if (text.textContent !== name) faces.add(text, "title", {}, name);
    });
    scene.layerPlaces = new Map(rows.map(({ layer }, i) => [layer, { y: shown[i], from, to }]));
  };

  /** Overviews: every class and every layer as a thin stack; the frame is what the faces show. */
  faces.drawOverviews = (scene, groups, data) => {
    const { maps, all } = scene;
    const [x, width] = [16, 8];
    const [seam, high] = [maps.top[5], -maps.top[3]];
    const each = high / Math.max(1, all.length);
    all.forEach((place, i) => {
      const error = data.meanOf(place);
      const fill = error === null ? "var(--line)" : `color-mix(in srgb, var(--wrong) ${Math.round(error * 100)}%, var(--right))`;
      faces.add(groups.lines, "rect", { x, y: seam - (i + 1) * each, width, height: each + 0.2, style: `fill: ${fill}`, class: "mini" });
    });
    if (scene.classes.length < all.length) {
      const low = seam - scene.from * each;
      const top = seam - (scene.from + scene.classes.length) * each;
      faces.add(groups.lines, "rect", { x: x - 2.5, y: top - 0.5, width: 13, height: low - top + 1, rx: 2, class: "win" });
      const [first, last] = [scene.from, scene.from + scene.classes.length];
      const mid = x + width / 2;
      faces.addRail(scene, groups, {
        name: "classes", from: [mid, seam], to: [mid, seam - high], view: [first / all.length, last / all.length], title: "Drag to scroll the classes",
      });
    }
    faces.drawLayerOverview(scene, groups, { x, width, reach: scene.left - 4 });
    faces.add(groups.texts, "text", { x: x + 4, y: seam + 16, class: "ax mid" }, all.length);
  };

  /** Every layer of the network as a thin stack; those in view lead to their rows or names. */
  faces.drawLayerOverview = (scene, groups, { x, width, reach, room }) => {
    const { run } = scene;
    const [top, high] = [scene.maps.front[5], scene.maps.front[3]];
    const each = high / Math.max(1, run.layers.length);
    const most = Math.max(1, ...run.layers.map(([, , count]) => count));
    run.layers.forEach(([, , count], layer) => {
      const fill = count ? `color-mix(in srgb, var(--accent) ${Math.round(35 + (65 * count) / most)}%, var(--sunken))` : "var(--line)";
      faces.add(groups.lines, "rect", { x, y: top + layer * each, width, height: Math.max(1, each - 1), style: `fill: ${fill}`, class: "mini", "data-layer": layer });
    });
    for (const { layer, a, b } of scene.groups) {
      const from = top + (layer + 0.5) * each - 0.5;
      const to = room ? scene.layerPlaces.get(layer).y : top + middle(a, b) * high;
      const end = room ? Math.max(reach, room(run.layers[layer][0])) : reach;
      faces.add(groups.lines, "path", { d: `M${x + width + 2} ${from}C37 ${from} 34 ${to} ${end} ${to}`, class: "fan", "data-layer": layer });
    }
    faces.add(groups.texts, "text", { x: x + 4, y: top + high + 16, class: "ax mid" }, run.layers.length);
  };
})();
