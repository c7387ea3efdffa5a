// Rails: the overview and the tracks along which what is in view is drawn to another place.
(() => {
  const epochscope = (window.epochscope ||= {});
  const faces = (epochscope.faces ||= {});
  const HAND = 14; // pixels across that take the pointer
  const within = (value, low, high) => Math.min(Math.max(value, low), high);

  /** How far along a rail a point lies, as a share of it. */
  faces.along = ([x0, y0], [x1, y1], [x, y]) => {
    const [dx, dy] = [x1 - x0, y1 - y0];
    return ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy);
  };

  /** Let a pointer take hold of a line; `view` is the share of it that is in view, [from, to]. */
  faces.addRail = (scene, groups, { name, from, to, view, title }) => {
    (scene.rails ||= {})[name] = { from, to, view };
    const hand = faces.add(groups.texts, "path", { d: `M${from}L${to}`, class: "rail", "stroke-width": HAND, "data-rail": name });
    faces.add(hand, "title", {}, title);
  };

  /** Begin to draw along a rail: say(share) gets where what is in view shall begin.

  A press beside what is in view brings its middle there. */
  faces.startRail = ({ from, to, view: [a, b] }, point, say) => {
    const begin = faces.along(from, to, point);
    const beside = begin < a || begin > b;
    const hold = beside ? (b - a) / 2 : begin - a;
    const move = (place) => say(within(faces.along(from, to, place) - hold, 0, Math.max(0, 1 - (b - a))));
    if (beside) move(point);
    return move;
  };
})();
