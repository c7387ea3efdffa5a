// The page of one filter, a drawer at the right: weights, numbers over the steps, classes, best images.
(() => {
  const epochscope = (window.epochscope ||= {});
  const filters = (epochscope.layersFilters ||= {});
  const page = (epochscope.layers ||= {});
  const callbacks = ((window.dash_clientside ||= {}).layersFilters ||= {});
  const { canvas, make, icon, format } = epochscope;
  const CURVE = { width: 150, height: 26 };
  const ACROSS = 300; // pixels that the kernels of one run take at most
  let shown = null; // {data, focus}

  /** Which filter the link opens: {layer, filter, focus}; null for none. */
  filters.askPage = function (selection, focus) {
    const last = selection.filters?.at(-1);
    const cut = last ? last.lastIndexOf(":") : -1;
    return last ? { layer: last.slice(0, cut), filter: Number(last.slice(cut + 1)), focus: focus ?? null } : null;
  };

  /** Fill the drawer with the filter that the server sent; returns its class. */
  callbacks.showPage = function (data, ask, focus) {
    const drawer = document.getElementById("layers-filter-page");
    shown = data && ask ? { data, focus } : null;
    if (!drawer || !ask) return "filter-page";
    if (!data || data.layer !== ask.layer || data.filter !== ask.filter) return `filter-page open waiting${drawer.childElementCount ? "" : " empty"}`;
    const focused = drawer.contains(document.activeElement) && document.activeElement.dataset.key;
    drawer.replaceChildren(...content(data, focus));
    if (focused) drawer.querySelector(`[data-key="${focused}"]`)?.focus();
    drawer.style.width = `${32 + 328 * data.runs.length}px`;
    drawer.dataset.drawn = String(Number(drawer.dataset.drawn || 0) + 1);
    return "filter-page open";
  };

  const close = () => epochscope.select({ filters: null });

  function step(by, data) {
    const many = Math.max(0, ...data.runs.filter(Boolean).map((run) => run.filters));
    const next = (data.filter + by + many) % many;
    epochscope.select({ filters: [`${data.layer}:${next}`] }, { history: "replace" });
  }

  function content(data, focus) {
    const button = (name, label, act) =>
      make("button", { type: "button", class: "iconbtn small", "data-key": name, title: label, "aria-label": label, onclick: act }, icon(name === "back" ? "chevron-right" : name));
    const head = make(
      "div", { class: "filter-head" },
      make("div", {}, make("h2", { text: `Filter ${data.filter}` }), make("span", { class: "axis", text: `of ${data.layer}` })),
      button("back", "Previous filter", () => step(-1, data)),
      button("chevron-right", "Next filter", () => step(1, data)),
      button("x", "Close (Esc)", close),
    );
    const columns = data.runs.map((run, place) => column(data, run, place, focus));
    const runs = make("div", { class: "filter-runs" }, columns);
    runs.style.gridTemplateColumns = `repeat(${columns.length}, minmax(0, 1fr))`;
    return [head, runs];
  }

  function column(data, run, place, focus) {
    const name = page.state?.chosen?.[place] ?? run?.run ?? "";
    const title = data.runs.length > 1 ? [make("div", { class: "run" }, make("span", { class: `dot run-${place + 1}` }), make("b", { text: name }))] : [];
    if (!run) return make("section", { class: "filter-run" }, title, make("p", { class: "none", text: "This run has no such filter." }));
    return make(
      "section", { class: "filter-run", "data-run": name }, title, facts(run), part("Weights", weights(run)),
      part("Over the steps", curves(run, place, focus)), part("Classes", classes(run)), part("Images it answers to most", images(run, name)),
      run.note ? make("p", { class: "none", text: run.note }) : null,
    );
  }

  const part = (title, body) => (body ? make("div", { class: "filter-part" }, make("h3", { text: title }), body) : null);

  function facts(run) {
    const marks = run.marks.map((mark) => make("span", { class: `mark ${mark.replace(/\W/g, "-")}`, text: mark }));
    const rank = run.at === null ? "no validated step before" : run.rank === null ? `did not change at step ${format(run.at)}` : `rank ${format(run.rank)} of ${format(run.ranked)} at step ${format(run.at)}`;
    return make("div", { class: "filter-facts" }, marks, make("span", { text: `${format(run.filters)} filters, ${run.shape}` }), make("span", { text: `Change: ${rank}` }));
  }

  function weights(run) {
    const found = run.weights;
    if (!found) return null;
    const numbers = canvas.unpack(found.cells);
    const single = found.height * found.width === 1;
    const count = found.channels.length;
    const size = single ? Math.max(2, Math.min(8, Math.floor(ACROSS / Math.min(count, 64)))) : Math.max(2, Math.min(8, Math.floor((ACROSS / Math.min(count, 8)) / (found.width + 1))));
    const across = Math.max(1, Math.min(count, Math.floor(ACROSS / (found.width * size + (single ? 0 : 1)))));
    const element = make("canvas", { class: "kernels", role: "img", "aria-label": `Weights of the filter, ${count} of ${found.inputs} input channels` });
    filters.paintKernels(element, { numbers, height: found.height, width: found.width, count, across }, size);
    const shape = single ? "one number per input" : `${found.height}×${found.width}, one picture per input channel, longest first`;
    const some = count < found.inputs ? `${format(count)} of ${format(found.inputs)} inputs` : `${format(count)} inputs`;
    return make(
      "div", {}, element,
      make("div", { class: "axis legend-row" }, make("span", { text: `−${format(round(found.largest))}` }), make("i", { class: "ramp signed" }), make("span", { text: `+${format(round(found.largest))}` })),
      make("div", { class: "axis", text: `${some}, ${shape}; snapshot of step ${format(found.step)}` }),
    );
  }

  const round = (value) => Number(value.toPrecision(3));
  const number = (value) => (typeof value === "string" ? (value === "+Inf" ? Infinity : -Infinity) : value);

  function curves(run, place, focus) {
    if (!run.curves.length) return null;
    const span = [Math.min(...run.curves.map(({ steps }) => steps[0])), Math.max(...run.curves.map(({ steps }) => steps.at(-1)))];
    const rows = run.curves.map((curve) => {
      const at = focus === null || focus === undefined ? curve.steps.length - 1 : canvas.newestAt(curve.steps, focus);
      const value = at < 0 ? null : curve.values[at];
      const said = at < 0 ? "–" : value === null ? "NaN" : format(number(value));
      const element = make("canvas", { class: "curve", "aria-hidden": "true" });
      draw(element, curve, place, focus, span);
      return make("div", { class: "filter-curve", title: curve.unit }, make("span", { text: curve.label }), element, make("span", { class: "num", "data-curve": curve.name, text: said }));
    });
    return make("div", {}, rows, make("div", { class: "axis", text: `steps ${format(span[0])} to ${format(span[1])}; read at ${focus === null || focus === undefined ? "the end" : `step ${format(focus)}`}` }));
  }

  // Every curve has its own scale, from 0 where it never goes below.
  function draw(element, curve, place, focus, [first, last]) {
    const ratio = window.devicePixelRatio || 1;
    Object.assign(element, { width: CURVE.width * ratio, height: CURVE.height * ratio });
    const context = element.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const paint = canvas.readPaint();
    const values = curve.values.map((value) => (typeof value === "string" ? null : value));
    const known = values.filter((value) => value !== null);
    const low = Math.min(0, ...known);
    const high = Math.max(0, ...known);
    const box = { x: 1, y: 2, width: CURVE.width - 2, height: CURVE.height - 4, domain: [first, last > first ? last : first + 1] };
    canvas.kinds.curve(context, box, { ticks: [0], scale: [low, high > low ? high : low + 1], data: [{ steps: curve.steps, values, color: `run-${place + 1}`, width: 1.4 }] }, paint);
    if (focus === null || focus === undefined || focus < first || focus > last) return;
    context.fillStyle = paint.css("focus");
    context.fillRect(canvas.toX(focus, box.domain, box.x, box.width) - 0.75, 0, 1.5, CURVE.height);
  }

  function classes(run) {
    const found = run.classes;
    if (!found) return null;
    if (found.means.every((mean) => mean === 0)) return make("p", { class: "none", text: `Zero for every class in the snapshot of step ${format(found.step)}.` });
    const largest = Math.max(...found.means.map((mean) => Math.abs(mean ?? 0)), 1e-30);
    const rows = found.names.map((name, at) => {
      const mean = found.means[at];
      const bar = make("i", { class: `class-bar${mean < 0 ? " below" : ""}` });
      bar.style.width = `${(72 * Math.abs(mean)) / largest}px`;
      return make("div", { class: "filter-class" }, make("span", { class: "class", title: name, text: name }), bar, make("span", { class: "num", text: format(mean) }));
    });
    const some = found.count > found.names.length ? `the ${found.names.length} strongest of ${format(found.count)} classes; ` : "";
    return make("div", {}, rows, make("div", { class: "axis", text: `mean output per class; ${some}snapshot of step ${format(found.step)}` }));
  }

  function images(run, name) {
    if (!run.best.length) return null;
    if (run.best.every(({ value }) => value <= 0)) return make("p", { class: "none", text: "It is above zero for no image." });
    const figures = run.best.map(({ image, value, row, column: at, pictured }) => {
      const address = `/thumbnail?run=${encodeURIComponent(name)}&image=${image}`;
      const picture = pictured ? make("img", { src: address, width: 48, height: 48, alt: `Image ${image}` }) : make("span", { class: "no-picture", text: "no picture" });
      return make("figure", { title: `image ${image}, strongest at row ${row}, column ${at} of its map` }, picture, make("figcaption", { text: format(round(value)) }));
    });
    return make("div", { class: "filter-images" }, figures);
  }

  if (typeof document !== "undefined" && document.addEventListener) {
    document.addEventListener("keydown", (event) => {
      const drawer = document.getElementById("layers-filter-page");
      if (event.key !== "Escape" || !shown || !drawer?.contains(event.target)) return;
      event.stopPropagation();
      close();
    });
  }

  epochscope.onScheme?.(() => {
    const drawer = document.getElementById("layers-filter-page");
    if (shown && drawer) drawer.replaceChildren(...content(shown.data, shown.focus));
  });
})();
