// Labels of the Layers page: names, scales and read-outs, as HTML beside what is painted.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.layers ||= {});
  const { canvas, make, icon, format } = epochscope;

  const { put, label: text } = canvas;

  /** Labels of the head. */
  page.headLabels = function (view) {
    const { spec, width } = view;
    const { places } = spec;
    const [rate, updates, axis] = spec.rows;
    const legend = make("span", { class: "o axis parts" }, make("i", { class: "solid" }), "gradient", make("i", { class: "dotted" }), "decay");
    const made = [
      put(text("Learning rate"), { left: places.chevron, top: rate.y - 1 }),
      put(text("Update ÷ weight", "strong"), { left: places.chevron, top: updates.y + 1 }),
      put(legend, { left: places.chevron, top: updates.y + 15 }),
      put(text("step", "axis"), { right: places.left - 8, top: axis.y + 2 }, width),
      ...updates.ticks.map((power, i) => {
        const y = canvas.toY(power, updates, updates.scale) - (i ? 5 : 8);
        return put(text(format(10 ** power), "axis"), { right: places.left - 8, top: y }, width);
      }),
      ...canvas.runTitles(view, page.state, page.chooseOption),
    ];
    for (const column of spec.columns) {
      const right = column.x + column.width + column.right - 2;
      const guide = canvas.toY(Math.log10(page.GUIDE), updates, updates.scale);
      made.push(put(text("", "axis at"), { right, top: axis.y + 2 }, width));
      made.push(put(text(spec.columns.length > 1 ? "1e−3" : "guide 1e−3", "axis"), { right, top: guide - 8 }, width));
    }
    canvas.replaceLabels(view, made);
  };

  /** Labels of the charts, and of what is opened below them. */
  page.rowLabels = function (view) {
    const { spec, width } = view;
    const made = [];
    for (const row of spec.rows) {
      if (!canvas.isShown(view, row)) continue;
      if (row.level) made.push(...levelLabels(row, spec, width));
      else made.push(...(row.labels?.(row, spec, width) ?? []));
    }
    if (!spec.shown.length) made.push(put(text(nothingShown()), { left: spec.places.chevron, top: 8 }));
    canvas.replaceLabels(view, made);
  };

  function nothingShown() {
    if (page.option("only") === "anomalies") return page.state.anomalies ? "No layer holds anomaly filters." : "Anomaly filters are not known yet.";
    return "No layer has that name or type.";
  }

  function levelLabels(row, spec, width) {
    const { level, place, y, height } = row;
    const { places } = spec;
    const [before, own] = page.splitName(page.state.data.levels, place);
    const opens = !level.layer || Boolean(page.filterRows && level.filters);
    const open = level.layer && page.openNames().has(level.name);
    const top = height > 34 ? y : y + height / 2 - 15;
    const chosen = page.state.layers.includes(level.name);
    const button = make("button", {
      type: "button", class: `level-name${chosen ? " chosen" : ""}`, "data-key": row.key, "data-level": level.name, title: page.describeLevel(place),
      disabled: !opens, "aria-expanded": opens ? String(open) : null, onclick: (event) => page.toggle(place, event.altKey),
    }, opens ? icon(open ? "chevron-down" : "chevron-right") : make("span", { class: "blank" }), make("span", { class: "before", text: before }), make("b", { text: own }));
    const ends = endsOf(row, spec.scales);
    const room = places.left - places.name - (ends ? 58 : 6);
    button.style.maxWidth = `${room + 15}px`;
    const type = page.typesOf().get(level.name);
    const sub = text(type && !ends ? `${level.sub}, ${type}` : level.sub, "axis sub");
    sub.style.maxWidth = `${room}px`;
    const made = [put(button, { left: places.chevron, top }), put(sub, { left: places.name, top: top + 15 })];
    made.push(...scaleLabels(row, ends, places, width));
    for (const column of spec.columns) {
      const read = make("span", { class: "o axis read", "data-row": row.key, "data-place": column.place });
      made.push(put(read, { right: column.x + column.width + column.right - 2, top: y + height / 2 }, width));
    }
    return made;
  }

  // Both ends of a scale, where colours alone do not say it.
  function scaleLabels(row, ends, places, width) {
    return (ends ?? []).map((words, i) =>
      put(text(words, "axis"), { right: places.left - 6, top: i ? row.y + row.height - 14 : row.y - 2 }, width),
    );
  }

  function endsOf(row, scales) {
    if (!row.data.some((cells) => cells?.numbers)) return null;
    if (row.type === "ratio") return ["100 %", "0"];
    if (["line", "box", "heat"].includes(row.type) && row.scale) return [page.say(row.scale[1]), page.say(row.scale[0])];
    const own = !scales.same || (row.level.norm && scales.norms);
    return row.type === "horizon" && own && row.most ? [`±${page.say(row.most)}`] : null;
  }

  /** A level in words: its type and size, and the initial spread beside the expected one. */
  page.describeLevel = function (place) {
    const level = page.state.data.levels[place];
    const lines = [`${level.name || "the network"} (${level.type}), ${level.sub}`];
    level.spread.forEach((spread, run) => {
      if (!spread) return;
      const expected = [["PyTorch", spread.default], ["He", spread.he], ["Xavier", spread.xavier]].filter(([, value]) => value !== null);
      const who = page.state.data.runs.length > 1 ? `${page.state.data.runs[run].name}: ` : "";
      const beside = expected.map(([name, value]) => `${name} ${page.say(value)}`).join(", ");
      lines.push(`${who}sd ${page.say(spread.initial)} at step ${format(spread.step)}${beside ? `, expected: ${beside}` : ""}`);
    });
    return lines.join("\n");
  };

  /** Write the values at the focus step at the right of every chart. */
  page.readOut = function () {
    const { focus } = canvas.axisOf(page.AXIS);
    const view = canvas.view("layers-rows");
    const set = focus !== null && focus !== undefined;
    for (const element of canvas.view("layers-head")?.labels.querySelectorAll(".at") ?? []) element.textContent = set ? "at focus" : "at end";
    if (!view?.spec) return;
    for (const element of view.labels.querySelectorAll(".read[data-row^='level-']")) {
      const row = view.spec.rows.find(({ key }) => key === element.dataset.row);
      const column = view.spec.columns.findIndex(({ place }) => place === Number(element.dataset.place));
      const { steps } = view.spec.columns[column];
      const cell = canvas.cellAtFocus(steps, focus);
      const lines = row.kind === "waiting" ? [""] : page.sayAt({ type: row.type, steps }, row.data[column], cell, steps.length);
      element.replaceChildren(...lines.map((words) => make("span", { text: words })));
    }
  };
})();
