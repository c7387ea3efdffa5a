// Paints the three faces on one canvas, each in its own pixels under its own map.
(() => {
  const epochscope = (window.epochscope ||= {});
  const faces = (epochscope.faces ||= {});
  const { canvas } = epochscope;
  const GAP = 1; // between class strips
  const TRIANGLE = { low: 2.4, high: 6.6, height: 5 };
  const LIFTS = 2; // doublings at either end of the lift scale

  /** Draw in the pixels of a face, [0, width] × [0, height]. */
  faces.within = (context, map, draw) => {
    const [width, height] = faces.lengths(map).map((length) => length || 1);
    context.save();
    context.transform(map[0] / width, map[1] / width, map[2] / height, map[3] / height, map[4], map[5]);
    draw(width, height);
    context.restore();
  };

  /** Paint all faces of a scene; says in the canvas's data how much it holds. */
  faces.paint = (element, scene, data, ratio = window.devicePixelRatio || 1) => {
    const [width, height] = scene.size;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    const context = element.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const paint = canvas.readPaint();
    faces.paintTop(context, scene, data, paint, ratio);
    faces.paintFront(context, scene, paint, ratio);
    if (scene.abstract) faces.paintCells(context, scene, data, paint);
    else faces.paintRight(context, scene, data, paint);
    element.dataset.drawn = Number(element.dataset.drawn || 0) + 1;
    element.dataset.rows = scene.units.length;
    element.dataset.cells = scene.abstract ? scene.units.length * scene.classes.length : scene.rectangles.length;
  };

  /** A bitmap of rows of a grid {numbers, columns, top} over the steps in view. */
  function bitmapOf(scene, grid, rows, length, table, ratio) {
    const width = Math.max(1, Math.round(length * ratio));
    const cells = canvas.pixelCells(scene.run.steps, scene.edges, scene.domain, width);
    const raster = canvas.rasterOf(grid, rows.map((row) => [row, row + 1]), cells);
    const bitmap = new OffscreenCanvas(width, Math.max(1, rows.length));
    const image = new ImageData(width, Math.max(1, rows.length));
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < raster.length; i += 1) pixels[i] = table[raster[i]];
    bitmap.getContext("2d").putImageData(image, 0, 0);
    return bitmap;
  }

  const ground = (context, paint, width, height) => {
    context.fillStyle = paint.css("surface");
    context.fillRect(0, 0, width, height);
  };

  /** Validation: a strip per class, error from right to wrong, triangles at its anomaly iterations. */
  faces.paintTop = (context, scene, data, paint, ratio) => {
    const grid = data.errors;
    faces.within(context, scene.maps.top, (width, height) => {
      ground(context, paint, width, height);
      if (!grid) return;
      const rows = scene.classes.map((place) => data.rowOf(place));
      const bitmap = bitmapOf(scene, grid, rows.map((row) => Math.max(row, 0)), width, isPaper(scene) ? faces.paperTable(paint) : paint.tables.error, ratio);
      context.imageSmoothingEnabled = false;
      scene.classes.forEach((place, i) => {
        const from = scene.classEdges[i] * height + GAP / 2;
        const deep = (scene.classEdges[i + 1] - scene.classEdges[i]) * height - GAP;
        canvas.hatch(context, { x: 0, y: from, width, height: deep }, paint.css("hatch"));
        if (rows[i] >= 0) context.drawImage(bitmap, 0, i, bitmap.width, 1, 0, from, width, deep);
      });
      scene.classes.forEach((place, i) => paintTriangles(context, scene, data, paint, { place, i, width, height }));
    });
  };

  function paintTriangles(context, scene, { score }, paint, { place, i, width, height }) {
    const { at, left, right, least, images } = scene.run.classes[place];
    const edges = [scene.classEdges[i] * height + GAP / 2, scene.classEdges[i + 1] * height - GAP / 2];
    const up = Math.min(TRIANGLE.height, 0.46 * (edges[1] - edges[0]));
    const most = Math.max(score, least / images + 1e-9);
    at.forEach((step, j) => {
      const x = faces.shareOf(scene, scene.run.steps[step]) * width;
      if (x < 0 || x > width) return;
      [[left[j], edges[1], -up], [right[j], edges[0], up]].forEach(([flips, edge, to], side) => {
        if (flips < least || (scene.rule !== "either" && scene.rule !== (side ? "right" : "left"))) return;
        const part = Math.min(1, (flips / images - least / images) / (most - least / images));
        const half = TRIANGLE.low + (TRIANGLE.high - TRIANGLE.low) * part;
        triangle(context, [[x - half, edge], [x + half, edge], [x, edge + to]], paint, isPaper(scene));
      });
    });
  }

  const isPaper = (scene) => scene.view.palette === "paper";

  function triangle(context, corners, paint, paper) {
    context.beginPath();
    corners.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.strokeStyle = paint.css("surface", 0.75);
    context.lineWidth = 1.2;
    context.lineJoin = "round";
    context.stroke();
    context.fillStyle = paper ? epochscope.color("--paper-mark") : paint.css("text");
    context.fill();
  }

  /** Layers: a row per filter of the mini-sets, or per layer, the more change the nearer accent. */
  faces.paintFront = (context, scene, paint, ratio) => {
    faces.within(context, scene.maps.front, (width, height) => {
      ground(context, paint, width, height);
      const rows = scene.units.flatMap((unit) => unit.lines.map((_, k) => unit.first + k));
      if (!rows.length) return;
      const bitmap = bitmapOf(scene, scene.run.grid, rows, width, paint.tables.sequential, ratio);
      context.imageSmoothingEnabled = false;
      let row = 0;
      for (const unit of scene.units) {
        for (const [a, b] of unit.lines) {
          const inset = scene.abstract ? 1 : 0;
          const box = { x: 0, y: a * height, width, height: (b - a) * height - inset };
          canvas.hatch(context, box, paint.css("hatch"));
          context.drawImage(bitmap, 0, row, bitmap.width, 1, 0, box.y, width, box.height);
          row += 1;
        }
      }
    });
  };

  /** Correlation: iterations as thin lines, sets as bands, and where a set is whole a rectangle. */
  faces.paintRight = (context, scene, data, paint) => {
    faces.within(context, scene.maps.right, (width, height) => {
      ground(context, paint, width, height);
      const bar = (color, x, y, across, down) => {
        context.fillStyle = color;
        context.fillRect(x, y, across, down);
      };
      for (const { a } of scene.groups.slice(1)) bar(paint.css("chart-grid"), 0, Math.round(a * height), width, 1);
      for (const edge of scene.classEdges.slice(1, -1)) bar(paint.css("line"), Math.round(edge * width), 0, 1, height);
      const most = Math.max(1, ...scene.run.sets.map(weigh));
      for (const [unit, [first, last]] of reaches(scene)) {
        const share = weigh(unit.set) / most;
        const high = (unit.b - unit.a) * height;
        const thick = Math.max(2, high * (0.5 + 0.5 * share));
        bar(paint.css("accent", 0.1 + 0.38 * share), first * width, unit.a * height + (high - thick) / 2, (last - first + scene.each) * width, thick);
      }
      for (const { u, units } of iterations(scene)) {
        const from = Math.min(...units.map(({ a }) => a));
        const to = Math.max(...units.map(({ b }) => b));
        bar(paint.css("line-strong", 0.8), (u + scene.each / 2) * width - 0.5, from * height, 1, (to - from) * height);
      }
      const inset = scene.each * width * 0.08;
      for (const one of scene.rectangles) {
        const color = scene.view.color === "lift" ? faces.liftColor(data.liftAt(one.unit.key, one.class), paint) : isPaper(scene) ? epochscope.color("--paper-set") : paint.css("accent");
        bar(color, one.u * width + inset, one.unit.a * height, scene.each * width - 2 * inset, (one.unit.b - one.unit.a) * height);
      }
    });
  };

  const weigh = (set) => set.appearances * set.filters.length;

  function reaches(scene) {
    const found = new Map();
    for (const { unit, u } of scene.rectangles) {
      const [first, last] = found.get(unit) ?? [u, u];
      found.set(unit, [Math.min(first, u), Math.max(last, u)]);
    }
    return found;
  }

  function iterations(scene) {
    const found = new Map();
    for (const { unit, u } of scene.rectangles) {
      if (!found.has(u)) found.set(u, { u, units: [] });
      found.get(u).units.push(unit);
    }
    return found.values();
  }

  /** Colour of a lift, a quarter to four times, from neg over sunken to pos. */
  faces.liftColor = (lift, paint) => {
    if (lift === null || lift === undefined) return paint.css("sunken");
    const { token } = epochscope;
    const share = 0.5 + Math.max(-LIFTS, Math.min(LIFTS, Math.log2(lift))) / (2 * LIFTS);
    return `rgb(${canvas.colorAt([token("--neg"), paint.tokens.sunken, token("--pos")], share).join(",")})`;
  };
})();
