// Geometry of the faces: six numbers draw a face and, inverted, pick on it; axes that faces share.
(() => {
  const faces = ((window.epochscope ||= {}).faces ||= {});

  /** Pixel of (u, v), each 0 to 1 on a face, under its map [ux, uy, vx, vy, x, y]. */
  faces.at = (m, u, v) => [m[0] * u + m[2] * v + m[4], m[1] * u + m[3] * v + m[5]];

  /** (u, v) of a pixel: the inverse of at; null where the face has no area. */
  faces.pick = (m, x, y) => {
    const area = m[0] * m[3] - m[1] * m[2];
    if (!area) return null;
    const [dx, dy] = [x - m[4], y - m[5]];
    return [(m[3] * dx - m[2] * dy) / area, (m[0] * dy - m[1] * dx) / area];
  };

  /** Lengths in pixels of the u and the v axis of a face. */
  faces.lengths = (m) => [Math.hypot(m[0], m[1]), Math.hypot(m[2], m[3])];

  const say = (point) => point.map((one) => Number(one.toFixed(2))).join(" ");

  /** SVG path of the part [u0, u1] × [v0, v1] of a face. */
  faces.quad = (m, u0, v0, u1, v1) =>
    `M${[[u0, v0], [u1, v0], [u1, v1], [u0, v1]].map(([u, v]) => say(faces.at(m, u, v))).join("L")}Z`;

  /** SVG path of straight lines through points [u, v] of a face. */
  faces.line = (m, ...points) => `M${points.map(([u, v]) => say(faces.at(m, u, v))).join("L")}`;

  /** Map between two: `share` 0 gives the first. */
  faces.between = (from, to, share) => from.map((value, i) => value + (to[i] - value) * share);

  /**
   * Edges of classes by their numbers of anomaly iterations, in pixels from 0: a column is
   * `least` + `each` per iteration wide, and iteration j stands at each × (j + 1) in it.
   */
  faces.classAxis = (counts, { least, each }) => {
    const edges = [0];
    const columns = counts.map((count) => {
      const from = edges.at(-1);
      edges.push(from + least + each * count);
      return Array.from({ length: count }, (_, j) => from + each * (j + 1));
    });
    return { edges, columns, each };
  };

  /**
   * Rows of mini-sets [{layer, size}] that stand layer by layer, in pixels from 0: a layer is
   * `least` + `each` per filter + `gap` between its sets high: {height, groups, units}.
   */
  faces.rowAxis = (sets, { least, each, gap }) => {
    const groups = [];
    const units = [];
    let y = 0;
    sets.forEach((set, i) => {
      const last = groups.at(-1);
      if (last?.layer === set.layer) y += gap;
      else {
        if (last) last.to = y += least / 2;
        groups.push({ layer: set.layer, from: y, to: y });
        y += least / 2;
      }
      const lines = Array.from({ length: set.size }, (_, k) => [y + each * k, y + each * (k + 1)]);
      units.push({ index: i, layer: set.layer, from: y, to: y + each * set.size, lines });
      y += each * set.size;
    });
    if (groups.length) groups.at(-1).to = y += least / 2;
    return { height: y, groups, units };
  };

  /** Rows of equal height, one per layer. */
  faces.plainRows = (layers, each) => {
    const units = layers.map((layer, i) => ({
      index: i, layer, from: each * i, to: each * (i + 1), lines: [[each * i, each * (i + 1)]],
    }));
    return { height: each * layers.length, groups: units.map(({ layer, from, to }) => ({ layer, from, to })), units };
  };

  /** First and last whole step of a span, as a range in the link. */
  faces.stepsWithin = ([from, to]) => [Math.max(0, Math.ceil(from)), Math.floor(to)];

  // From no more than could fit if each were as small as can be: of thousands, most are not looked at.
  const atMost = (count, fitting) => Math.min(count, Math.max(1, Math.ceil(fitting)));

  /** The widest columns, of whole pixels from 4 on, in which all classes fit `room`, or as many as do. */
  faces.fitClasses = (counts, room, most) => {
    const width = (each, list) => each * list.reduce((sum, count) => sum + count + 2, 0);
    const few = counts.length <= 3;
    let each = 4;
    while (each < (few ? 12 : most) && width(each + 1, counts) <= room) each += 1;
    let shown = atMost(counts.length, room / (2 * each));
    while (shown > 1 && width(each, counts.slice(0, shown)) > room) shown -= 1;
    return { each, least: 2 * each, shown };
  };

  /** The highest rows, then the widest gaps, with which all sets fit `room`, or as many as do. */
  faces.fitRows = (sets, room) => {
    const height = (how, list = sets) => faces.rowAxis(list, how).height;
    const how = { least: 6, each: 3, gap: 1 };
    let shown = atMost(sets.length, room / how.each);
    while (shown > 1 && height(how, sets.slice(0, shown)) > room) shown -= 1;
    if (shown < sets.length) return { ...how, shown };
    while (how.each < 24 && height({ ...how, each: how.each + 1 }) <= room) how.each += 1;
    while (how.least < 60 && height({ ...how, least: how.least + 1 }) <= room) how.least += 1;
    return { ...how, shown };
  };

  /** Places pushed apart to `pitch`, within [low, high] as far as they fit, kept near their own. */
  faces.spread = (places, pitch, low, high) => {
    const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b] || a - b);
    const tight = Math.min(pitch, (high - low) / Math.max(1, places.length - 1));
    const moved = [...places];
    let floor = low;
    for (const i of order) floor = (moved[i] = Math.max(moved[i], floor)) + tight;
    let ceiling = high;
    for (const i of order.toReversed()) ceiling = (moved[i] = Math.min(moved[i], ceiling)) - tight;
    return moved;
  };

  /** Index of the part of ascending `edges` that holds `value`; -1 outside. */
  faces.partAt = (edges, value) => {
    for (let i = 0; i + 1 < edges.length; i += 1) {
      if (value >= edges[i] && value < edges[i + 1]) return i;
    }
    return -1;
  };
})();
