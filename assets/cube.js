// The clientside callbacks of the Cube page: its angle, cube or flat with a fold between, tabs of runs.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.correlation ||= {});
  const faces = (epochscope.faces ||= {});
  const clientside = (window.dash_clientside ||= {});
  const callbacks = (clientside.cube = {});
  let shown = []; // what the controls were set to

  const option = (name) => page.state.selection.options?.[`cube.${name}`];
  const choose = (name, value, history) => epochscope.select({ options: { [`cube.${name}`]: value } }, { history });

  /** Places of the runs that are drawn: all stacked, or on the Cube page the one of the tab. */
  page.shownPlaces = () => {
    const all = page.state.matrix.runs.map((_, place) => place);
    if (!page.isCube() || all.length < 2) return all;
    return [Math.min(all.length - 1, Math.max(0, Number(option("run")) || 0))];
  };

  /** Tabs over the cube, one per run; pins and scroll are the same in all. */
  page.drawTabs = (host) => {
    const { make } = epochscope;
    const names = page.isCube() && page.state.matrix.runs.length > 1 ? page.state.chosen ?? [] : [];
    const [open] = page.shownPlaces();
    const tabs = names.map((name, place) =>
      make("button", { type: "button", role: "tab", class: "tab", "aria-selected": String(place === open), onclick: () => choose("run", place ? String(place) : null) },
        make("span", { class: `dot run-${place + 1}` }), name),
    );
    host.replaceChildren(...tabs);
  };

  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const ease = (share) => (share < 0.5 ? 2 * share * share : 1 - 2 * (1 - share) ** 2);

  /** Fold the faces of `scene` from the maps before into its own; calls `end` when they stand. */
  page.fold = (element, before, scene, data, end) => {
    const time = Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--unfold")) || 250;
    if (!before || before.kind === scene.kind || still()) return end();
    const start = performance.now();
    const frame = (now) => {
      const share = Math.min(1, (now - start) / time);
      if (share >= 1) return end();
      const maps = {};
      for (const name of ["top", "front", "right"]) maps[name] = faces.between(before.maps[name], scene.maps[name], ease(share));
      faces.paint(element, { ...scene, maps }, data);
      return requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    return undefined;
  };

  /** Lean a cube that was drawn `by` pixels further at its outer corner. */
  page.lean = function ({ dx, depth }, by) {
    const angle = faces.angleOf(Math.round((Math.atan2(Math.max(1, dx + by), depth) * 180) / Math.PI));
    if (angle !== faces.angleOf(option("angle"))) choose("angle", String(angle), "replace");
  };

  /** Show in the panel what the link says. */
  callbacks.showControls = epochscope.onlyChanged((selection) => {
    page.state.selection = selection ?? {};
    shown = [option("layout") === "flat" ? "flat" : "cube", faces.angleOf(option("angle"))];
    return shown;
  });

  /** Take what was chosen in the panel into the link. */
  callbacks.choose = epochscope.onlyChanged((layout, angle) => {
    if (shown.length && layout && layout !== shown[0]) choose("layout", layout === "flat" ? "flat" : null);
    if (shown.length && angle && angle !== shown[1]) choose("angle", String(angle), "replace");
    shown = [layout ?? shown[0], angle ?? shown[1]];
    return `${angle}°`;
  });
})();
