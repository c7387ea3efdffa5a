// Where the faces of one run stand in its stage: unfolded, or with the matrix in the corner.
(() => {
  const epochscope = (window.epochscope ||= {});
  const faces = (epochscope.faces ||= {});
  const LEFT = 52; // overviews of all classes and layers
  const SPINE = 106; // names between the faces
  const TOP = 30;
  const SEAM = 64; // the step axis between Validation and Layers
  const FOOT = 30; // legend
  const SHARE = 0.45; // of the width for the classes, at most

  /** Maps and axes of the faces in a stage [width, height]; view = {abstract, from, rowFrom}. */
  Object.assign((faces.layouts ||= {}), {
    unfolded(run, [width, height], view) {
      const right = view.abstract ? 74 : 22;
      const [deepest, share] = width > 1150 ? [300, 0.38] : [212, 0.34];
      const depth = Math.min(deepest, Math.max(120, height * share));
      const seam = TOP + depth;
      const floor = seam + SEAM;
      const span = width - LEFT - SPINE - right;
      const rows = height - floor - FOOT;
      const axes = faces.axes(run, { ...view, depth, room: span * SHARE, rows });
      const across = span - axes.width;
      const corner = LEFT + across + SPINE;
      const high = Math.max(axes.height, 1);
      return {
        ...axes, kind: "unfolded", joined: true, size: [width, height], seam, floor, top: TOP,
        left: LEFT, spine: [LEFT + across, corner], depth,
        maps: {
          top: [across, 0, 0, -depth, LEFT, seam],
          front: [across, 0, 0, high, LEFT, floor],
          right: [axes.width, 0, 0, high, corner, floor],
        },
      };
    },

    corner(run, [width, height], view) {
      const left = 140;
      const names = Math.min(103, 19 + Math.max(20, ...view.names.map((name) => faces.widthOf(name))));
      const gap = view.abstract ? 66 : 20;
      const seam = TOP + names;
      const depth = Math.min(260, Math.max(120, height * 0.32));
      const floor = seam + depth + 34;
      const span = width - left - gap - 22;
      const rows = height - floor - 58;
      const axes = faces.axes(run, { ...view, depth: 1e6, room: span * SHARE, rows });
      const across = span - axes.width;
      const high = Math.max(axes.height, 1);
      return {
        ...axes, kind: "corner", joined: false, size: [width, height], seam, floor, top: seam,
        left, spine: [0, left], depth,
        maps: {
          top: [0, depth, axes.width, 0, left, seam],
          front: [across, 0, 0, high, left + axes.width + gap, floor],
          right: [axes.width, 0, 0, high, left, floor],
        },
      };
    },
  });

  /** A whole scene: layout, steps in view, what the run holds. */
  faces.sceneOf = (run, size, view) => {
    const layout = faces.layouts[view.layout] ?? faces.layouts.unfolded;
    const scene = { ...layout(run, size, view), run, abstract: view.abstract, view };
    scene.edges = epochscope.canvas.edgesOf(run.steps);
    scene.full = [scene.edges[0], scene.edges.at(-1)];
    scene.domain = inView(scene.full, view.range);
    scene.rectangles = view.abstract ? [] : faces.rectanglesOf(scene);
    return scene;
  };

  // The chosen range, as far as the run has recorded it; all of it where they share no step.
  function inView(full, range) {
    if (!range || range[0] >= full[1] || range[1] <= full[0]) return full;
    const domain = [Math.max(range[0] - 0.5, full[0]), Math.min(range[1] + 0.5, full[1])];
    return domain[1] - domain[0] > 1 ? domain : full;
  }
})();
