// Heights of the rows of the Layers page: dragged at a row's lower edge or set by keys, kept in the link.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.layers ||= {});
  const { canvas, make } = epochscope;
  const [LOWEST, TALLEST] = [16, 400];
  const BY = 8; // pixels of a key
  const REACH = 2; // pixels of a row that belong to its edge
  const TITLE = "Drag to change the height of this chart, double click for the usual height";

  const inside = (height) => Math.round(Math.min(TALLEST, Math.max(LOWEST, height)));

  /** Heights that rows have instead of the usual one: names to pixels. */
  page.heightsOf = function (options = page.state.options) {
    const pairs = (options["layers.heights"] || "").split(",").map((text) => {
      const at = text.lastIndexOf(":");
      return [text.slice(0, at), Number(text.slice(at + 1))];
    });
    return new Map(pairs.filter(([name, height]) => name && height > 0).map(([name, height]) => [name, inside(height)]));
  };

  /** The height of a level's row while it is dragged, or as the link says; undefined for the usual one. */
  page.heightOf = (name) => (page.state.dragged?.name === name ? page.state.dragged.height : page.heightsOf().get(name));

  /** Let a row have its own height; null is the usual one again. */
  page.chooseHeight = function (name, height, history = "push") {
    const heights = page.heightsOf();
    if (height === null) heights.delete(name);
    else heights.set(name, inside(height));
    page.chooseOption("heights", heights.size ? [...heights].map((pair) => pair.join(":")).join(",") : null, history);
  };

  /** Make the chosen row taller (1) or lower (-1). */
  page.stretchRow = function (view, by) {
    const row = view?.spec?.rows.find(({ key, level }) => level && key === view.current);
    if (row) page.chooseHeight(row.level.name, row.height + by * BY, "replace");
  };

  /** Lay the one handle over the lower edge of a row. */
  page.showEdge = function (view, row) {
    if (!row?.level) return;
    const edge = view.chart.querySelector(".row-edge") ?? addEdge(view);
    Object.assign(edge.dataset, { level: row.level.name, height: row.height });
    const column = view.spec.columns.at(-1);
    Object.assign(edge.style, {
      top: `${row.y + row.height - REACH}px`, left: `${view.spec.places.chevron}px`, right: `${view.width - column.x - column.width}px`,
    });
  };

  function addEdge(view) {
    const edge = make("div", { class: "row-edge", title: TITLE, "aria-hidden": "true", onpointerdown: (event) => drag(view, edge, event) });
    edge.addEventListener("dblclick", () => page.chooseHeight(edge.dataset.level, null));
    view.chart.append(edge);
    return edge;
  }

  function drag(view, edge, press) {
    if (press.button !== 0) return;
    press.preventDefault();
    const name = edge.dataset.level;
    const from = Number(edge.dataset.height);
    const stretch = ({ clientY }) => {
      page.state.dragged = { name, height: inside(from + clientY - press.clientY) };
      canvas.rebuild(view);
      page.showEdge(view, view.spec.rows.find(({ level }) => level?.name === name));
    };
    const end = ({ type }) => {
      for (const [event, react] of [["pointermove", stretch], ["pointerup", end], ["pointercancel", end]]) edge.removeEventListener(event, react);
      const { dragged } = page.state;
      page.state.dragged = null;
      if (dragged && type === "pointerup") page.chooseHeight(name, dragged.height);
      else if (dragged) canvas.rebuild(view);
    };
    edge.setPointerCapture(press.pointerId);
    for (const [event, react] of [["pointermove", stretch], ["pointerup", end], ["pointercancel", end]]) edge.addEventListener(event, react);
  }
})();
