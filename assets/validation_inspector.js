// The inspector beside a pixel chart: one image, its label, and what the runs answered to it.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const { canvas, make, format } = epochscope;
  const PICTURE = 66;
  const GROUPS = ["right ≥ 90 %", "50 to 90 %", "below 50 %", "never right"];
  const SHORT_GROUPS = ["≥ 90 %", "≥ 50 %", "< 50 %", "never"];

  const place = (element, left, top) => {
    Object.assign(element.style, { left: `${left}px`, top: `${top}px` });
    return element;
  };

  /** Labels of a pixel chart: inspector, how many images a row holds, groups by difficulty. */
  page.inspector = function (view, row) {
    const { spec } = view;
    const box = make("div", { class: "o inspector", "data-chart": row.class.row });
    page.fillInspector(box, row, page.shownImage(view, row));
    const below = make("span", { class: "o axis rows", text: page.sayRows(row.chart, row.view) });
    const bottom = Math.max(row.y + row.height - 17, row.y + 150);
    box.style.maxWidth = `${spec.places.gutter - 24}px`;
    const ends = row.chart.scale ? scaleBar(row, spec) : [];
    return [place(box, page.PAD + 16, row.y + 6), place(below, page.PAD + 16, bottom), ...brackets(row, spec), ...ends];
  };

  /** The image that an inspector shows: the hovered one, else the pinned one; -1 for none. */
  page.shownImage = function (view, row) {
    if (view.hover?.row.key === row.key && view.hover.image !== undefined) return view.hover.image;
    const pinned = page.pinned([row]);
    return pinned ? pinned.image : -1;
  };

  /** Fill an inspector with an image of its chart. */
  page.fillInspector = function (box, row, image) {
    const { chart } = row;
    box.dataset.image = image < 0 ? "" : chart.images[image];
    if (image < 0) {
      box.replaceChildren(make("span", { class: "hint", text: "Point at a row to see its image; click to keep it." }));
      return;
    }
    box.replaceChildren(
      picture(chart, image),
      make("b", { text: chart.band > 1 ? `Images from ${chart.ids[image]}` : `Image ${chart.ids[image]}` }),
      make("span", { text: chart.scale ? chart.name : `label ${chart.name}` }),
      ...facts(row, image),
    );
  };

  function picture(chart, image) {
    if (!chart.pictured[image]) return make("span", { class: "no-picture", text: "no picture" });
    const src = page.thumbnail(chart.run, chart.images[image]);
    return make("img", { src, width: PICTURE, height: PICTURE, alt: `Image ${chart.ids[image]}` });
  }

  function facts(row, image) {
    const { chart } = row;
    const runs = page.state.data.runs.map((_, i) => chart.runs[i] ?? null);
    const many = runs.length > 1;
    const lines = [];
    if (!chart.scale) {
      const times = (count) => (count === 1 ? "time" : "times");
      lines.push(line("right", runs, many, (run) => [run.right?.[image], `of ${format(run.steps)}`]));
      lines.push(line("forgotten", runs, many, ({ forgotten }) => [forgotten?.[image], times(forgotten?.[image])]));
    }
    const answers = page.answersOf(chart);
    if (answers && answers.image === chart.images[image]) lines.push(...takenFor(answers, many));
    return lines;
  }

  // read(run) gives the number and its unit; beside other runs the unit is left out.
  function line(word, runs, many, read) {
    if (!many) {
      const [number, unit] = read(runs.find(Boolean));
      return make("span", { text: `${word} ${format(number)} ${unit}` });
    }
    const parts = runs.flatMap((run, i) =>
      run ? [make("span", { class: `dot run-${i + 1}` }), make("b", { text: format(read(run)[0]) })] : [],
    );
    return make("span", { class: "by-run" }, `${word} `, parts);
  }

  function takenFor(answers, many) {
    return answers.runs.flatMap((run, i) => {
      if (!run) return [];
      if (run.score) return [make("span", {}, dotOf(many, i), sayScores(run.score))];
      if (!run.taken_for.length) return [make("span", {}, dotOf(many, i), "never taken for another")];
      const most = run.taken_for.slice(0, many ? 1 : 2).map(([label, steps]) => `${label} ${steps}×`);
      return [make("span", { class: "taken" }, dotOf(many, i), `taken for ${most.join(", ")}`)];
    });
  }

  const sayScores = (scores) => `score ${scores.map((score) => format(Number(score.toPrecision(3)))).join(" to ")}`;

  const dotOf = (many, i) => (many ? make("span", { class: `dot run-${i + 1}` }) : null);

  // Images of a class span more than the means that the strips show: the chart has its own scale.
  function scaleBar(row, spec) {
    const column = spec.columns.at(-1);
    const left = column.x + column.width + 6;
    const bar = place(make("i", { class: "scale-bar" }), left, row.y + 1);
    const ends = [1, 0].map((share, i) =>
      place(make("span", { class: "o axis", text: page.sayShare(share, row.chart.scale) }), left + 12, row.y - 3 + i * 49),
    );
    return [bar, ...ends];
  }

  /** Which images are easy and which hard, at the right of the last column. */
  function brackets(row, spec) {
    const { chart, view, height } = row;
    const shown = view.end - view.first;
    if (!chart.groups || chart.band > 1 || shown < chart.images.length) return [];
    const column = spec.columns.at(-1);
    const left = column.x + column.width + 6;
    const narrow = column.right < 80;
    let before = 0;
    return chart.groups.flatMap((count, group) => {
      const top = row.y + (before / shown) * height;
      before += count;
      const bottom = row.y + (before / shown) * height;
      if (!count) return [];
      const bar = place(make("i", { class: `bracket${group === 3 ? " never" : ""}` }), left, top + 1);
      bar.style.height = `${Math.max(1, bottom - top - 2)}px`;
      if (bottom - top < 13) return [bar];
      const two = bottom - top > 30;
      const name = (narrow ? SHORT_GROUPS : GROUPS)[group];
      const says = two ? name : ` ${SHORT_GROUPS[group]}`;
      const words = make("span", { class: `o axis group${two ? " two" : ""}` }, make("b", { text: String(count) }), says);
      return [bar, place(words, left + 6, (top + bottom) / 2 - (two ? 15 : 8))];
    });
  }

  /** Draw over the rows: a leader from the inspector to its image, its label at each step. */
  page.overlay = function (context, view, paint) {
    for (const row of view.spec.rows) {
      if (row.kind !== "pixels") continue;
      const image = page.shownImage(view, row);
      if (image < 0) continue;
      drawLeader(context, view, row, image, paint);
      const lanes = view.spec.rows.find(({ key }) => key === `lanes-${row.class.row}`);
      if (lanes) drawAnswers(context, view, row, lanes, image, paint);
    }
  };

  function drawLeader(context, view, row, image, paint) {
    const span = canvas.imageSpan(row, image);
    if (!span || view.spec.places.gutter < 150) return;
    const from = page.PAD + 16 + PICTURE + 8;
    const to = page.PAD + view.spec.places.gutter - 3;
    const y = row.y + 42;
    const target = span.y + span.height / 2;
    context.strokeStyle = paint.css("text");
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(from, y);
    context.lineTo(to - 40, y); // past the words under the picture
    context.bezierCurveTo(to - 12, y, to - 28, target, to, target);
    context.stroke();
  }

  function drawAnswers(context, view, row, lanes, image, paint) {
    const height = lanes.height / (lanes.labels.length + 1);
    context.fillStyle = paint.css("text");
    for (const column of view.spec.columns) {
      const taken = page.lanesOf(row.chart, column.place, image, lanes.labels);
      if (!taken) continue;
      const toX = (step) => canvas.toX(step, view.axis.domain, column.x, column.width);
      taken.forEach((lane, cell) => {
        if (lane < 0) return;
        const left = Math.max(column.x, toX(column.edges[cell]));
        const right = Math.min(column.x + column.width, toX(column.edges[cell + 1]));
        if (right > left) context.fillRect(left, lanes.y + lane * height + height / 2 - 2, right - left + 0.3, 3);
      });
    }
  }
})();
