// The panel of Correlation and Cube: what the link says into the controls, what is chosen into the link.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.correlation ||= {});
  const { format } = epochscope;
  const SHORTEST = 3; // of the scale of the top k
  const TOP_PLACE = 13; // of the top k among the controls
  let shown = {}; // values that the controls were set to: only others were chosen by the reader

  /** Place of a top k on a slider of 0 to 100, by its logarithm; and back. */
  page.topScale = {
    place: (top, most) => Math.round((100 * Math.log(Math.max(1, top / SHORTEST))) / Math.log(Math.max(2, most / SHORTEST))),
    top: (place, most) => Math.max(1, Math.round(SHORTEST * Math.max(2, most / SHORTEST) ** (place / 100))),
  };

  const firstRun = () => page.state.matrix?.runs.find(Boolean) ?? null;
  const topNow = () => page.state.selection.top ?? firstRun()?.top ?? SHORTEST;
  const mostTop = () => Math.min(2000, Math.max(6, firstRun()?.filters ?? 100));

  const choice = (name, values) => ({
    read: () => (values.includes(page.option(name)) ? page.option(name) : values[0]),
    write: (value) => ({ options: { [`correlation.${name}`]: value === values[0] ? null : value } }),
  });

  const limit = (name) => ({
    read: () => Number(page.option(name) ?? page.state.matrix?.limits[name] ?? 1),
    write: (value) => ({ options: { [`correlation.${name}`]: String(value) } }),
    slides: true,
    say: (value) => (name === "exclusivity" ? `${value} %` : format(value)),
  });

  const SETTINGS = { window: 5, threshold: 20, rule: "either" };

  /** Every control, in the order of the ids of the page. */
  page.controls = [
    choice("version", ["mini-sets", "abstract"]),
    choice("layout", ["unfolded", "corner"]),
    choice("color", ["count", "lift"]),
    choice("order", ["similarity", "appearances", "own", "iterations", "error", "name", "recorded"]),
    choice("shown", ["with sets", "all"]),
    choice("rows", ["network", "similarity", "weight"]),
    choice("within", ["step", "filter", "layer"]),
    choice("palette", ["safe", "paper"]),
    {
      read: () => page.state.selection.options?.["validation.flips"] ?? "both",
      write: (value) => ({ options: { "validation.flips": value === "both" ? null : value } }),
    },
    { read: () => page.state.selection.rule ?? SETTINGS.rule, write: (rule) => ({ rule: rule === SETTINGS.rule ? null : rule }) },
    {
      read: () => page.state.selection.window ?? SETTINGS.window, slides: true,
      write: (value) => ({ window: value === SETTINGS.window ? null : value }),
      say: (value) => `${value} recorded ${value === 1 ? "step" : "steps"}`,
    },
    {
      read: () => page.state.selection.threshold ?? SETTINGS.threshold, slides: true,
      write: (value) => ({ threshold: value === SETTINGS.threshold ? null : value }),
      say: (value) => `${value} % of the class`,
    },
    choice("change", ["cosine", "relative"]),
    {
      read: () => page.topScale.place(topNow(), mostTop()), slides: true,
      write: (value) => ({ top: page.topScale.top(value, mostTop()) }),
      say: (value) => `${format(value === shown[TOP_PLACE] ? topNow() : page.topScale.top(value, mostTop()))} of ${format(firstRun()?.filters ?? 0)}`,
    },
    {
      read: () => page.state.selection.appearances ?? page.state.matrix?.limits.appearances ?? 1, slides: true,
      write: (value) => ({ appearances: value }),
      say: (value) => format(value),
    },
    ...["iterations", "size", "classes", "repeats", "exclusivity"].map(limit),
  ];

  /** Values that the controls are to show. */
  page.readControls = () => {
    const values = page.controls.map((control) => control.read());
    shown = { ...values };
    return values;
  };

  /** Take what the reader chose into the link; returns what stands beside the sliders. */
  page.takeControls = (values) => {
    values.forEach((value, i) => {
      if (value === null || value === undefined || shown[i] === undefined || value === shown[i]) return;
      const said = page.controls[i];
      const patch = said.write(value);
      shown[i] = value;
      epochscope.select(patch, { history: said.slides ? "replace" : "push" });
    });
    return page.controls.flatMap((control, i) => (control.say ? [control.say(values[i] ?? control.read())] : []));
  };

  /** Show how scores are distributed, the threshold in them, and what is suggested. */
  page.showSuggestion = () => {
    const { matrix, suggested } = page.state;
    const run = firstRun();
    const canvas = document.getElementById("correlation-histogram");
    if (canvas && run) drawHistogram(canvas, run.histogram, matrix.settings.threshold);
    const host = document.getElementById("correlation-suggestion");
    if (!host) return;
    // They take long on large runs, and are worked out once they are asked for.
    const wanted = JSON.stringify([matrix.runs.map((one) => one?.name), matrix.settings.rule, matrix.settings.direction]);
    const known = suggested?.wanted === wanted ? suggested.found : null;
    host.replaceChildren(known ? saySuggestion(known, matrix.settings) : askButton(host, wanted));
  };

  function askButton(host, wanted) {
    const { make } = epochscope;
    if (host.dataset.wanted === wanted) return make("span", { class: "hint", text: "Looking for settings…" });
    const ask = () => {
      host.dataset.wanted = wanted;
      epochscope.emit("correlation-suggest", { data: wanted });
      page.showSuggestion();
    };
    return make("button", { type: "button", class: "link", text: "Suggest settings", onclick: ask });
  }

  function saySuggestion(found, { window: k, threshold }) {
    const { make } = epochscope;
    const [best] = found;
    if (!best) return make("span", { class: "hint", text: "No setting stands out from chance." });
    if (found.some(([window_, share]) => window_ === k && share === threshold)) return make("span", { class: "pill", text: "suggested" });
    const choose = () => epochscope.select({ window: best[0], threshold: best[1] });
    return make("button", { type: "button", class: "link", text: `Suggested: ${best[0]} steps, ${best[1]} %`, onclick: choose });
  }

  // A bar per two percent, by the logarithm of its count; those that reach the threshold in accent.
  function drawHistogram(element, counts, threshold) {
    const { context, width, height } = epochscope.hidpi(element);
    if (!width || !counts.length) return;
    const most = Math.log1p(Math.max(1, ...counts));
    const each = width / counts.length;
    const share = 100 / counts.length;
    counts.forEach((count, i) => {
      const high = (height * Math.log1p(count)) / most;
      context.fillStyle = epochscope.color((i + 1) * share > threshold ? "--accent" : "--line-strong");
      context.fillRect(i * each, height - high, Math.max(1, each - 1.5), high);
    });
    element.dataset.drawn = Number(element.dataset.drawn || 0) + 1;
  }
})();
