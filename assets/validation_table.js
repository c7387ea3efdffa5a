// The ranked table of anomaly iterations under the chart of the Validation page.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const { canvas, make, format } = epochscope;
  const AT_ONCE = 24; // rows; more as one scrolls
  const BAR = 44; // pixels of the largest share
  let shown = { ranked: [], count: 0, focus: null, key: null, data: null };
  let drawn = 0;

  /** The anomaly iterations of all runs, strongest first: [{place, step, ...event}]. */
  page.rankAnomalies = function () {
    const { data } = page.state;
    const found = data.runs.flatMap((run, place) =>
      (page.anomaliesOf(place)?.events ?? []).map((event) => ({ ...event, place, step: run.steps[event.cell] })),
    );
    return found.sort((a, b) => b.share - a.share || a.place - b.place || a.step - b.step || a.row - b.row);
  };

  /** Draw the table; returns how often it was drawn. */
  page.drawTable = function (focus) {
    const box = document.getElementById("validation-table");
    if (!box) return "0";
    const { anomalies, data } = page.state;
    const same = shown.key === anomalies && shown.data === data && box.querySelector("table");
    shown = { ...shown, focus: focus ?? null };
    drawn += 1;
    if (same) {
      box.querySelector(".head").replaceWith(headOf(anomalies));
      for (const row of box.querySelectorAll("tbody tr")) markRow(row);
      return String(drawn);
    }
    const ranked = anomalies ? page.rankAnomalies() : [];
    shown = { ...shown, ranked, count: AT_ONCE, key: anomalies, data };
    const body = make("div", { class: "body", onscroll: more });
    body.append(ranked.length ? tableOf(data) : nothing(anomalies));
    box.replaceChildren(headOf(anomalies), body);
    growing.disconnect();
    growing.observe(body);
    box.dataset.rows = ranked.length;
    const { window, threshold, rule, direction } = anomalies ?? {};
    box.dataset.of = [window, threshold, rule, direction].join(" ");
    return String(drawn);
  };

  // Which rows are in focus and which are picked changes without another row.
  function markRow(row) {
    const step = Number(row.dataset.step);
    const picked = page.state.picks.includes(step);
    row.classList.toggle("at-focus", step === shown.focus);
    row.classList.toggle("picked", picked);
    row.querySelector("input").checked = picked;
    return row;
  }

  function headOf(anomalies) {
    const counts = (anomalies?.runs ?? []).filter(Boolean).map(({ count }) => format(count));
    const many = anomalies && (anomalies.runs ?? []).some((run) => run && run.sent < run.count);
    const says = anomalies ? `${counts.join(" and ")} with ${anomalies.threshold} % of a class or more${many ? "; the strongest are listed" : ""}` : "";
    const picks = page.state.picks.length;
    const clear = () => epochscope.select({ picks: null });
    const right = picks ? make("span", { class: "right" }, `${picks} picked `, make("button", { type: "button", class: "link", text: "Clear", onclick: clear })) : null;
    return make("div", { class: "head" }, make("h2", { text: "Anomaly iterations" }), make("span", { class: "sub", text: says }), right);
  }

  // Why the table is empty, and what would fill it.
  function nothing(anomalies) {
    if (!anomalies) return make("p", { class: "none", text: "" });
    const runs = anomalies.runs.filter(Boolean);
    if (!runs.length) return make("p", { class: "none", text: "No run predicted labels, so no image flips." });
    const largest = Math.max(...runs.map((run) => run.largest));
    const percent = Math.floor(100 * largest);
    const text = `None with ${anomalies.threshold} % of a class or more. `;
    if (percent < 1) return make("p", { class: "none", text: `${text}No image flips under this window.` });
    const use = () => epochscope.select({ threshold: percent });
    return make("p", { class: "none" }, `${text}The largest score is ${percent} %. `, make("button", { type: "button", class: "link", text: `Set ${percent} %`, onclick: use }));
  }

  const HEADS = [
    ["Step", "n", "Recorded step at which the images flip"], ["Class", "", ""], ["left", "n down", "Left rule: images that flip after k steps of one answer"],
    ["right", "n up", "Right rule: images that flip and keep their answer for k steps"], ["Learned", "n", "Of the higher score: from wrong to right"], ["Forgotten", "n", "Of the higher score: from right to wrong"],
    ["Share of class", "", "The higher score as a share of the class"], ["Classes", "n wide", "Classes with an anomaly iteration at this step"],
    ["Error before, at", "n", "Error of the class at the recorded step before, and at the step"],
  ];

  function tableOf(data) {
    const run = data.runs.length > 1 ? [make("th", { text: "Run" })] : [];
    const heads = HEADS.map(([text, style, title]) => make("th", { class: style || null, title: title || null, text, scope: "col" }));
    const body = make("tbody", {}, rowsFrom(0));
    return make("table", {}, make("thead", {}, make("tr", {}, make("th", { class: "pick" }, make("span", { class: "unseen", text: "Picked" })), run, heads)), body);
  }

  const rowsFrom = (first) => shown.ranked.slice(first, shown.count).map(rowOf);

  const more = ({ target }) => {
    const { scrollTop, clientHeight, scrollHeight } = target;
    if (clientHeight && scrollTop + clientHeight >= scrollHeight - 60) addRows(target);
  };

  function addRows(body) {
    if (shown.count >= shown.ranked.length) return;
    const first = shown.count;
    shown.count += AT_ONCE;
    body.querySelector("tbody")?.append(...rowsFrom(first));
    more({ target: body });
  }

  // A body that is higher than its rows does not scroll.
  const growing = new ResizeObserver(([{ target }]) => more({ target }));

  function rowOf(one) {
    const { data, chosen } = page.state;
    const class_ = page.classOf(one.row);
    const [before, now] = page.errorsAround(one.row, one.place, one.cell);
    const collapsed = page.isCollapsed(one.place, one.cell, now);
    const title = collapsed ? "No better than chance here: a collapsed network scores high everywhere." : null;
    const run = data.runs.length > 1 ? [make("td", { class: "run", title: chosen[one.place] }, make("span", { class: `dot run-${one.place + 1}` }), make("span", { class: "run-name", text: chosen[one.place] }))] : [];
    const score = (on, count) => make("td", { class: `n${on ? "" : " quiet"}`, text: count ? format(count) : "–" });
    const go = make("button", { type: "button", class: "step-link", text: format(one.step) });
    const row = make(
      "tr",
      {
        "data-row": one.row, "data-step": one.step, "data-place": one.place,
        onclick: (event) => choose(event, one),
        onpointerenter: () => light(one), onpointerleave: () => light(null),
      },
      make("td", { class: "pick" }, checkbox(one)), ...run,
      make("td", { class: "n" }, go),
      make("td", { class: "c" }, make("span", { title: class_.name }, page.picture(class_, 16), make("span", { text: class_.name }))),
      score(one.isLeft, one.left), score(one.isRight, one.right),
      make("td", { class: "n", text: format(one.learned) }), make("td", { class: "n", text: format(one.forgotten) }),
      make("td", { class: "share" }, bar(one), ` ${Math.round(100 * one.share)} %`),
      make("td", { class: "n wide", text: `${format(page.classesAt(one.place, one.cell))} of ${format(data.classes.length)}` }),
      make("td", { class: `n${collapsed ? " bad" : ""}`, title }, page.sayShare(before, null).replace(" %", ""), epochscope.icon("arrow-right"), page.sayShare(now, null)),
    );
    return markRow(row);
  }

  const checkbox = ({ step }) => make("input", { type: "checkbox", "aria-label": `Pick step ${format(step)}` });

  function bar({ share, learned, score }) {
    const [, largest] = page.scoreEnds();
    const part = (count) => `${((BAR * share) / Math.max(largest, share)) * (count / Math.max(1, score))}px`;
    const forgotten = make("i", { style: `width: ${part(score - learned)}; background: var(--wrong)` });
    return make("span", { class: "flip-bar" }, forgotten, make("i", { style: `width: ${part(learned)}; background: var(--right)` }));
  }

  function choose(event, one) {
    const ticks = event.target.matches('input[type="checkbox"]');
    if (ticks || event.ctrlKey || event.metaKey || event.shiftKey) {
      pick(event.shiftKey && !ticks ? between(one) : [one.step], event.shiftKey && !ticks);
      return;
    }
    page.showAnomaly(one.row, one.step);
  }

  // With shift: every step listed from the focus row to this one.
  function between(one) {
    const at = shown.ranked.indexOf(one);
    const from = Math.max(0, shown.ranked.findIndex(({ step }) => step === shown.focus));
    return shown.ranked.slice(Math.min(at, from), Math.max(at, from) + 1).map(({ step }) => step);
  }

  function pick(steps, add) {
    const picks = new Set(page.state.picks);
    for (const step of steps) {
      if (add || !picks.has(step)) picks.add(step);
      else picks.delete(step);
    }
    epochscope.select({ picks: picks.size ? [...picks].sort((a, b) => a - b) : null });
  }

  function light(one) {
    page.state.lit = one;
    canvas.mark("validation", {});
  }

  /** Draw over the rows: dashed lines at the picked steps, larger triangles of the row pointed at. */
  page.overlayAnomalies = function (context, view, paint) {
    const [top, bottom] = view.spec.lines;
    context.strokeStyle = paint.css("accent");
    context.lineWidth = 1.5;
    context.setLineDash([4, 3]);
    for (const { x: left, width } of view.spec.columns) {
      for (const step of page.state.picks) {
        const x = canvas.toX(step, view.axis.domain, left, width);
        if (x < left || x > left + width) continue;
        context.beginPath();
        context.moveTo(x, top);
        context.lineTo(x, bottom);
        context.stroke();
      }
    }
    context.setLineDash([]);
    const { lit } = page.state;
    const over = view.hover?.triangle?.event ?? null;
    for (const one of view.triangles ?? []) {
      const meant = over === one.event || (lit && one.event.row === lit.row && one.event.cell === lit.cell && view.spec.columns[one.column].place === lit.place);
      if (!meant) continue;
      const large = { ...one, ...canvas.triangleAround(one.row, one.x, one.half + 2, one.up) };
      canvas.paintTriangle(context, large, paint.css(one.color), paint.css("text"), 1.25);
    }
  };
})();
