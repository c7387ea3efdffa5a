// Search on Correlation and Cube: typing brings a class or a layer into view, Enter pins it.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.correlation ||= {});
  const faces = (epochscope.faces ||= {});

  /** What a text finds in a scene: {class} or {layer}, the first whose name begins with it, else holds it. */
  page.findNamed = (scene, text, names) => {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return null;
    const among = (list, nameOf) => {
      const has = (test) => list.find((one) => test(nameOf(one).toLowerCase()));
      return has((name) => name.startsWith(wanted)) ?? has((name) => name.includes(wanted));
    };
    const class_ = among(scene.all, (place) => names[place]);
    if (class_ !== undefined) return { class: class_ };
    const layers = [...new Set(faces.rowsOf(scene.run, scene.abstract).map(({ layer }) => layer))];
    const layer = among(layers, (one) => scene.run.layers[one][0]);
    return layer === undefined ? null : { layer };
  };

  function bringIntoView(scene, { class: class_, layer }) {
    if (class_ !== undefined && !scene.classes.includes(class_)) page.chooseOption("from", String(scene.all.indexOf(class_)), "replace");
    if (layer !== undefined && !scene.units.some((unit) => unit.layer === layer)) {
      const row = faces.rowsOf(scene.run, scene.abstract).findIndex((one) => one.layer === layer);
      page.chooseOption("row", String(row), "replace");
    }
  }

  const found = (text) => {
    const scene = page.state.scenes.find(Boolean);
    const names = page.state.matrix?.classes.map(({ name }) => name) ?? [];
    return { scene, hit: scene && page.findNamed(scene, text, names) };
  };

  document.addEventListener("input", ({ target }) => {
    if (target.id !== "correlation-search") return;
    const { scene, hit } = found(target.value);
    target.toggleAttribute("aria-invalid", Boolean(target.value.trim()) && !hit);
    if (!scene) return;
    page.state.hover = hit ? { face: "name", class: null, unit: null, layer: null, step: null, ...hit, run: scene.run } : null;
    if (hit) bringIntoView(scene, hit);
    page.markAll();
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "correlation-search" || event.key !== "Enter") return;
    const { scene, hit } = found(event.target.value);
    if (hit) epochscope.select(page.pinPatch(scene, { face: "name", ...hit }));
  });
})();
