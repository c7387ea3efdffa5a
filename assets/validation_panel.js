// The control panel of the Validation page: what the link says, what was chosen, bars over sliders.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const clientside = (window.dash_clientside ||= {});
  const callbacks = (clientside.validation ||= {});
  const { make, format } = epochscope;
  const DEFAULTS = { color: "right, wrong", order: "difficulty", flips: "both", mode: "columns" };
  const RULES = { window: 5, threshold: 20, rule: "either" };
  let drawn = 0;
  let own = null; // what the controls said last
  const EDGE = 6.5; // half a slider's thumb: where its first and last value stand

  /** What is asked of the server: which classes are open, and how they are grouped. */
  callbacks.ask = epochscope.onlyChanged((selection) => {
    const { options = {} } = selection ?? {};
    const wanted = options["validation.order"];
    const order = ["recorded", "similarity"].includes(wanted) ? wanted : "difficulty";
    const count = Number(options["validation.k"]);
    const rows = page.openRows(options);
    return [
      rows.length ? { rows, order, of: options["validation.order-of"] ?? "" } : null,
      { k: Number.isInteger(count) && count >= 1 && count <= 8 ? count : null, of: options["validation.clusters-of"] ?? "" },
    ];
  });

  /**
   * What is asked for once the table is drawn: of which run's curves silhouettes, for which rule and flips a
   * suggestion (now: though it takes long), and the images that flipped at the focus step.
   */
  callbacks.askMore = epochscope.onlyChanged((table, selection, focus, classes, _, before) => {
    if (!table || !selection) return Array(3).fill(clientside.no_update);
    const wanted = suggestedFor(selection);
    const known = JSON.stringify(before?.settings) === JSON.stringify(wanted);
    return [{ of: selection.options?.["validation.clusters-of"] ?? "" }, known ? before : { settings: wanted, now: false }, page.flippedAt(focus, classes)];
  });

  // What a suggestion depends on: it is about window and threshold.
  const suggestedFor = ({ rule, options }) => epochscope.anomalySettings({ rule, options });

  // What the controls stand for: as long as it is what they said last, they need not be set.
  function said() {
    const { window, threshold, rule, options } = epochscope.selection();
    return JSON.stringify([window, threshold, rule, options, page.state.chosen, options?.["validation.k"] ? null : page.state.clusters?.count]);
  }

  /**
   * Show in the panel what the link says, the runs to choose from, and whether there is a window to choose.
   * What the panel itself said last is not set again: a slider that is being moved is ahead of it.
   */
  callbacks.showControls = epochscope.onlyChanged(() => {
    const window_ = page.limitWindow(page.state.data);
    if (page.state.data && said() === own) return [...Array(15).fill(clientside.no_update), ...window_];
    const selection = epochscope.selection();
    const read = (name) => (selection.options || {})[`validation.${name}`] ?? DEFAULTS[name];
    const { data, clusters, chosen } = page.state;
    const runs = (data?.runs ?? []).flatMap((run, place) => (run ? [chosen[place]] : []));
    return [
      read("sort") ?? page.usualSort(), read("color"), read("order"), Number(read("height")) || 0,
      shownClusters(read("k"), clusters), read("only") === "yes", read("clusters-of") ?? runs[0] ?? null, read("order-of") ?? runs[0] ?? null, read("mode"),
      ...Object.keys(RULES).map((name) => selection[name] ?? RULES[name]), read("flips"),
      [...runs.map((run) => ({ value: run, label: run })), { value: "*", label: "all runs together" }],
      runs.map((run) => ({ value: run, label: run })), ...window_,
    ];
  });

  // What the link asks for, as long as it is on its way.
  function shownClusters(asked, clusters) {
    const most = Math.max(1, clusters?.most ?? 8);
    return asked === undefined ? clusters?.count || 1 : Math.min(Number(asked) || 1, most);
  }

  /** Take what was chosen in the panel into the link; returns the read-outs. */
  callbacks.choose = epochscope.onlyChanged((sort, color, order, height, k, only, clustersOf, orderOf, mode, window, threshold, rule, flips) => {
    if (page.state.data) {
      const runs = (page.state.data.runs ?? []).flatMap((run, place) => (run ? [page.state.chosen[place]] : []));
      take("sort", sort, page.usualSort());
      for (const [name, value] of Object.entries({ color, order, flips, mode })) take(name, value, DEFAULTS[name]);
      take("only", only ? "yes" : "no", "no");
      take("clusters-of", clustersOf, runs[0]);
      take("order-of", orderOf, runs[0]);
      take("height", height ? String(height) : "fits", "fits", "replace");
      takeClusters(k);
      takeRules({ window, threshold, rule });
      own = said();
    }
    const clusters = page.state.clusters?.count ?? k;
    return [height ? `${height} px` : "fits", String(Math.min(k || 1, 8) || clusters), String(window), `${threshold} %`];
  });

  function take(name, value, usual, history = "push") {
    const before = (epochscope.selection().options || {})[`validation.${name}`] ?? usual;
    if (value !== null && value !== undefined && value !== before) page.chooseOption(name, value === usual ? null : value, history);
  }

  // With other clusters, which were open means nothing any more.
  function takeClusters(k) {
    const asked = (epochscope.selection().options || {})["validation.k"];
    const before = asked === undefined ? page.state.clusters?.count : Number(asked);
    if (!k || !before || k === before || (asked === undefined && k === Math.max(1, before))) return;
    page.state.more.clear();
    epochscope.select({ options: { "validation.k": String(k), "validation.clusters": null } }, { history: "replace" });
  }

  function takeRules(rules) {
    const before = epochscope.selection();
    const patch = {};
    for (const [name, value] of Object.entries(rules)) {
      if (value && value !== (before[name] ?? RULES[name])) patch[name] = value === RULES[name] ? null : value;
    }
    if (Object.keys(patch).length) epochscope.select(patch, { history: "rule" in patch ? "push" : "replace" });
  }

  /** With one recorded step no window can be chosen: [whether k is disabled, its title, the reason]. */
  page.limitWindow = function (data) {
    const steps = Math.max(0, ...(data?.runs ?? []).map((run) => run?.steps.length ?? 0));
    const why = steps === 1 ? "One recorded step: no image can flip before there are two." : "";
    return [Boolean(why), why || null, why];
  };

  /** Draw silhouettes and score distribution; returns the hint on k and what is drawn. */
  callbacks.drawBars = function (silhouettes, suggestion) {
    if (!document.getElementById("validation-k-bars") || !page.state.data) return [clientside.no_update, clientside.no_update];
    const count = page.state.clusters?.count ?? 1;
    page.state.suggestion = suggestion ?? null;
    drawSilhouettes(silhouettes?.values ?? [], count);
    page.drawScores();
    const of = silhouettes?.sampled ? ` (of ${format(silhouettes.classes)} classes)` : "";
    drawn += 1;
    return [page.sayClusters(silhouettes?.values ?? [], count) + of, String(drawn)];
  };

  /** Draw how the scores are distributed, the threshold in them, and what is suggested. */
  page.drawScores = function () {
    const { anomalies, suggestion } = page.state;
    if (!document.getElementById("validation-spread")) return;
    drawSpread(anomalies, suggestion);
    showSuggestion(anomalies, suggestion);
  };

  /** How well the clusters stand apart, in words. */
  page.sayClusters = function (silhouettes, count) {
    const known = silhouettes.map((value, i) => ({ value, k: i + 2 })).filter(({ value }) => value !== null);
    if (!known.length) return count > 1 ? "" : "One group of all classes";
    const best = known.reduce((one, two) => (two.value > one.value ? two : one));
    const own = known.find(({ k }) => k === count);
    const range = `of 2 to ${known.at(-1).k}`;
    if (!own) return `k = ${best.k} stands apart best ${range} (silhouette ${best.value.toFixed(2)})`;
    if (own === best) return `Silhouette ${own.value.toFixed(2)}, the best ${range}`;
    return `Silhouette ${own.value.toFixed(2)}; the best is ${best.value.toFixed(2)} at k = ${best.k}`;
  };

  /** Draw bars centred at the values of a slider from `first` to `last`. */
  function drawBars(id, bars, [first, last], mark) {
    const element = document.getElementById(id);
    if (!element || element.clientWidth < 2) return;
    const { context, width, height } = epochscope.hidpi(element);
    const each = (width - 2 * EDGE) / Math.max(1, last - first);
    const toX = (value) => EDGE + (value - first) * each;
    const thick = Math.max(1, Math.min(each - 1, 2 * EDGE));
    for (const { value, share, on } of bars) {
      context.fillStyle = epochscope.color(on ? "--accent" : "--line-strong", on ? 0.8 : 1);
      const tall = Math.max(share > 0 ? 1.5 : 0, share * (height - 3));
      context.fillRect(toX(value) - thick / 2, height - tall, thick, tall);
    }
    if (mark !== undefined) {
      context.strokeStyle = epochscope.color("--text");
      context.setLineDash([2, 2]);
      context.beginPath();
      context.moveTo(toX(mark), 0);
      context.lineTo(toX(mark), height);
      context.stroke();
    }
    element.dataset.bars = bars.filter(({ share }) => share > 0).length;
    element.dataset.on = bars.filter(({ share, on }) => share > 0 && on).length;
  }

  function drawSilhouettes(values, count) {
    const best = Math.max(0.25, ...values.map((value) => value ?? 0));
    const bars = values.map((value, i) => ({ value: i + 2, share: Math.max(0, value ?? 0) / best, on: i + 2 === count }));
    drawBars("validation-k-bars", bars, [1, 8]);
  }

  // The number of scores by their share of the class, on a logarithmic scale.
  function drawSpread(anomalies, suggestion) {
    const runs = (anomalies?.runs ?? []).filter(Boolean);
    const counts = Array.from({ length: 101 }, (_, percent) => runs.reduce((sum, run) => sum + run.spread[percent], 0));
    const most = Math.log1p(Math.max(1, ...counts.slice(1)));
    const bars = counts.slice(1).map((count, i) => ({ value: i + 1, share: Math.log1p(count) / most, on: i + 1 >= (anomalies?.threshold ?? 0) }));
    drawBars("validation-spread", bars, [1, 100], suggestion?.threshold);
  }

  function showSuggestion(anomalies, suggestion) {
    const box = document.getElementById("validation-suggested");
    if (!box) return;
    box.replaceChildren(...sayImages(anomalies), ...sayCollapsed(anomalies), ...saySuggestion(anomalies, suggestion));
  }

  // A collapsed network scores high everywhere: that is no anomaly of a class.
  function sayCollapsed(anomalies) {
    const count = anomalies ? page.countAtChance() : 0;
    return count ? [make("div", { class: "bad", text: `${format(count)} where the network is no better than chance` })] : [];
  }

  // The threshold as a count, where all classes are of one size.
  function sayImages(anomalies) {
    const sizes = new Set(page.state.data.classes.map(({ images }) => images));
    if (!anomalies || sizes.size !== 1) return [];
    const [images] = sizes;
    return [make("div", { text: `${format(page.leastOf(images, anomalies.threshold))} or more of ${format(images)} images` })];
  }

  function saySuggestion(anomalies, suggestion) {
    if (!anomalies || !suggestion) return [];
    const { window, threshold, found, expected, waits } = suggestion;
    if (waits) {
      const ask = () => epochscope.emit("validation-asked", { data: { settings: suggestedFor(epochscope.selection()), now: true } });
      return [make("button", { type: "button", class: "link", text: "Suggest settings", title: "Takes a while: there are many flips", onclick: ask })];
    }
    if (!window) return [make("div", { text: "No setting stands out from chance." })];
    const says = `Suggested k ${window}, ${threshold} %`;
    const title = `${format(found)} anomaly iterations, of which ${expected.toFixed(1)} are expected by chance`;
    if (anomalies.window === window && anomalies.threshold === threshold) return [make("div", { text: `${says}: in use`, title })];
    const use = () => epochscope.select({ window: window === RULES.window ? null : window, threshold: threshold === RULES.threshold ? null : threshold });
    return [make("div", { title }, `${says} `, make("button", { type: "button", class: "link", text: "Use", onclick: use }))];
  }
})();
