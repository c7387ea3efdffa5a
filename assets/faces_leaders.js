// How classes get from the strips of Validation to the columns of Correlation: names and leader lines.
(() => {
  const epochscope = (window.epochscope ||= {});
  const faces = (epochscope.faces ||= {});
  const middle = (from, to) => (from + to) / 2;

  /** Places of each class: its strip, its name, its column; class 0 is lowest and nearest. */
  faces.placeClasses = (scene) => {
    const { maps, classEdges, classes, seam, top } = scene;
    const strips = classes.map((_, i) => faces.at(maps.top, 1, middle(classEdges[i], classEdges[i + 1])));
    const names = faces.spread(strips.map(([, y]) => y), 12, top + 5, seam - 5);
    return classes.map((place, i) => ({
      place, strip: strips[i], y: names[i],
      x: Math.round(faces.at(maps.right, middle(classEdges[i], classEdges[i + 1]), 0)[0]) + 0.5,
    }));
  };

  /** Leader of a class from its strip over its name to its column, as one SVG path. */
  faces.leaderOf = (scene, { strip: [edge, from], y, x }, nameEnd) => {
    const bend = Math.min(9, scene.seam - y + 6);
    const corner = scene.spine[1];
    const start = `M${edge + 1} ${from}L${edge + 8} ${y}H${edge + 11}`;
    const after = nameEnd < corner - 6 ? `M${nameEnd} ${y}H${corner - 4}` : "";
    return `${start}${after}M${corner - 4} ${y}H${x - bend}Q${x} ${y} ${x} ${y + bend}V${scene.floor}`;
  };

  /** Names and leaders of the unfolded layout; each carries the class it belongs to. */
  faces.drawLeaders = (scene, groups, names) => {
    const x = scene.spine[0] + 15;
    const room = scene.spine[1] - x - 10;
    scene.places = faces.placeClasses(scene);
    for (const one of scene.places) {
      const name = faces.fit(names[one.place], room);
      one.leader = faces.leaderOf(scene, one, x + faces.widthOf(name) + 14);
      faces.add(groups.lines, "path", { d: one.leader, class: "lead" });
      const text = faces.add(groups.texts, "text", { x, y: one.y + 3.8, class: "lab", "data-class": one.place }, name);
      if (name !== names[one.place]) faces.add(text, "title", {}, names[one.place]);
      one.hit = [x + faces.widthOf(name) + 4, one.y - 2.5];
    }
  };

  /** Names of the corner layout: upright along the columns, above Validation. */
  faces.drawUpright = (scene, groups, names) => {
    const { maps, classEdges, classes, seam } = scene;
    const centers = classes.map((_, i) => maps.top[4] + middle(classEdges[i], classEdges[i + 1]) * maps.top[2]);
    const low = maps.top[4] + 5;
    const at = faces.spread(centers, 12, low, Math.max(low, maps.top[4] + maps.top[2] - 5));
    scene.places = classes.map((place, i) => {
      const name = faces.fit(names[place], 84);
      const leader = `M${centers[i]} ${seam - 1}L${at[i]} ${seam - 7}`;
      faces.add(groups.lines, "path", { d: leader, class: "lead" });
      faces.add(groups.texts, "text", { transform: `translate(${at[i] + 3.8} ${seam - 10}) rotate(-90)`, class: "lab", "data-class": place }, name);
      return { place, leader, hit: [at[i] - 2.5, seam - 19 - faces.widthOf(name)] };
    });
  };

  /** Steps of the corner layout's Validation, from top to bottom at its left. */
  faces.drawDown = (scene, groups) => {
    const [x, top, deep] = [scene.maps.top[4], scene.maps.top[5], scene.maps.top[1]];
    for (const step of epochscope.ticks(Math.max(0, scene.domain[0]), scene.domain[1], 7)) {
      const y = Math.round(top + faces.shareOf(scene, step) * deep) + 0.5;
      if (y < top || y > top + deep) continue;
      faces.add(groups.lines, "path", { d: `M${x - 5} ${y}h4`, class: "tick" });
      faces.add(groups.axis, "text", { x: x - 8, y: y + 3.8, class: "ax end" }, epochscope.formatTick(step));
    }
    faces.add(groups.texts, "text", { x: x - 8, y: top - 8, class: "ax end" }, "step");
  };
})();
