// The clientside callbacks of the Validation page: draw what was sent, follow the selection.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const clientside = (window.dash_clientside ||= {});
  const { canvas } = epochscope;
  const HEAD = "validation-head";
  const ROWS = "validation-rows";
  const AXIS = "validation";

  /** Draw both canvases from the state of the page, with their labels. */
  page.redraw = function () {
    canvas.span(AXIS, page.span());
    canvas.applyZoom(AXIS, page.option("zoom"));
    canvas.show(HEAD, page.headSpec, { ...page.actions(HEAD), labels: page.headLabels });
    canvas.show(ROWS, page.rowsSpec, { ...page.actions(ROWS), labels: rowLabels });
    revealAsked();
  };

  function rowLabels(view) {
    page.rowLabels(view);
    page.readOut();
  }

  // A class that the table opened comes into view, once it stands.
  function revealAsked() {
    const view = canvas.view(ROWS);
    const row = view?.spec?.rows.find(({ key }) => key === page.state.reveal);
    if (!row) return;
    page.state.reveal = null;
    canvas.reveal(view, row);
  }

  /** Write the values at the focus step at the right of every row. */
  page.readOut = function () {
    const { focus } = canvas.axisOf(AXIS);
    const set = focus !== null && focus !== undefined;
    for (const id of [HEAD, ROWS]) {
      const view = canvas.view(id);
      const narrow = (view?.spec?.columns[0]?.right ?? 0) < 80;
      const what = page.isDifference() ? "points" : page.state.data.scale ? "score" : "error";
      for (const element of view?.labels.querySelectorAll(".at") ?? []) {
        element.textContent = `${narrow ? "" : `${what} `}at ${set ? "focus" : "end"}`;
      }
      for (const element of view?.labels.querySelectorAll(".read") ?? []) {
        element.textContent = valueAt(element.dataset.row, Number(element.dataset.place), focus);
      }
    }
  };

  function valueAt(key, place, focus) {
    if (page.isDifference()) return page.pointsAt(key, focus);
    const { data, charts } = page.state;
    const steps = data.runs[place]?.steps ?? [];
    const cell = canvas.cellAtFocus(steps, focus);
    if (key === "overall") return page.sayShare(page.shareAt(data.runs[place]?.overall, cell), data.scale);
    const [, kind, number, lane] = /^(class|cluster|lanes)-(\d+)(?::(\d+))?$/.exec(key);
    if (kind !== "lanes") {
      const row = canvas.view(ROWS).spec.rows.find((one) => one.key === key);
      return page.sayShare(row ? page.rowShareAt(row, place, cell) : null, data.scale);
    }
    const chart = charts.find((each) => each.row === Number(number));
    const shares = (chart && page.answersOf(chart))?.runs[place]?.shares ?? chart?.runs[place]?.lanes;
    return cell < 0 ? "–" : page.sayShare(page.shareAt(shares, Number(lane) * steps.length + cell), null);
  }

  function showHead(data) {
    const { make } = epochscope;
    const open = page.openRows(page.state.options);
    const shown = data.classes.filter(({ row }) => open.includes(row));
    const names = shown.map(({ name }) => name);
    const runs = data.runs.length > 1 ? `${data.runs.length} runs` : page.state.chosen?.[0] ?? "";
    const crumb = [make("span", { class: "long", text: names.length ? `${runs} › ` : runs })];
    if (shown.length === 1 && page.isClustered()) {
      const cluster = page.clusterOf(shown[0].row);
      const close = () => epochscope.select({ options: { ...page.clusterPatch(cluster, false), "validation.open": null } });
      crumb.push(make("button", { type: "button", class: "link", text: `cluster ${cluster + 1}`, title: "Close the cluster", onclick: close }), " › ");
    }
    if (names.length) {
      crumb.push(make("b", { text: names.length > 2 ? `${names.length} classes` : names.join(", ") }));
    }
    document.getElementById("validation-crumb")?.replaceChildren(...crumb);
    document.getElementById("validation-legend")?.replaceChildren(...page.legend(data));
  }

  const callbacks = (clientside.validation = {});

  const drawOrMark = canvas.drawOrMark(ROWS, draw, mark);

  /**
   * Draw the page, or only mark focus and range; returns the class of its card, and the page in words. Anomaly
   * iterations that are there already are drawn with it, others when they come.
   */
  callbacks.draw = function (...given) {
    page.state.anomalies = given.pop() ?? null;
    return drawOrMark(...given);
  };

  function draw(data, clusters, charts, answers, images, classes, options, search, chosen) {
    page.state.data = data ?? null;
    if (!data || !clusters || !chosen) return "card chart-card validation-card loading";
    Object.assign(page.state, {
      data, clusters, charts: charts?.charts || [], answers, images, classes, options: options || {}, search: search || "", chosen,
    });
    page.state.only = page.option("only") === "yes";
    page.state.from = page.windowsOf(page.state.options);
    canvas.showNotes("validation-notes", [...data.notes, ...(charts?.notes ?? [])]);
    if (!data.runs.some(Boolean)) return data.notes.length ? "card chart-card validation-card hidden" : "card chart-card validation-card gone";
    const card = document.getElementById("validation-card");
    card?.classList.remove("loading", "gone", "hidden"); // or there would be no width to draw into
    showHead(data);
    page.redraw();
    return `card chart-card validation-card${data.scale ? " scores" : ""}${data.runs.length > 1 ? " several" : ""}${page.canDiffer(data) ? " two" : ""}${page.isDifference() ? " difference" : ""}`;
  }

  // Nothing is drawn again, unless the classes stand by the focus step.
  function mark(focus, range) {
    canvas.mark(AXIS, { focus: focus ?? null, range: range ?? null });
    const { data } = page.state;
    if (!data?.runs.some(Boolean) || !document.getElementById(ROWS)) return "";
    if (["focus", "change"].includes(page.option("sort"))) page.redraw();
    else page.readOut();
    const say = page.isDifference() ? page.sayDifferences : page.sayAll;
    return say(data, page.listed().flatMap(({ members }) => members), focus);
  }

  /** What anomaly iterations change about the rows: which classes stand, and in which order. */
  page.orderHasChanged = function () {
    const view = canvas.view(ROWS);
    if (!view?.spec) return false;
    const keys = (groups) => groups.map(({ cluster, listed, hidden }) => `${cluster}:${listed.map(({ row }) => row).join()}:${hidden}`).join(";");
    return keys(page.listed()) !== keys(view.spec.groups);
  };

  let shown = { scored: null, data: null }; // what the triangles were drawn from

  /** Draw triangles and table of the anomaly iterations; rows only where others are to stand. */
  callbacks.drawAnomalies = function (anomalies, _, focus, selection) {
    const view = canvas.view(ROWS);
    if (!page.state.data || !view?.spec || !view.element.isConnected) return clientside.no_update;
    const scored = anomalies ?? null;
    const picks = selection?.picks ?? [];
    const same = shown.scored === scored && shown.data === page.state.data;
    const marked = String(picks) === String(page.state.picks);
    shown = { scored, data: page.state.data };
    Object.assign(page.state, { anomalies: scored, picks });
    if (!same) {
      if (page.orderHasChanged()) page.redraw();
      else canvas.drawTriangles(view);
      showHead(page.state.data);
      page.drawScores();
    }
    if (!same || !marked) canvas.mark(AXIS, {});
    const text = document.getElementById("validation-anomalies-text");
    if (text && !(same && text.textContent)) text.textContent = page.sayAnomalies();
    return page.drawTable(focus);
  };
})();
