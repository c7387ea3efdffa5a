// The cube: the same three faces stitched on their shared edges, at an angle of the reader's choice.
(() => {
  const epochscope = (window.epochscope ||= {});
  const faces = (epochscope.faces ||= {});
  const page = (epochscope.correlation ||= {});
  const LEFT = 142;
  const RIGHT = 112;
  const BACK = 26; // above the back edge
  const FOOT = 68;
  const LOW = 240; // of depth to the right: with less, Correlation's legend stands below the step axis
  const LEGEND = 112; // of depth: Validation's legend stands beside it
  const ROOMY = 192; // of depth that few classes take, so that their names clear the legend
  const NAME = 12;
  const THUMB = 8; // pixels at least, of thousands of rows as well
  const ANGLES = [30, 60];
  const middle = (from, to) => (from + to) / 2;

  /** Angle of the depth, in degrees from upright. */
  faces.angleOf = (text) => Math.min(ANGLES[1], Math.max(ANGLES[0], Number(text) || 49));

  /** Maps of a cube with its near corner at (x, y): front, top over it, right beside it. */
  faces.cubeMaps = (width, height, dx, dy, x, y) => ({
    front: [width, 0, 0, height, x, y],
    top: [width, 0, dx, -dy, x, y],
    right: [dx, -dy, 0, height, x + width, y],
  });

  faces.layouts ||= {};
  faces.layouts.cube = (run, [width, height], view) => {
    const classes = faces.classesOf(run, view).length;
    const most = Math.max(NAME, Math.floor((height * 0.36) / NAME) * NAME);
    const depth = Math.max(LEGEND, Math.min(most, Math.max(classes * NAME, Math.min(Math.max(1, classes) * 24, ROOMY))));
    const dx = Math.round(depth * Math.tan((view.angle * Math.PI) / 180));
    const floor = BACK + depth;
    const axes = faces.axes(run, { ...view, depth, room: 1e9, most: 4, rows: height - floor - FOOT - (dx < LOW ? 56 : 0) });
    const across = width - LEFT - RIGHT - dx;
    const maps = faces.cubeMaps(across, Math.max(axes.height, 1), dx, depth, LEFT, floor);
    return {
      ...axes, kind: "cube", joined: true, size: [width, height], seam: floor, floor, top: BACK, left: LEFT,
      spine: [0, LEFT], depth, maps, flagY: floor + axes.height, dx,
    };
  };

  /** Names beside the strips and beside the columns, along the slanted edges; never skewed. */
  function drawNames(scene, groups, names) {
    const { maps, classEdges, classes, seam, depth, dx } = scene;
    const mid = classes.map((_, i) => middle(classEdges[i], classEdges[i + 1]));
    const foot = seam + maps.front[3];
    const upper = faces.spread(mid.map((m) => seam - m * depth), NAME, seam - depth + 5, seam - 6);
    const lower = faces.spread(mid.map((m) => foot - m * depth), NAME, foot - depth + 6, foot - 4);
    const slantX = (y, base, x) => x + ((base - y) / depth) * dx;
    scene.places = classes.map((place, i) => {
      const [x, y] = faces.at(maps.top, 0, mid[i]);
      const end = slantX(upper[i], seam, maps.top[4]) - 16;
      const name = faces.fit(names[place], Math.max(40, end - 4));
      faces.add(groups.lines, "path", { d: `M${x - 2} ${y}L${end + 7} ${upper[i]}H${end + 4}`, class: "lead" });
      faces.add(groups.texts, "text", { x: end, y: upper[i] + 3.8, class: "lab end", "data-class": place }, name);
      const [rx, ry] = faces.at(maps.right, mid[i], 1);
      const from = slantX(lower[i], foot, maps.right[4]) + 21;
      const short = faces.fit(names[place], Math.max(30, scene.size[0] - from - 12));
      faces.add(groups.lines, "path", { d: `M${rx + 9} ${ry + 2}L${from - 7} ${lower[i] + 3}H${from - 4}`, class: "lead" });
      faces.add(groups.texts, "text", { x: from, y: lower[i] + 6.8, class: "lab", "data-class": place }, short);
      return { place, hit: [end - faces.widthOf(name) - 10, upper[i] - 2.5], alsoHit: [from + faces.widthOf(short) + 5, lower[i] + 0.5] };
    });
  }

  // Tracks along the silhouette say which share of steps, classes and filters is in view.
  function drawTracks(scene, groups) {
    const { maps, seam, depth, dx, full, domain, all, classes, from, rowCount, units, rowFrom } = scene;
    const [left, width, high] = [maps.front[4], maps.front[0], maps.front[3]];
    const steps = [(domain[0] - full[0]) / (full[1] - full[0]), (domain[1] - full[0]) / (full[1] - full[0])];
    track(scene, groups, { name: "steps", from: [left + dx, seam - depth - 7], to: [left + dx + width, seam - depth - 7], view: steps });
    const near = [left + width + 6, seam + high + 3];
    track(scene, groups, { name: "classes", from: near, to: [near[0] + dx, near[1] - depth], view: [from / all.length, (from + classes.length) / all.length] });
    const back = [left + width + dx + 8, seam - depth];
    track(scene, groups, { name: "rows", from: back, to: [back[0], back[1] + high - 4], view: [rowFrom / rowCount, (rowFrom + units.length) / rowCount] });
  }

  const DRAWN = { steps: "Drag to scroll the steps", classes: "Drag to scroll the classes", rows: "Drag to scroll the filters" };

  function track(scene, groups, { name, from: [x0, y0], to: [x1, y1], view: [a, b] }) {
    if (a <= 0 && b >= 1) return;
    const at = (share) => [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share];
    const view = [Math.max(0, a), Math.min(1, b)];
    const least = THUMB / Math.hypot(x1 - x0, y1 - y0);
    const thumb = Math.min(view[0], 1 - least);
    faces.add(groups.lines, "path", { d: `M${at(0)}L${at(1)}`, class: "track" });
    faces.add(groups.lines, "path", { d: `M${at(thumb)}L${at(Math.max(view[1], thumb + least))}`, class: "thumb" });
    faces.addRail(scene, groups, { name, from: at(0), to: at(1), view, title: DRAWN[name] });
  }

  function drawLayers(scene, groups) {
    const x = scene.left;
    faces.drawLayerNames(scene, groups, { x: x - 15, from: 0, to: x, room: 84, anchor: "end", sides: [[x - 3.5, -4.5]] });
    faces.drawLayerOverview(scene, groups, { x: 16, width: 8, reach: 40, room: (name) => x - 19 - faces.widthOf(faces.fit(name, 84), true) });
  }

  page.drawers ||= {};
  page.drawers.cube = (scene, groups) => {
    const names = page.state.matrix.classes.map(({ name }) => name);
    drawNames(scene, groups, names);
    drawLayers(scene, groups);
    faces.drawSteps(scene, groups, scene.flagY, scene.left - 40);
    drawTracks(scene, groups);
    const { maps } = scene;
    const ridge = faces.line(maps.front, [0, 0], [1, 0], [1, 1]) + faces.line(maps.top, [1, 0], [1, 1]);
    faces.add(groups.lines, "path", { d: ridge, class: "edge ridge" });
    const [x, y] = faces.at(maps.top, 1, 1);
    const grip = faces.add(groups.texts, "circle", { cx: x, cy: y, r: 4, class: "grip", "data-grip": "" });
    faces.add(grip, "title", {}, "Drag to lean the cube");
  };

  /** Titles and legends, each next to its face; Correlation's in the free corner below. */
  page.drawCubeTitles = (host, scene, { validation, layers, matrix, legend, beside }) => {
    const place = (element, left, top, width) => {
      Object.assign(element.style, { left: `${left}px`, top: `${top}px` });
      if (width) element.style.width = `${width}px`;
      host.append(element);
    };
    const { maps, seam, dx } = scene;
    const foot = seam + maps.front[3];
    for (const one of [validation, legend]) one.classList.add("stacked");
    place(validation, 16, 8, Math.max(120, maps.top[4] + dx * 0.45 - 16));
    place(legend, 16, 50);
    place(layers, maps.front[4], foot + 44, maps.front[0]);
    const left = Math.min(maps.right[4] + dx * 0.5 + 60, scene.size[0] - 226);
    const low = dx < LOW;
    for (const one of [matrix, beside]) one.classList.add("stacked");
    beside.classList.toggle("wrapped", low); // under the names, where there is little height
    place(matrix, left, low ? foot + 68 : foot - 28, 222);
    place(beside, left, low ? foot + 88 : foot - 6, 222);
  };
})();
