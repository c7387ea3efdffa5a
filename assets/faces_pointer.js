// Pointer on the faces: what lies under it, by the inverse of the maps that drew them.
(() => {
  const epochscope = (window.epochscope ||= {});
  const faces = (epochscope.faces ||= {});
  const DRAG = 4; // pixels before a press becomes a brush
  const NOTHING = { class: null, unit: null, layer: null, step: null };

  const inside = (found) => found && found[0] >= 0 && found[0] < 1 && found[1] >= 0 && found[1] < 1;

  /** What lies at (x, y): {face, class, unit, layer, step, rectangle, at}; null outside all faces. */
  faces.under = (scene, x, y) => {
    for (const name of ["right", "front", "top"]) {
      const found = faces.pick(scene.maps[name], x, y);
      if (inside(found)) return pickers[name](scene, ...found);
    }
    return null;
  };

  const pickers = {
    top(scene, u, v) {
      const step = stepAt(scene, u);
      return { face: "top", class: classAt(scene, v), step, at: stepOf(scene, u) };
    },
    front(scene, u, v) {
      return { face: "front", ...rowAt(scene, v), step: stepAt(scene, u), at: stepOf(scene, u) };
    },
    right(scene, u, v) {
      const class_ = classAt(scene, u);
      const row = rowAt(scene, v);
      const pick = { face: "right", class: class_, ...row, step: null };
      const i = scene.classes.indexOf(class_);
      const j = (scene.columns[i] ?? []).findIndex((from) => u >= from && u < from + scene.each);
      if (j >= 0) pick.step = scene.run.steps[scene.run.classes[class_].at[j]];
      pick.rectangle = j >= 0 && scene.rectangles.some((one) => one.class === class_ && one.unit.key === row.unit && scene.run.steps[one.step] === pick.step);
      return pick;
    },
  };

  const classAt = (scene, v) => scene.classes[faces.partAt(scene.classEdges, v)] ?? null;

  function rowAt(scene, v) {
    const unit = scene.units.find(({ a, b }) => v >= a && v < b);
    if (unit) return { unit: unit.key, layer: unit.layer, line: unit.first + unit.lines.findIndex(([a, b]) => v >= a && v < b) };
    const group = scene.groups.find(({ a, b }) => v >= a && v < b);
    return { unit: null, layer: group?.layer ?? null };
  }

  const stepOf = (scene, u) => scene.domain[0] + u * (scene.domain[1] - scene.domain[0]);

  function stepAt(scene, u) {
    const cell = epochscope.canvas.cellAt(scene.edges, stepOf(scene, u));
    return cell < 0 ? null : scene.run.steps[cell];
  }

  /** Listen on a stage: on = {hover, leave, click, double, brush, wheel, lean, draw}. scene() gives what is drawn now. */
  faces.wirePointer = (stage, scene, on) => {
    const place = (event) => {
      const box = stage.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const named = ({ target }) => {
      const { class: class_, layer, rail, grip } = target.dataset ?? {};
      if (grip !== undefined) return { ...NOTHING, face: "grip" };
      if (rail !== undefined) return { ...NOTHING, face: "rail", rail };
      if (class_ !== undefined) return { ...NOTHING, face: "name", class: Number(class_) };
      if (layer !== undefined) return { ...NOTHING, face: "name", layer: Number(layer) };
      return null;
    };
    const find = (event) => named(event) ?? faces.under(scene(), ...place(event));
    let brushing = null;
    stage.addEventListener("pointermove", (event) => {
      if (!scene()) return;
      if (brushing) brushing.move(event);
      else on.hover(find(event), ...place(event));
    });
    stage.addEventListener("pointerleave", () => !brushing && on.leave());
    stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !scene()) return;
      const start = find(event);
      if (start?.face === "grip") brushing = startGrip(scene(), event, on);
      else if (start?.face === "rail") brushing = startRail(stage, scene(), start.rail, event, place, on);
      else brushing = startBrush(stage, scene(), start, event, place);
    });
    stage.addEventListener("pointerup", (event) => {
      const ended = brushing;
      brushing = null;
      if (!ended) return;
      const range = ended.end();
      if (range) on.brush(range);
      else if (ended.start) on.click(ended.start, event);
    });
    stage.addEventListener("pointercancel", () => { brushing?.end(); brushing = null; });
    stage.addEventListener("dblclick", (event) => scene() && find(event) && on.double(find(event)));
    stage.addEventListener("wheel", (event) => {
      if (scene() && on.wheel(find(event), event, ...place(event))) event.preventDefault();
    }, { passive: false });
  };

  // The outer corner of a cube: drawn outwards it leans further.
  const startGrip = (scene, { clientX }, on) => ({ start: null, move: (next) => on.lean(scene, next.clientX - clientX), end: () => null });

  // What is in view goes along with the pointer, wherever that goes.
  function startRail(stage, scene, name, event, place, on) {
    stage.setPointerCapture(event.pointerId);
    stage.dataset.drawing = name;
    const move = faces.startRail(scene.rails[name], place(event), (share) => on.draw(scene, name, share));
    return { start: null, move: (next) => move(place(next)), end: () => { delete stage.dataset.drawing; } };
  }

  function startBrush(stage, scene, start, event, place) {
    const from = place(event);
    const brushes = start && (start.face === "top" || start.face === "front");
    let band = null;
    let range = null;
    return {
      start,
      move(next) {
        const to = place(next);
        const away = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
        if (!brushes || (!band && away < DRAG)) return;
        const share = faces.pick(scene.maps[start.face], ...to)?.[0] ?? 0;
        const steps = [start.at, stepOf(scene, Math.min(1, Math.max(0, share)))].sort((a, b) => a - b);
        range = faces.stepsWithin(steps);
        band ??= faces.add(stage.querySelector("svg"), "path", { class: "brush" });
        const [a, b] = steps.map((step) => faces.shareOf(scene, step));
        band.setAttribute("d", faces.quad(scene.maps.top, a, 0, b, 1) + faces.quad(scene.maps.front, a, 0, b, 1));
      },
      end() {
        band?.remove();
        return band && range && range[0] < range[1] ? range : null;
      },
    };
  }
})();
