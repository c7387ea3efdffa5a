// Paints the abstract version: how many filters of each layer change where a class flips.
(() => {
  const epochscope = (window.epochscope ||= {});
  const faces = (epochscope.faces ||= {});
  const { canvas } = epochscope;

  const light = ([red, green, blue]) => 0.3 * red + 0.59 * green + 0.11 * blue;

  /** Cells of layers × classes: the number is printed; count or lift fills; an outline is beyond chance. */
  faces.paintCells = (context, scene, data, paint) => {
    const counts = scene.run.cells;
    const most = Math.max(1, ...counts.numbers);
    const stacked = scene.run.classes.length;
    context.font = "11px Inter, system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const unit of scene.units) {
      scene.classes.forEach((place, i) => {
        const [x, y] = faces.at(scene.maps.right, scene.classEdges[i], unit.a).map(Math.round);
        const [right, bottom] = faces.at(scene.maps.right, scene.classEdges[i + 1], unit.b).map(Math.round);
        const count = counts.numbers[unit.key * stacked + place];
        const fill = fillOf(scene, data, unit, place, count / most, count);
        context.fillStyle = `rgb(${fill.join(",")})`;
        context.fillRect(x, y, right - x - 1, bottom - y - 1);
        if (!count) return;
        const { text, surface } = paint.tokens;
        const ink = Math.abs(light(fill) - light(text)) > Math.abs(light(fill) - light(surface)) ? text : surface;
        context.fillStyle = `rgb(${ink.join(",")})`;
        context.fillText(count, (x + right - 1) / 2, (y + bottom) / 2);
        if (!data.beyondAt(unit.key, place)) return;
        context.strokeStyle = paint.css("text");
        context.lineWidth = 1.5;
        context.strokeRect(x + 0.75, y + 0.75, right - x - 2.5, bottom - y - 2.5);
      });
    }
  };

  function fillOf(scene, data, unit, place, share, count) {
    const token = (name) => epochscope.token(`--${name}`);
    if (scene.view.color !== "lift") return canvas.colorAt([token("sunken"), token("accent")], share);
    const lift = count ? data.liftAt(unit.key, place) : null;
    if (lift === null) return token("sunken");
    const doubled = Math.max(-2, Math.min(2, Math.log2(lift)));
    return canvas.colorAt([token("neg"), token("sunken"), token("pos")], 0.5 + doubled / 4);
  }
})();
