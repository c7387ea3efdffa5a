// The clientside callbacks of Correlation and Cube: draw what was sent, follow the selection.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.correlation ||= {});
  const clientside = (window.dash_clientside ||= {});
  const callbacks = (clientside.correlation = {});
  const { canvas } = epochscope;
  const KEYS = ["window", "threshold", "rule", "top", "appearances"];
  const OPTIONS = ["version", "change", "iterations", "size", "classes", "repeats", "exclusivity", "order", "rows", "within"];
  let painted = null; // what the faces were painted from
  let watching = null;

  /** What of the selection the server needs; changes only when that does. */
  callbacks.ask = function (selection, before) {
    if (!selection || !document.getElementById("correlation-stages")) return clientside.no_update;
    const names = OPTIONS.map((name) => `correlation.${name}`).concat("validation.flips");
    const all = Object.entries(selection.options ?? {}).filter(([name]) => names.includes(name));
    const options = Object.fromEntries(page.isCube() ? all.filter(([name]) => name !== "correlation.version") : all);
    const asked = { options };
    for (const key of KEYS) if (selection[key] !== undefined) asked[key] = selection[key];
    return JSON.stringify(asked) === JSON.stringify(before) ? clientside.no_update : asked;
  };

  /** Draw the page; returns the class of its card. */
  callbacks.draw = function (matrix, strips, selection, focus, range, chosen) {
    const card = document.getElementById("correlation-card");
    Object.assign(page.state, { strips, selection: selection ?? {}, focus, range, chosen });
    if (!matrix || !card) return "card faces-card loading";
    page.state.matrix = page.adopt(matrix);
    card.classList.remove("loading");
    watch();
    show();
    page.showSuggestion();
    canvas.showNotes("correlation-notes", matrix.notes);
    askForImages();
    return "card faces-card";
  };

  const isDrawn = () => Boolean(document.getElementById("correlation-card")?.matches(":not(.loading)")) && Boolean(page.state.matrix);

  /** Compare what is drawn with chance. */
  callbacks.takeLift = function (lift) {
    page.state.lift = lift;
    if (isDrawn()) show();
  };

  /** Offer the settings that were found. */
  callbacks.takeSuggested = function (suggested) {
    page.state.suggested = suggested;
    if (isDrawn()) page.showSuggestion();
  };

  // Draw the faces where they changed, else only mark them.
  function show() {
    const { matrix, strips, lift } = page.state;
    const view = page.view();
    const liftKey = (view.abstract || view.color === "lift") && lift?.key === matrix.key;
    const wanted = JSON.stringify([matrix.key, Boolean(strips), liftKey, view, page.shownPlaces()]);
    const stages = document.getElementById("correlation-stages");
    if (wanted !== painted || !stages.children.length) {
      painted = wanted;
      page.redraw();
    } else page.markAll();
    // Says whether what was compared with chance belongs to what is drawn.
    stages.dataset.lift = lift?.key === matrix.key ? "1" : "0";
    page.drawTabs(document.getElementById("correlation-tabs"));
    page.showHead();
    page.showPinned();
    const text = document.getElementById("correlation-text");
    if (text) text.textContent = page.sayAll();
  }

  // The images of what is pinned are asked for when that changes.
  function askForImages() {
    const pairs = page.pinnedPairs();
    const text = JSON.stringify([page.state.matrix.key, pairs]);
    const host = document.getElementById("correlation-images");
    if (!host || host.dataset.asked === text || (!pairs.length && !host.dataset.asked)) return;
    host.dataset.asked = text;
    epochscope.emit("correlation-pinned-pairs", { data: pairs });
  }

  function watch() {
    const host = document.getElementById("correlation-stages");
    if (watching?.host === host) return;
    watching?.observer.disconnect();
    const observer = new ResizeObserver(() => {
      if (page.state.matrix && Math.abs(host.clientWidth - (page.state.width ?? 0)) >= 1) page.redraw();
    });
    observer.observe(host);
    watching = { host, observer };
    painted = null;
  }

  /** Show the images that were sent; returns the class of their place. */
  callbacks.showFlipped = function (found) {
    page.showFlipped(found);
    return "faces-images";
  };

  /** Show in the panel what the link, or else the page itself, says. */
  callbacks.showControls = epochscope.onlyChanged((matrix, selection) => {
    page.state.selection = selection ?? {};
    if (matrix) page.state.matrix = page.adopt(matrix);
    const values = page.state.matrix ? page.readControls() : null;
    return values ?? page.controls.map(() => clientside.no_update);
  });

  /** Take what was chosen in the panel into the link. */
  callbacks.choose = epochscope.onlyChanged((...given) => {
    if (!page.state.matrix) return page.controls.filter(({ say }) => say).map(() => "");
    return page.takeControls(given.slice(0, page.controls.length));
  });

  epochscope.onScheme?.(() => {
    if (page.state.matrix && document.getElementById("correlation-stages")) {
      page.redraw();
      page.showSuggestion();
    }
  });
})();
