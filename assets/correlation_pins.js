// What is pinned on Correlation and Cube: chips in the head, a card in the panel, flipped images below.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.correlation ||= {});
  const { make, icon, format } = epochscope;
  const faces = (epochscope.faces ||= {});
  const IMAGES = 24; // of a class at a step, until all are asked for
  const KINDS = { classes: "class", layers: "layer", minisets: "mini-set", picks: "step" };

  /** Take every pin out of the link. */
  page.unpinAll = () => epochscope.select({ classes: null, layers: null, minisets: null, picks: null });

  const unpin = (key, value) => epochscope.select({ [key]: page.state.selection[key].filter((one) => one !== value) });

  function nameOf(key, value) {
    const { matrix } = page.state;
    if (key === "classes") return matrix.classes.find(({ id }) => id === value)?.name ?? `class ${value}`;
    if (key === "picks") return `step ${format(value)}`;
    if (key === "layers") return value;
    const cut = value.lastIndexOf(":");
    const count = value.slice(cut + 1).split(".").length;
    return `${value.slice(0, cut)}, ${count} ${count === 1 ? "filter" : "filters"}`;
  }

  function isThere(key, value) {
    const { matrix } = page.state;
    const runs = matrix.runs.filter(Boolean);
    if (key === "classes") return matrix.classes.some(({ id }) => id === value);
    if (key === "minisets") return runs.some((run) => run.sets.some((set) => faces.addressOf(run, set) === value));
    return true;
  }

  function chip(key, value) {
    const text = nameOf(key, value);
    const there = isThere(key, value);
    const away = make("button", { type: "button", class: "x", "aria-label": `Unpin ${text}`, onclick: () => unpin(key, value) }, icon("x"));
    const title = there ? KINDS[key] : `This ${KINDS[key]} is not among those shown`;
    return make("span", { class: `chip pin ${key}${there ? "" : " lost"}`, title, "data-pin": `${key} ${value}` }, make("i"), make("span", { text }), away);
  }

  /** Say in the head what is in view and what is pinned. */
  page.showHead = () => {
    const { matrix, scenes, selection } = page.state;
    const scene = scenes.find(Boolean);
    const pins = Object.keys(KINDS).flatMap((key) => (selection[key] ?? []).map((value) => chip(key, value)));
    document.getElementById("correlation-pins")?.replaceChildren(...pins);
    const view = document.getElementById("correlation-view");
    if (!view) return;
    if (!scene) return view.replaceChildren(make("b", { text: matrix.runs.some(Boolean) ? "Nothing to show" : "No predictions" }));
    const { run } = scene;
    const rows = page.isAbstract() ? `${scene.units.length} of ${scene.rowCount} layers` : `${scene.units.length} of ${run.sets.length} mini-sets`;
    view.replaceChildren(make("b", { text: `${scene.classes.length} of ${scene.all.length} classes, ${rows}` }), make("span", { class: "sub", text: sayFilters(run) }));
  };

  function sayFilters(run) {
    const iterations = new Set(run.classes.flatMap((one) => one?.at ?? [])).size;
    const steps = `${format(iterations)} anomaly ${iterations === 1 ? "iteration" : "iterations"}`;
    if (page.isAbstract()) return `with anomaly filters, ${steps}`;
    const filters = run.sets.reduce((sum, set) => sum + set.filters.length, 0);
    const layers = new Set(run.sets.map(({ layer }) => layer)).size;
    return `${format(filters)} ${filters === 1 ? "filter" : "filters"} in ${layers} ${layers === 1 ? "layer" : "layers"}, ${steps}`;
  }

  /** Describe in the panel what was pinned last. */
  page.showPinned = () => {
    const host = document.getElementById("correlation-pinned");
    const { matrix, selection } = page.state;
    const run = matrix.runs.find((one) => one && !one.state);
    if (!host) return;
    const address = selection.minisets?.at(-1);
    const set = run?.sets.find((one) => faces.addressOf(run, one) === address);
    const layer = run && !set ? run.layers.findIndex(([name]) => name === selection.layers?.at(-1)) : -1;
    if (set) host.replaceChildren(...describeSet(run, set));
    else if (layer >= 0) host.replaceChildren(...describeLayer(run, layer));
    else host.replaceChildren(make("p", { class: "hint", text: "Nothing yet: click a rectangle, a row, a strip or a name." }));
  };

  const open = (path, patch) => make("button", { type: "button", class: "link", text: "Filters", onclick: () => epochscope.go(path, patch) });

  function describeSet(run, set) {
    const name = run.layers[set.layer][0];
    const filters = set.filters.map((filter) => `${name}:${filter}`);
    const steps = set.at.map((at) => run.steps[at]);
    return [
      make("div", { class: "pin-head" }, make("b", { text: nameOf("minisets", faces.addressOf(run, set)) }), open("/layers", { layers: [name], filters, picks: steps })),
      make("p", { text: page.listFilters(set.filters) }),
      make("p", { text: `${format(set.appearances)} appearances in ${format(set.classes)} ${set.classes === 1 ? "class" : "classes"}, ${Math.round(set.exclusivity * 100)} % of them in one` }),
      make("div", { class: "steps" }, steps.map(stepButton)),
    ];
  }

  function stepButton(step) {
    const { selection, focus } = page.state;
    const on = step === focus ? " focus" : selection.picks?.includes(step) ? " on" : "";
    return make("button", { type: "button", class: `step${on}`, text: format(step), onclick: () => epochscope.select({ step }) });
  }

  function describeLayer(run, layer) {
    const [name, filters, count] = run.layers[layer];
    return [
      make("div", { class: "pin-head" }, make("b", { text: name }), open("/layers", { layers: [name] })),
      make("p", { text: `${format(count)} of ${format(filters)} filters change most in some anomaly iteration.` }),
      ...(page.isAbstract() ? [make("button", { type: "button", class: "btn small wide", text: "Open its mini-sets", onclick: () => page.chooseOption("version", null) })] : []),
    ];
  }

  /** Show the images that flipped at what is pinned, by step and class. */
  page.showFlipped = (found) => {
    const host = document.getElementById("correlation-images");
    if (!host) return;
    const groups = (found ?? []).flatMap(({ step, classes }) => classes.map((one) => group(step, one)));
    const total = (found ?? []).flatMap(({ classes }) => classes).reduce((sum, { count }) => sum + count, 0);
    host.dataset.images = total;
    host.replaceChildren(...(groups.length ? [make("h2", { text: `${format(total)} ${total === 1 ? "image" : "images"} flipped at what is pinned` }), ...groups] : []));
    if (groups.length && page.state.clicked) host.scrollIntoView({ block: "nearest" });
    page.state.clicked = false;
  };

  function group(step, { name, run, count, images }) {
    const several = page.state.matrix?.runs.length > 1;
    const shown = images.slice(0, IMAGES);
    const more = count - shown.length;
    return make("section", { "data-step": step, "data-name": name },
      make("h3", {}, make("b", { text: name }), ` at step ${format(step)}${several ? `, ${run}` : ""}: ${format(count)}`),
      make("div", { class: "flipped" }, shown.map((image) => figure(run, image)), more > 0 ? make("span", { class: "more", text: `and ${format(more)} more` }) : null));
  }

  function figure(run, { image, id, pictured, learned, before, after }) {
    const src = `/thumbnail?run=${encodeURIComponent(run)}&image=${image}`;
    const picture = pictured ? make("img", { src, alt: `Image ${id}`, width: 44, height: 44, loading: "lazy" }) : make("span", { class: "no-picture" });
    const labels = before === null ? learned ? "learned" : "forgotten" : null;
    return make("figure", { title: `${id}, ${learned ? "learned" : "forgotten"}`, class: learned ? "learned" : "forgotten" },
      picture,
      make("figcaption", {}, labels ?? [make("span", { class: "before", text: before }), icon("arrow-right"), make("span", { class: "after", text: after })]));
  }
})();
