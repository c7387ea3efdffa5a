// Which levels of the network the Layers page shows: what is open, found, sorted, and how wide a bar is.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.layers ||= {});

  /** Places of the levels that are charted: their parents are open and they are not. */
  page.visibleLevels = function (levels, open) {
    return levels.flatMap((level, place) => {
      const shown = page.parentsOf(levels, place).every((parent) => open.has(levels[parent].name));
      return shown && (level.layer || !open.has(level.name)) ? [place] : [];
    });
  };

  /** Places of the levels that hold a level, the outermost first. */
  page.parentsOf = function (levels, place) {
    const parents = [];
    for (let at = levels[place].parent; at >= 0; at = levels[at].parent) parents.unshift(at);
    return parents;
  };

  /** Names of a level and all within it. */
  page.namesWithin = (levels, place) =>
    levels
      .filter((_, at) => at === place || page.parentsOf(levels, at).includes(place))
      .map(({ name }) => name);

  /** The layers that a search finds, of any depth: words of a name or type, "only" is left out. */
  page.findLevels = function (levels, search) {
    const words = search.toLowerCase().split(/\s+/).filter((word) => word && word !== "only");
    return levels.flatMap((level, place) => {
      const text = `${level.name} ${level.type}`.toLowerCase();
      return level.layer && words.every((word) => text.includes(word)) ? [place] : [];
    });
  };

  /**
   * Places of the levels to show, in order. `search` finds layers of any depth; `only`, a set of
   * names, keeps those layers; `sort` is "network", "change" or "still" and asks changeOf(place)
   * for {at, ever}: the change at the focus step, and whether there was one at all.
   */
  page.listLevels = function (levels, { open, search, only, sort, changeOf }) {
    let places = search.trim() ? page.findLevels(levels, search) : page.visibleLevels(levels, open);
    if (only) places = page.findLevels(levels, search).filter((place) => only.has(levels[place].name));
    if (sort === "change") return sortBy(places, (place) => -(changeOf(place).at ?? -1));
    if (sort === "still") return sortBy(places, (place) => (changeOf(place).ever ? 1 : 0));
    return places;
  };

  const sortBy = (places, key) =>
    places.map((place, at) => [key(place), at, place]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , place]) => place);

  /** What a level counts as: 2 a layer, 1 a block, 0 a module; -1 where deeper ones took its place. */
  page.ranksOf = function (levels, open) {
    const deepest = new Map(); // by top level: how deep its shown groups go
    levels.forEach((level, place) => {
      const parents = page.parentsOf(levels, place);
      if (level.layer || !parents.every((at) => open.has(levels[at].name))) return;
      const top = parents[0] ?? place;
      deepest.set(top, Math.max(deepest.get(top) ?? 0, level.depth));
    });
    return levels.map((level, place) => {
      if (level.layer) return 2;
      const top = page.parentsOf(levels, place)[0] ?? place;
      const rank = level.depth - Math.max(0, (deepest.get(top) ?? 0) - 1);
      return rank < 0 ? -1 : Math.min(1, rank);
    });
  };

  /** A name in two parts: what its parent's name says already, and its own. */
  page.splitName = function (levels, place) {
    const { name, parent } = levels[place];
    const before = parent >= 0 ? `${levels[parent].name}.` : "";
    if (before && name.startsWith(before)) return [before, name.slice(before.length)];
    const dot = name.lastIndexOf(".");
    return levels[place].layer && dot > 0 ? [name.slice(0, dot + 1), name.slice(dot + 1)] : ["", name];
  };
})();
