// What hover, click, brush, wheel and keys do on the Validation page.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const { canvas, make, format } = epochscope;

  /** Set an option of this page in the link; null takes it out. */
  page.chooseOption = (name, value, history = "push") =>
    epochscope.select({ options: { [`validation.${name}`]: value } }, { history });

  /** Open a class, or close it. */
  page.toggle = function (row) {
    const open = page.openRows(page.state.options);
    const rows = open.includes(row) ? open.filter((one) => one !== row) : [...open, row];
    page.chooseOption("open", rows.length ? rows.join(",") : null);
  };

  /** Show more classes. */
  page.showMore = function () {
    page.state.more += page.FIRST_SHOWN;
    page.redraw();
  };

  const isOpen = (row) => page.openRows(page.state.options).includes(row.class.row);

  function click(pick) {
    const patch = pick.step === null ? {} : { step: pick.step };
    const { row } = pick;
    if (row.kind === "pixels") patch.images = [row.chart.images[pick.image]];
    else if (row.class && row.kind === "stripe" && !isOpen(row)) {
      const open = [...page.openRows(page.state.options), row.class.row];
      patch.options = { "validation.open": open.join(",") };
    }
    if (Object.keys(patch).length) epochscope.select(patch);
  }

  // Only this class: the two clicks before have opened it and set the step.
  function double({ row }) {
    if (row.kind === "stripe" && row.class) page.chooseOption("open", String(row.class.row));
  }

  /** Words of the tooltip for what lies under the pointer. */
  page.tipOf = function ({ row, column, cell, step, image }) {
    const spec = canvas.view(row.class ? "validation-rows" : "validation-head").spec;
    const { data } = page.state;
    const at = step === null ? [] : [" at step ", { b: format(step) }];
    const file = lostFile(spec.columns[column], step);
    if (file) return [[{ b: "Cannot be read" }, ...at], [file]];
    if (row.kind === "pixels") return imageTip(row, spec, image, step, at);
    if (row.kind === "lanes") return laneTip(row, spec, column, cell, at);
    if (row.kind === "segments") return [[{ b: "Learning rate" }, ...at], ...rateLines(spec, step)];
    const name = row.class?.name ?? "All classes";
    const lines = spec.columns.map(({ place, steps }) => {
      const payload = row.class ? row.class.strips[place] : data.runs[place]?.overall;
      const there = step === null ? -1 : canvas.newestAt(steps, step);
      return [...runDot(place), payload ? page.sayShare(page.shareAt(payload, there), data.scale) : "–"];
    });
    const images = row.class?.images ?? Math.max(0, ...data.runs.map((run) => run?.images ?? 0));
    const what = data.scale ? "mean score of" : "wrong of";
    return [[{ b: name }, ...at], ...lines.map((parts) => [...parts, ` ${what} ${format(images)} images`])];
  };

  // The damaged file that held a step of a run.
  function lostFile({ lost }, step) {
    const found = (lost ?? []).find(([first, last]) => step !== null && step >= first && step <= last);
    return found ? found[2].split("/").slice(-3).join("/") : null;
  }

  const runDot = (place) =>
    page.state.data.runs.length > 1 ? [make("span", { class: `dot run-${place + 1}` }), " "] : [];

  function rateLines(spec, step) {
    return spec.columns.map(({ place }) => {
      const stages = page.state.data.runs[place]?.stages ?? [];
      const stage = stages.filter(([first]) => step !== null && first <= step).at(-1) ?? stages[0];
      return [...runDot(place), stage ? stage[2] : "–"];
    });
  }

  function imageTip(row, spec, image, step, at) {
    const { chart } = row;
    const name = chart.band * row.view.band > 1 ? `Images from ${chart.ids[image]}` : `Image ${chart.ids[image]}`;
    const lines = spec.columns.map(({ place, steps }) => {
      const cell = step === null ? -1 : canvas.newestAt(steps, step);
      return [...runDot(place), ...answerAt(chart, place, image, cell)];
    });
    return [[{ b: name }, ...at], ...lines, [`${chart.scale ? "" : "label "}`, { b: chart.name }, "; click keeps it"]];
  }

  function answerAt(chart, place, image, cell) {
    const run = chart.runs[place];
    if (!run) return ["not in this run"];
    if (cell < 0) return ["–"];
    const at = image * run.steps + cell;
    const label = page.labelAt(chart, place, image, cell);
    if (label === null) {
      const share = page.shareAt(run.shares, at);
      return chart.scale ? ["score ", { b: page.sayShare(share, chart.scale) }] : ["right ", { b: page.sayShare(share, null) }];
    }
    const sure = run.confidence ? page.shareAt(run.confidence, at) : null;
    return ["predicted ", { b: label }, sure === null ? "" : ` (${sure.toFixed(2)})`];
  }

  function laneTip(row, spec, column, cell, at) {
    const { place } = spec.columns[column];
    const shares = page.answersOf(row.chart)?.runs[place]?.shares ?? row.chart.runs[place]?.lanes;
    if (!shares) return null;
    const { steps } = spec.columns[column];
    const lines = [...row.labels, "other"].map((label, lane) => {
      const share = cell < 0 ? null : page.shareAt(shares, lane * steps.length + cell);
      return [`${label} `, { b: page.sayShare(share, null) }];
    });
    return [[{ b: row.class.name }, " predicted", ...at], ...lines];
  }

  function hover(view, pick) {
    for (const row of view.spec?.rows ?? []) {
      if (row.kind !== "pixels") continue;
      const box = view.labels.querySelector(`.inspector[data-chart="${row.class.row}"]`);
      const image = page.shownImage(view, row);
      const shown = image < 0 ? "" : String(row.chart.images[image]);
      if (box && box.dataset.image !== shown) page.fillInspector(box, row, image);
    }
    return pick ? page.tipOf(pick) : null;
  }

  function zoomRows({ row, image }, by) {
    const size = row.height / Math.ceil((row.view.end - row.view.first) / row.view.band);
    const wanted = Math.min(15, Math.max(1, Math.round(size / 1) + by));
    keepUnder(row, image, wanted);
    page.chooseOption("height", String(wanted), "replace");
  }

  // The image under the pointer stays under it.
  function keepUnder(row, image, size) {
    const share = (image - row.view.first) / Math.max(1, row.view.end - row.view.first);
    const shown = page.fitRows(row.chart.images.length, size).view;
    keepFrom(row, image - share * (shown.end - shown.first));
  }

  // The first image of each window goes into the link, so that it shows the same images.
  function keepFrom(row, first) {
    const last = row.chart.images.length - 1;
    page.state.from.set(row.class.row, Math.min(Math.max(0, Math.round(first)), last));
    const pairs = [...page.state.from].filter(([, from]) => from > 0).map((pair) => pair.join("-"));
    page.chooseOption("from", pairs.length ? pairs.join(",") : null, "replace");
  }

  function panRows({ row }, by) {
    const shown = row.view.end - row.view.first;
    if (shown >= row.chart.images.length) return;
    const first = row.view.first + Math.ceil(shown / 8) * by;
    keepFrom(row, Math.min(first, row.chart.images.length - shown));
    page.redraw();
  }

  let writing = null;
  function zoomed(domain) {
    clearTimeout(writing);
    const { full } = canvas.axisOf("validation");
    const whole = domain[0] <= full[0] && domain[1] >= full[1];
    const text = domain.map((step) => Math.max(0, Math.round(step))).join("-");
    writing = setTimeout(() => page.chooseOption("zoom", whole ? null : text, "replace"), 200);
  }

  /** What a canvas of the page does: `id` names it. */
  page.actions = (id) => ({
    click,
    double,
    zoomRows,
    panRows,
    zoomed,
    hover: (pick) => hover(canvas.view(id), pick),
    overlay: page.overlay,
    open: (row) => row.class && page.toggle(row.class.row),
    brush: (range) => epochscope.select({ range }),
    step: (step) => epochscope.select({ step }, { history: "replace" }),
    escape: () => epochscope.select({ range: null }),
    describe: (row) => {
      const { data } = page.state;
      const { focus } = canvas.axisOf("validation");
      const share = row.class ? page.errorAtFocus(row.class, data.runs, focus) : null;
      return `${row.class?.name ?? "All classes"}, ${data.scale ? "score" : "error"} ${page.sayShare(share, data.scale)}`;
    },
  });
})();
