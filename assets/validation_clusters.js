// Clusters of classes on the Validation page: who stands in them, which are open, their mean strip.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.validation ||= {});
  const { canvas } = epochscope;
  const OPEN_BY_ITSELF = 20; // classes: with so many or fewer, clusters stand open at first
  const LISTED = 20; // classes of an open cluster; more on request
  const WIDE = 65533;
  const means = new Map(); // by data, labels and cluster: the numbers of a mean strip
  Object.assign(page, { LISTED });

  /** Whether classes stand in clusters. */
  page.isClustered = () => (page.state.clusters?.count ?? 0) > 1;

  /** Which clusters the link leaves open: a set of their numbers. */
  page.openClusters = function () {
    const asked = page.option("clusters");
    if (asked !== undefined) return new Set((asked.match(/\d{1,3}/g) ?? []).map(Number));
    const few = page.state.data.classes.length <= OPEN_BY_ITSELF;
    return new Set(few ? Array.from({ length: page.state.clusters.count + 1 }, (_, i) => i) : []);
  };

  /** Patch of the options that opens a cluster, closes it, or (open given) makes sure of one. */
  page.clusterPatch = function (cluster, open) {
    const shown = page.openClusters();
    if (open ?? !shown.has(cluster)) shown.add(cluster);
    else shown.delete(cluster);
    return { "validation.clusters": shown.size ? [...shown].sort((a, b) => a - b).join(",") : "none" };
  };

  /** Cluster of a class; the number after the last for one that the grouping run lacks. */
  page.clusterOf = function (row) {
    const { count, labels } = page.state.clusters;
    const label = labels[row] ?? -1;
    return label < 0 ? count : label;
  };

  /**
   * Classes by cluster, in the order of the panel: [{cluster, name, open, members, listed, hidden}].
   * Without clusters there is one group of number null. A search or the filter leaves out groups
   * without a class to show, and a search opens the others.
   */
  page.groupsOf = function (classes, sort) {
    const { only, search, more } = page.state;
    const found = only ? classes.filter(({ row }) => page.countOf(row) > 0) : classes;
    if (!page.isClustered()) return [group(null, sort(found), true, classes.length, more)];
    const open = page.openClusters();
    const members = new Map();
    for (const one of found) {
      const cluster = page.clusterOf(one.row);
      if (!members.has(cluster)) members.set(cluster, []);
      members.get(cluster).push(one);
    }
    return [...members.keys()]
      .sort((a, b) => a - b)
      .map((cluster) => group(cluster, sort(members.get(cluster)), Boolean(search) || open.has(cluster), found.length, more));
  };

  function group(cluster, members, open, all, more) {
    const first = cluster === null || all <= 2 * LISTED ? 2 * LISTED : LISTED;
    const shown = more.get(cluster) ?? first;
    const listed = open ? strongest(members, shown) : [];
    return { cluster, name: nameOf(cluster), open, members, listed, hidden: open ? members.length - listed.length : 0 };
  }

  // Of too many, those with the highest scores and those that are open or chosen, in the order of all.
  function strongest(members, most) {
    if (members.length <= most) return members;
    const asked = new Set([...page.openRows(page.state.options), ...(page.state.classes ?? [])]);
    const ranked = members.map((one) => [page.peakOf(one.row), one]).sort((a, b) => b[0] - a[0]);
    const kept = new Set(ranked.slice(0, most).map(([, one]) => one));
    return members.filter((one) => kept.has(one) || asked.has(one.row));
  }

  function nameOf(cluster) {
    if (cluster === null) return "";
    const { count, of } = page.state.clusters;
    return cluster < count ? `Cluster ${cluster + 1}` : of === "*" ? "Not in every run" : "Only in other runs";
  }

  /** Mean error of the classes of a group in the run at `place`, as the canvas draws it; null for none. */
  page.meanCells = function (members, place) {
    const strips = members.map((one) => page.cells(one.strips[place])).filter(Boolean);
    if (!strips.length) return null;
    const key = `${place}:${members.map(({ row }) => row).join()}`;
    const known = means.get(key);
    if (known?.data === page.state.data) return known.cells;
    const cells = meanOf(strips);
    if (means.size > 64) means.clear();
    means.set(key, { data: page.state.data, cells });
    return cells;
  };

  function meanOf(strips) {
    const count = strips[0].numbers.length;
    const sums = new Float64Array(count);
    const times = new Uint16Array(count);
    const bad = new Uint8Array(count);
    for (const strip of strips) {
      const missing = canvas.missingOf(strip.numbers);
      for (let cell = 0; cell < count; cell += 1) {
        const number = strip.numbers[cell];
        if (number === missing) continue;
        if (number === strip.bad) bad[cell] = 1;
        else {
          sums[cell] += number / strip.top;
          times[cell] += 1;
        }
      }
    }
    const empty = (cell) => (bad[cell] ? 65534 : 65535);
    const numbers = Uint16Array.from(sums, (sum, cell) => (times[cell] ? Math.round((sum / times[cell]) * WIDE) : empty(cell)));
    return { numbers, top: WIDE, bad: 65534 };
  }
})();
