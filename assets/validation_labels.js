// Labels of the Validation page: names, read-outs and legends, as HTML beside what is painted.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const { canvas, make, icon, format } = epochscope;
  const PICTURES = 5; // of classes, beside the strip of their cluster

  const { put, label: text } = canvas;

  /** Labels of the head. */
  page.headLabels = function (view) {
    const { spec, width } = view;
    const row = Object.fromEntries(spec.rows.map((one) => [one.key, one]));
    const { data } = page.state;
    const right = page.PAD + spec.places.gutter - 8;
    const wide = spec.places.gutter > 150;
    const made = [
      ...(data.runs.length > 1 ? [put(text("Run"), { left: page.PAD, top: 1 })] : []),
      ...(page.isDifference() ? [page.differenceTitle(view)] : canvas.runTitles(view, page.state, page.chooseOption)),
      put(text(wide ? "Learning rate" : "Rate"), { left: page.PAD, top: row.rate.y - 2 }),
      put(text(data.scale ? "Score" : "Error", "strong"), { left: page.PAD, top: row.curve.y + 1 }),
      put(text("step", "axis"), { right, top: row.axis.y + 3 }, width),
      put(overallName(data, wide), { left: page.PAD, top: row.overall.y }),
      ...curveLegend(row.curve, data, wide),
      ...row.curve.ticks.map((tick, i) => curveTick(row.curve, tick, i, right, width)),
    ];
    for (const column of spec.columns) {
      const end = column.x + column.width + column.right - 2;
      made.push(put(text("", "axis at"), { right: end, top: row.axis.y + 3 }, width));
      made.push(readOut("overall", column, end, row.overall.y, width, "strong"));
    }
    canvas.replaceLabels(view, made);
  };

  function overallName(data, wide) {
    const images = Math.max(0, ...data.runs.map((run) => run?.images ?? 0));
    return make("span", { class: "o" }, make("b", { text: "All classes" }), wide ? ` ${format(images)} images` : "");
  }

  function curveLegend(row, data, wide) {
    if (!wide) return [];
    const names = [...new Set(data.runs.flatMap((run) => (run?.lines ?? []).map(({ name }) => name)))];
    const keys = names.map((name) =>
      make("span", {}, make("i", { class: name === "validation" ? "dashed" : "" }), name === "training" ? "train" : name),
    );
    return [put(make("span", { class: "o legend" }, keys), { left: page.PAD, top: row.y + 20 })];
  }

  function curveTick(row, tick, index, right, width) {
    const words = page.state.data.scale ? format(Number(tick.toPrecision(3))) : `${Math.round(tick * 100)} %`;
    const y = canvas.toY(tick, row, row.scale);
    return put(text(words, "axis"), { right, top: y - (index === 0 ? 11 : 7) }, width);
  }

  function readOut(key, column, right, top, width, more = "") {
    const element = text("", `axis read ${more}`.trim());
    Object.assign(element.dataset, { row: key, place: column.place });
    return put(element, { right, top }, width);
  }

  /** Labels of the classes, their images and lanes. */
  page.rowLabels = function (view) {
    const { spec, width } = view;
    const made = [];
    for (const row of spec.rows) {
      if (!canvas.isShown(view, row)) continue;
      if (row.kind === "stripe") made.push(...(row.group ? clusterLabels : classLabels)(row, spec, width));
      if (row.kind === "pixels") made.push(...page.inspector(view, row));
      if (row.kind === "lanes") made.push(...laneLabels(row, spec, width));
      if (row.kind === "wait") made.push(waiting(row, spec));
    }
    made.push(...spec.mores.map((more) => moreButton(more)));
    if (!spec.groups.some(({ members }) => members.length)) made.push(put(text(nothingFound()), { left: page.PAD, top: 4 }));
    canvas.replaceLabels(view, made);
  };

  function nothingFound() {
    const { search, only } = page.state;
    if (!only) return "No class has that name.";
    return search ? "No class of that name has an anomaly iteration." : "No class has an anomaly iteration.";
  }

  function clusterLabels(row, spec, width) {
    const { cluster, name, open, members } = row.group;
    const middle = row.y + row.height / 2;
    const button = make("button", {
      type: "button", class: `class-name cluster-name${open ? " open" : ""}`, "data-key": row.key, "data-cluster": cluster,
      "aria-expanded": String(open), title: `${name}: ${format(members.length)} ${members.length === 1 ? "class" : "classes"}`,
      onclick: () => page.toggleCluster(cluster),
    }, icon(open ? "chevron-down" : "chevron-right"), make("span", { text: name }));
    const right = page.PAD + spec.places.gutter - 8;
    const most = spec.places.gutter < 196 ? PICTURES - 1 : PICTURES;
    const pictures = spec.places.gutter < 150 ? [] : [put(clusterPictures(members, most), { right, top: middle - 10 }, width)];
    return [put(button, { left: page.PAD - 2, top: middle - 12 }), ...pictures, ...readOuts(row, spec, middle, width)];
  }

  function clusterPictures(members, most) {
    const shown = members.slice(0, members.length > most ? most - 2 : most);
    const made = shown.map((one) => page.picture(one, 20));
    if (members.length > shown.length) made.push(make("span", { class: "more", text: `+${format(members.length - shown.length)}` }));
    return make("span", { class: "cluster-pictures", "aria-hidden": "true" }, made);
  }

  const readOuts = (row, spec, middle, width) =>
    spec.columns.map((column) => readOut(row.key, column, column.x + column.width + column.right - 2, middle - 8, width));

  function classLabels(row, spec, width) {
    const one = row.class;
    const middle = row.y + row.height / 2;
    const open = page.openRows(page.state.options).includes(one.row);
    const chosen = page.state.classes?.includes(one.row);
    const button = make("button", {
      type: "button", class: `class-name${open ? " open" : ""}${chosen ? " chosen" : ""}`,
      "data-key": row.key, "data-row": one.row, "aria-expanded": String(open), title: one.name,
      onclick: () => page.toggle(one.row),
    }, icon(open ? "chevron-down" : "chevron-right"), page.picture(one), make("span", { text: one.name }));
    const indent = page.isClustered() && spec.places.gutter > 150 ? 14 : 0;
    button.style.maxWidth = `${spec.places.gutter - 6 - indent}px`;
    return [put(button, { left: page.PAD - 2 + indent, top: middle - 12 }), ...readOuts(row, spec, middle, width)];
  }

  /** The small picture of a class; its initial where it has none. */
  page.picture = function (one, size = 18) {
    if (one.icon < 0) return make("span", { class: "initial", text: one.name.slice(0, 1), title: one.name });
    return make("img", { src: page.thumbnail(one.icon_run, one.icon), alt: "", title: one.name, width: size, height: size });
  };

  /** Address of the picture of an image. */
  page.thumbnail = (run, image) => `/thumbnail?run=${encodeURIComponent(run)}&image=${image}`;

  function laneLabels(row, spec, width) {
    const gutter = page.PAD + spec.places.gutter;
    const offset = (16 - page.LANE) / 2 + 0.5;
    const made = [...row.labels, "other"].map((label, lane) =>
      put(text(label, lane ? "axis lane" : "axis lane strong"), { right: gutter - 8, top: row.y + lane * page.LANE - offset }, width),
    );
    made.push(put(text("Predicted label", "axis strong"), { left: page.PAD + 16, top: row.y - 3 }));
    const bar = make("span", { class: "o axis" }, make("i", { class: "bar" }), "this image");
    const shade = make("span", { class: "o axis" }, make("i", { class: "shade" }), "share of class");
    made.push(put(bar, { left: page.PAD + 16, top: row.y + 11 }));
    made.push(put(shade, { left: page.PAD + 16, top: row.y + 25 }));
    for (const column of spec.columns) {
      for (let lane = 0; lane <= row.labels.length; lane += 1) {
        const right = column.x + column.width + column.right - 2;
        made.push(readOut(`${row.key}:${lane}`, column, right, row.y + lane * page.LANE - offset, width));
      }
    }
    return made;
  }

  function waiting(row, spec) {
    const bar = make("div", { class: "skeleton pixels-wait" });
    const last = spec.columns.at(-1);
    bar.style.width = `${last.x + last.width - spec.columns[0].x}px`;
    bar.style.height = `${row.height}px`;
    return put(bar, { left: spec.columns[0].x, top: row.y });
  }

  function moreButton({ cluster, hidden, y }) {
    const button = make("button", {
      type: "button", class: "btn small", "data-key": `more-${cluster}`, text: `Show ${format(hidden)} more`,
      onclick: () => page.showMore(cluster),
    });
    return put(button, { left: page.PAD + (cluster === null ? 0 : 14), top: y });
  }
})();
