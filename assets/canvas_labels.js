// HTML beside what is painted: labels at their places, titles of runs, notes above a chart.
(() => {
  const epochscope = (window.epochscope ||= {});
  const canvas = (epochscope.canvas ||= {});
  const { make, icon } = epochscope;
  const NOTE_ICONS = { bad: "file-alert", info: "info-circle" };

  /** Put an element at a place: {left | right | center, top} in CSS pixels. */
  canvas.put = (element, { left, right, center, top }, width) => {
    element.style.top = `${top}px`;
    if (right !== undefined) element.style.right = `${width - right}px`;
    else element.style.left = `${left ?? center}px`;
    if (center !== undefined) element.style.transform = "translateX(-50%)";
    return element;
  };

  /** A label of words. */
  canvas.label = (words, more = "") => make("span", { class: `o ${more}`.trim(), text: words });

  /** Replace the labels of a chart; what had the keyboard focus keeps it. */
  canvas.replaceLabels = function (view, elements) {
    const key = view.labels.contains(document.activeElement) && document.activeElement.dataset.key;
    view.labels.replaceChildren(...elements);
    if (key) view.labels.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };

  /** A title above the column of each run, or tabs where one shows at a time; none for one run. */
  canvas.runTitles = function ({ spec, width }, { data, chosen }, choose) {
    if (data.runs.length < 2) return [];
    const name = (place) => chosen?.[place] ?? data.runs[place]?.name ?? "";
    const dot = (place) => make("span", { class: `dot run-${place + 1}` });
    if (spec.places.tabs) {
      const tabs = data.runs.map((_, place) =>
        make("button", {
          type: "button", class: "tab", role: "tab", "data-key": `tab-${place}`,
          "aria-selected": String(place === spec.columns[0].place), onclick: () => choose("run", String(place)),
        }, dot(place), name(place)),
      );
      return [canvas.put(make("div", { class: "o tabs", role: "tablist" }, tabs), { left: spec.columns[0].x, top: -1 })];
    }
    return spec.columns.map(({ place, x, width: wide }) => {
      const title = make("span", { class: "o run", title: name(place) }, dot(place), make("b", { text: name(place) }));
      title.style.maxWidth = `${wide}px`;
      return canvas.put(title, { left: x, top: 1 }, width);
    });
  };

  /** Show notes [{kind, title, text}] in the box `id`. */
  canvas.showNotes = function (id, notes) {
    const strips = notes.map(({ kind, title, text }) =>
      make("div", { class: `trouble ${kind}`, role: kind === "bad" ? "alert" : "status" }, icon(NOTE_ICONS[kind]), make("b", { text: title }), make("div", { class: "text", text })),
    );
    document.getElementById(id)?.replaceChildren(...strips);
  };
})();
