// Words beside the filters of a layer: legend with end values and unit, the numbers of those that stand still.
(() => {
  const epochscope = (window.epochscope ||= {});
  const filters = (epochscope.layersFilters ||= {});
  const page = (epochscope.layers ||= {});
  const { make, format } = epochscope;
  const NAMED = 3; // filters that stand still, by number
  const END_WORDS = { layer: ["", ""], filter: ["filter min", "filter max"], step: ["step min", "step max"] };

  const text = (words, more = "") => make("span", { class: `o ${more}`.trim(), text: words });
  const { put } = epochscope.canvas;
  const say = (value) => (value === null ? "–" : format(Number(value.toPrecision(3))));

  /** Lowest and highest end of the scale over the runs of a chart. */
  filters.endsOf = function ({ runs }) {
    const ends = runs.filter(Boolean).map((run) => run.ends);
    const known = (at) => ends.map((pair) => pair[at]).filter((value) => value !== null);
    return [known(0).length ? Math.min(...known(0)) : null, known(1).length ? Math.max(...known(1)) : null];
  };

  /** What stands at the two ends of a legend, and the values below it where each group has its own. */
  filters.legendWords = function (chart) {
    const [low, high] = filters.endsOf(chart).map(say);
    if (chart.signed && chart.by !== "layer") {
      const whose = chart.by === "filter" ? "filter" : "step";
      return { ends: [`−${whose} max`, `${whose} max`], range: `${low} to ${high}` };
    }
    if (chart.by === "layer") return { ends: [low, high], range: "" };
    return { ends: END_WORDS[chart.by], range: `${low} to ${high}` };
  };

  /** Labels of a raster: what is shown, in which unit, between which ends. */
  filters.rasterLabels = function (row, spec, width) {
    const { chart } = row;
    const { ends, range } = filters.legendWords(chart);
    const rows = row.view.band * chart.band;
    const box = make(
      "div",
      { class: "o filter-legend" },
      rows > 1 ? make("span", { class: "axis", text: `${rows} filters per row` }) : null,
      make("b", { class: "axis", text: chart.label }),
      make("span", { class: "axis", text: chart.unit }),
      make("i", { class: `ramp${chart.signed ? " signed" : ""}` }),
      make("span", { class: "axis ends" }, make("span", { text: ends[0] }), make("span", { text: ends[1] })),
      range ? make("span", { class: "axis", text: range }) : null,
    );
    const left = spec.places.name;
    box.style.width = `${Math.max(80, spec.places.left - left - 10)}px`;
    return [put(box, { left, top: row.y - 2 }, width)];
  };

  /** Say which filters stand still: "17 and 42 never move". */
  filters.sayStill = function (numbers, what) {
    const named = numbers.slice(0, NAMED).map(String);
    const more = numbers.length - named.length;
    const list = more ? `${named.join(", ")} + ${more}` : named.length < 2 ? named.join("") : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
    return `${list} ${numbers.length === 1 ? what[0] : what[1]}`;
  };

  /** Labels of the filters cut out of a raster, at the right of each run. */
  filters.stillLabels = function (row, spec, width) {
    return spec.columns.flatMap((column, i) => {
      const data = row.data[i];
      if (!data?.cut) return [];
      const of = (kind) => row.chart.cut.filter((_, at) => data.cut[at] === kind);
      const words = [
        [of("frozen"), ["never moves", "never move"], "frozen"],
        [of("flat"), ["is constant", "are constant"], "flat"],
      ];
      const lines = words.filter(([found]) => found.length).map(([found, what, kind]) => make("span", { class: kind, text: filters.sayStill(found, what) }));
      const box = make("div", { class: "o axis filter-still" }, lines);
      box.style.width = `${column.right - 4}px`;
      const tall = lines.length * 28;
      const right = column.x + column.width + column.right - 2;
      return [put(box, { right, top: row.y + row.height - Math.max(row.height, tall) }, width)];
    });
  };

  /** A skeleton in the shape of the raster that is on its way. */
  filters.waitingLabels = function (row, spec, width) {
    const last = spec.columns.at(-1);
    const bar = make("div", { class: "skeleton" });
    bar.style.width = `${last.x + last.width - spec.columns[0].x}px`;
    bar.style.height = `${row.height}px`;
    return [put(text("filters", "axis"), { left: spec.places.name, top: row.y }, width), put(bar, { left: spec.columns[0].x, top: row.y }, width)];
  };

  /** A raster in words, for those who do not see it. */
  filters.sayChart = function (chart) {
    const runs = chart.runs.filter(Boolean).map(({ filters: many, marks }) => {
      const marked = Object.entries(marks).filter(([, found]) => found.length);
      const words = marked.map(([name, found]) => `${found.length} ${name.replace("_", " ")}: ${found.slice(0, 20).join(", ")}`);
      return `${many} filters, ${words.join("; ") || "none marked"}`;
    });
    return `Filters of ${chart.layer}, ${chart.label} scaled by ${chart.by}: ${runs.join(" | ")}.`;
  };
})();
