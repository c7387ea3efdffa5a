// The marked filters of all layers, listed in the panel: frozen, decay only, inactive, over-active.
(() => {
  const epochscope = (window.epochscope ||= {});
  const filters = (epochscope.layersFilters ||= {});
  const callbacks = ((window.dash_clientside ||= {}).layersFilters ||= {});
  const { make, format } = epochscope;
  const NAMED = 4; // filters of a layer, by number
  const LAYERS = 3; // of a mark, until it is opened
  const TITLES = {
    frozen: ["Never change", "weights bit-identical at every recorded step of the range"],
    decay_only: ["Decay only", "turned by no more than rounding while the norm shrank"],
    inactive: ["Inactive", "output zero for every recorded validation image"],
    over_active: ["Over-active", "in the top 1 % of their layer in 80 % of the steps after the last drop of the learning rate"],
  };
  const opened = new Set();

  /** Take the marked filters that the server sent; returns the class of the list. */
  callbacks.takeMarks = function (sent, id) {
    filters.state.marks = sent ?? null;
    show(id);
    return `filter-lists${sent ? "" : " waiting"}`;
  };

  function show(id) {
    const element = document.getElementById(id);
    const runs = filters.state.marks?.runs ?? [];
    if (!element) return;
    const made = runs.flatMap(({ run, marks }, place) => {
      const title = runs.length > 1 ? [make("div", { class: "run" }, make("span", { class: `dot run-${place + 1}` }), make("b", { text: run }))] : [];
      return [...title, ...Object.keys(TITLES).map((mark) => list(mark, marks[mark], place, id))];
    });
    element.replaceChildren(...made);
    element.dataset.drawn = String(Number(element.dataset.drawn || 0) + 1);
  }

  function list(mark, layers, place, id) {
    const [title, what] = TITLES[mark];
    const count = layers.reduce((sum, [, found]) => sum + found.length, 0);
    const key = `${place}-${mark}`;
    const shown = opened.has(key) ? layers : layers.slice(0, LAYERS);
    const rest = layers.length - shown.length;
    const lines = shown.map(([layer, found]) => line(layer, found));
    const more = rest ? make("button", { type: "button", class: "more", text: `${rest} more layers`, onclick: () => { opened.add(key); show(id); } }) : null;
    return make(
      "div", { class: "filter-list", "data-mark": mark, "data-count": count, title: what },
      make("div", { class: "title" }, make("i", { class: `sign ${mark.replace("_", "-")}` }), make("span", { text: title }), make("b", { class: "num", text: format(count) })),
      lines, more,
    );
  }

  function line(layer, found) {
    const named = found.slice(0, NAMED).map((filter) =>
      make("button", { type: "button", class: "go", title: `Open filter ${filter} of ${layer}`, text: String(filter), onclick: () => filters.open(layer, filter) }),
    );
    const more = found.length > NAMED ? make("span", { text: `+ ${found.length - NAMED}` }) : null;
    const name = make("button", { type: "button", class: "layer", title: `Open the filters of ${layer}`, text: layer, onclick: () => filters.openLayer(layer) });
    return make("div", { class: "line" }, name, make("span", { class: "numbers" }, named, more));
  }
})();
