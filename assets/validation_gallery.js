// Pictures under the chart of the Validation page: what flipped at the focus step, never-right images.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const clientside = (window.dash_clientside ||= {});
  const callbacks = (clientside.validation ||= {});
  const { canvas, make, format } = epochscope;
  const SIZE = 32; // of a thumbnail, its gap included
  const CLASSES = 12; // whose flips are asked for
  const NAMES = 110; // pixels of the names before the thumbnails
  let opened = null; // the gallery that the dialog shows
  let drawn = 0;

  /** Which flips to load: the step in focus, and the classes with an anomaly there, the chosen one first. */
  page.flippedAt = function (focus, classes) {
    const { data, anomalies } = page.state;
    if (!data || !anomalies || focus === null || focus === undefined) return null;
    const found = new Map();
    data.runs.forEach((run, place) => {
      const cell = (run?.steps ?? []).indexOf(focus);
      for (const event of cell < 0 ? [] : page.anomaliesOf(place)?.events ?? []) {
        if (event.cell === cell) found.set(event.row, Math.max(event.share, found.get(event.row) ?? 0));
      }
    });
    const chosen = (classes ?? []).filter((row) => found.has(row));
    const others = [...found.keys()].filter((row) => !chosen.includes(row)).sort((a, b) => found.get(b) - found.get(a) || a - b);
    const rows = [...chosen.reverse(), ...others].slice(0, CLASSES);
    const { window, threshold, rule, direction } = anomalies;
    const settings = { window, threshold, rule, options: { "validation.flips": direction } };
    return rows.length ? { step: focus, rows, all: found.size, settings } : null;
  };

  /** Draw the card of pictures; returns how often it was drawn. */
  callbacks.drawPictures = function (flipped, _, focus) {
    const box = document.getElementById("validation-pictures");
    if (!box || !page.state.data) return clientside.no_update;
    const shown = flipped && flipped.step === focus ? flipped : null;
    const room = Math.max(3, Math.floor((box.clientWidth - NAMES - 34) / SIZE));
    const sections = [...flippedSections(shown, room), ...classSections(room)];
    const title = shown ? `Flipped at step ${format(shown.step)}` : sections.length ? `Pictures of ${openChart().name}` : "Pictures";
    const hint = "Choose an anomaly iteration to see the images that flipped there, or open a class.";
    const body = make("div", { class: "body" }, sections.length ? sections : make("p", { class: "none", text: hint }));
    box.replaceChildren(make("div", { class: "head" }, make("h2", { text: title })), body);
    drawn += 1;
    box.dataset.rows = sections.length;
    return String(drawn);
  };

  // A class, after the dot of its run where there are several.
  function nameIn(run, name) {
    const place = page.state.chosen.indexOf(run);
    return page.state.data.runs.length < 2 ? name : make("span", {}, make("span", { class: `dot run-${place + 1}`, title: run }), name);
  }

  function flippedSections(flipped, room) {
    return (flipped?.classes ?? []).map(({ row, name, run, count, images }) => {
      const forgotten = images.filter(({ learned }) => !learned).length;
      const all = images.length === count;
      const parts = [[forgotten, "forgotten"], [count - forgotten, "learned"]].filter(([number]) => number);
      const says = all ? parts.map(([number, word]) => `${format(number)} ${word}`).join(", ") : `${format(count)} images`;
      const figures = images.map((one) => ({ ...one, run, caption: sayLabels(one) }));
      return section({ key: `flipped-${row}`, name: nameIn(run, name), says, run, count, figures, title: `${name} at step ${format(flipped.step)}` }, room);
    });
  }

  const sayLabels = ({ before, after, learned }) => (before === null ? (learned ? "learned" : "forgotten") : `${before} → ${after}`);

  /** The open class whose images are shown: the chosen one, else the one opened last. */
  function openChart() {
    const { charts, classes } = page.state;
    return charts.find(({ row }) => row === classes?.at(-1)) ?? charts.at(-1) ?? null;
  }

  function classSections(room) {
    const chart = openChart();
    if (!chart?.galleries) return [];
    const { never, forgotten } = chart.galleries;
    const figures = (list, caption) => list.map((one) => ({ ...one, run: chart.run, caption: caption(one) }));
    const steps = chart.runs.find(Boolean)?.steps ?? 0;
    return [
      never.count ? section({ key: "never", name: "Never right", says: `${format(never.count)} of ${format(chart.count)} images`, count: never.count, figures: figures(never.images, () => ""), title: `Never right: ${chart.name}` }, room) : null,
      forgotten.count ? section({ key: "forgotten", name: "Often forgotten", says: `times, of ${format(steps)} steps`, count: forgotten.count, figures: figures(forgotten.images, ({ times }) => `${times}×`), title: `Often forgotten: ${chart.name}` }, room) : null,
      ...onlyWrongIn(chart, room),
    ].filter(Boolean);
  }

  // Of two runs: what one gets wrong at the focus step and the other does not.
  function onlyWrongIn(chart, room) {
    const runs = chart.runs;
    if (runs.length !== 2 || !runs.every((run) => run?.shares) || chart.band > 1 || chart.scale) return [];
    const { focus } = canvas.axisOf("validation");
    const cells = runs.map((run, place) => canvas.cellAtFocus(page.state.data.runs[place].steps, focus));
    const wrong = (place, image) => page.shareAt(runs[place].shares, image * runs[place].steps + cells[place]) === 0;
    const right = (place, image) => page.shareAt(runs[place].shares, image * runs[place].steps + cells[place]) === 1;
    return [0, 1].map((place) => {
      const found = chart.images.map((image, i) => ({ image, i })).filter(({ i }) => wrong(place, i) && right(1 - place, i));
      const figures = found.map(({ image, i }) => ({ image, id: chart.ids[i], pictured: chart.pictured[i], run: chart.run, caption: "" }));
      const name = make("span", {}, make("span", { class: `dot run-${place + 1}` }), "only here");
      return found.length ? section({ key: `only-${place}`, name, says: `${format(found.length)} wrong at focus`, count: found.length, figures, title: `Wrong only in ${page.state.chosen[place]}: ${chart.name}` }, room) : null;
    });
  }

  function section(gallery, room) {
    const { key, name, says, count, figures } = gallery;
    const fits = figures.length > room ? room - 1 : room;
    const thumbs = figures.slice(0, fits).map((one) => thumbnail(one, 28));
    const rest = count - thumbs.length;
    const more = make("button", { type: "button", class: "more", text: `+${format(rest)}`, title: "Show all", onclick: () => openGallery(gallery) });
    return make(
      "div",
      { class: "pictures", "data-gallery": key },
      make("button", { type: "button", class: "names", title: "Show all", onclick: () => openGallery(gallery) }, make("b", {}, name), make("span", { text: says })),
      make("div", { class: "thumbs" }, thumbs, rest > 0 ? more : null),
    );
  }

  // An image, as a button that pins it.
  function thumbnail({ image, id, pictured, run, caption, learned }, size) {
    const picture = pictured
      ? make("img", { src: page.thumbnail(run, image), width: size, height: size, alt: "", loading: "lazy" })
      : make("span", { class: "no-picture", style: `width: ${size}px; height: ${size}px` });
    const style = learned === undefined ? "" : learned ? " learned" : " forgotten";
    const pinned = page.state.images?.at(-1) === image;
    return make("button", {
      type: "button", class: `thumb${style}`, "data-image": image, "aria-pressed": String(pinned),
      title: `${id}${caption ? `: ${caption}` : ""}`, "aria-label": `Image ${id}${caption ? `, ${caption}` : ""}`,
      onclick: () => { epochscope.closeOverlays(); epochscope.select({ images: [image] }); },
    }, picture);
  }

  function openGallery(gallery) {
    opened = gallery;
    epochscope.toggleOverlay("gallery");
  }

  function fill(dialog) {
    const { title, count, figures } = opened;
    const made = figures.map((one) => make("figure", {}, thumbnail(one, 64), make("figcaption", { title: one.caption }, make("span", { text: one.id }), one.caption ? labels(one.caption) : null)));
    const rest = count > figures.length ? make("p", { text: `${format(figures.length)} of ${format(count)} are shown.` }) : null;
    dialog.append(epochscope.overlayHead(title), make("div", { class: "overlay-body" }, make("div", { class: "gallery-grid" }, made), rest));
  }

  function labels(caption) {
    const [before, after] = caption.split(" → ");
    return after === undefined ? make("b", { text: caption }) : make("b", {}, before, epochscope.icon("arrow-right"), after);
  }

  epochscope.addOverlay?.("gallery", fill);
})();
