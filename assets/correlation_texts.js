// Titles, colour bars, legends and empty states of Correlation and Cube.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.correlation ||= {});
  const { make, icon, format } = epochscope;

  const place = (element, left, top, width) => {
    Object.assign(element.style, { left: `${left}px`, top: `${top}px` });
    if (width) element.style.width = `${width}px`;
    return element;
  };

  const bar = (low, kind, high) => make("span", { class: "bar" }, low, make("i", { class: `ramp ${kind}` }), high);
  const mark = (kind, text) => make("span", { class: "facemark" }, make("i", { class: kind }), text);

  function title(name, what, ...rest) {
    return make("div", { class: "face-t" }, make("b", { text: name }), make("span", { class: "what", text: what }), rest);
  }

  const within = () => ({ step: "within a step", filter: "within a filter", layer: "within a layer" })[page.option("within", "step")] ?? "within a step";
  const changeWords = () => `change ${within()}: least`;

  const triangles = () => [mark("flip down", "stable before the flip"), mark("flip up", "stable after it")];
  const outlines = () => [mark("sqo", "hovered"), mark("sqo pin", "pinned")];

  function correlationMarks(scene, data) {
    if (scene.abstract) {
      const many = data.beyond === null ? "…" : `${data.beyond} ${data.beyond === 1 ? "cell" : "cells"}`;
      const fill = scene.view.color === "lift" ? bar("lift ×0.25", "signed", "×4") : bar("filters 0", "sequential", format(epochscope.largest(scene.run.cells.numbers)));
      return [mark("nb out", `beyond chance: ${many}`), fill];
    }
    const wanted = scene.view.color === "lift";
    if (wanted && data.tooMany) return [make("span", { title: "Too many pairs of a mini-set and a class to compare with chance: narrow the limits", text: `No lift: ${page.millions(data.tooMany)} pairs` })];
    const lift = wanted ? [bar("lift ×0.25", "signed", "×4")] : [mark("sq", "set moves")];
    return [...lift, mark("vl", "iteration"), mark("hl", "stronger: appearances × filters")];
  }

  const matrixWords = (scene) => (scene.kind === "cube" ? "mini-sets × classes" : scene.abstract ? "anomaly filters of each layer and class" : "width: anomaly iterations, height: filters");

  /** Titles and legends of a scene, each next to its face. */
  page.drawTitles = (host, scene, data, name) => {
    const { maps, spine } = scene;
    const [width, height] = [maps.front[0], maps.front[3]];
    const validation = title("Validation", `${name ? `${name}, ` : ""}classes × steps`, bar("error 0 %", scene.view.palette === "paper" ? "paper" : "wrongness", "100 %"));
    const layers = title("Layers", `${scene.abstract ? "layers" : "filters"} × steps`, bar(changeWords(), "sequential", "most"));
    const matrix = title("Correlation", matrixWords(scene));
    const legend = make("div", { class: "face-t key" }, outlines(), triangles());
    const beside = make("div", { class: "face-t key" }, correlationMarks(scene, data));
    legend.classList.toggle("turned", scene.kind === "corner");
    if (scene.kind === "unfolded") {
      host.append(
        place(validation, scene.left, 4, width),
        place(layers, scene.left, scene.floor - 24, width),
        place(matrix, maps.right[4], 4, scene.size[0] - maps.right[4] - 4),
        place(legend, scene.left, scene.floor + height + 8, width + spine[1] - spine[0]),
        place(beside, maps.right[4], scene.floor + height + 8, scene.size[0] - maps.right[4] - 4),
      );
    } else if (scene.kind === "corner") {
      const right = maps.front[4];
      host.append(
        place(validation, scene.left, 4, Math.max(maps.right[0], 400)),
        place(layers, right, scene.floor - 24, width),
        place(matrix, scene.left, scene.floor - 26, maps.right[0] + 40),
        place(legend, right, scene.seam + 8, width),
        place(beside, right, scene.seam + 30, width),
      );
    } else page.drawCubeTitles(host, scene, { validation, layers, matrix, legend, beside });
    page.placeOf = place;
  };

  const card = (sign, heading, text, ...actions) =>
    make("div", { class: "empty" }, make("span", { class: "sign" }, icon(sign)), make("b", { text: heading }), make("p", { text }), ...actions);

  const button = (text, act) => make("button", { type: "button", class: "btn small", text, onclick: act });

  const glyphs = (epochscope.glyphs ||= {});

  glyphs.rectangle = (context, width, height) => {
    context.fillStyle = epochscope.color("--accent", 0.25);
    context.fillRect(2, height / 2 - 4, width - 4, 8);
    context.fillStyle = epochscope.color("--accent");
    for (const share of [0.1, 0.45, 0.8]) context.fillRect(2 + (width - 4) * share, height / 2 - 6, 5, 12);
  };

  glyphs.beyond = (context, width, height) => {
    context.fillStyle = epochscope.color("--pos", 0.6);
    context.fillRect(width / 2 - 9, height / 2 - 7, 18, 14);
    context.strokeStyle = epochscope.color("--text");
    context.lineWidth = 1.5;
    context.strokeRect(width / 2 - 9, height / 2 - 7, 18, 14);
  };

  /** Why a run shows nothing, and what to do. */
  page.sayNothing = (run, place) => {
    if (!run) return card("photo-check", "No validation results", `${page.state.chosen?.[place] ?? "This run"} predicted no classes. recorder.validate(loader) records predictions of a model that gives logits.`);
    if (run.state === "filters") return card("stack-2", "No change of filters was recorded", "recorder.validate(loader) records how far each filter moved since the validation before; two are needed.");
    if (run.state === "limits") {
      const text = `${format(run.total)} mini-sets exist under these settings; none reaches all limits of the panel.`;
      return card("filter", "No mini-set reaches these limits", text, button("Suggested limits", page.clearLimits));
    }
    return sayNoAnomaly(run);
  };

  function sayNoAnomaly(run) {
    const { settings } = page.state.matrix;
    const [class_, flips, images] = run.highest ?? ["", 0, 0];
    const text = run.highest
      ? `No class reaches ${settings.threshold} % with a window of ${settings.window}; the highest score is ${flips} of ${images} images, of the class ${class_}.`
      : `No image keeps one answer for ${settings.window} recorded steps beside a flip.`;
    const share = Math.floor((100 * flips) / Math.max(1, images));
    const actions = [];
    if (share > 0) actions.push(button(`Set the threshold to ${share} %`, () => epochscope.select({ threshold: share })));
    return card("chart-line", "No anomaly iteration", text, ...actions);
  }
})();
