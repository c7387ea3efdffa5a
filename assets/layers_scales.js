// The scales of the charts of the Layers page: one for each, or one for all.
(() => {
  const page = ((window.epochscope ||= {}).layers ||= {});
  const ENDED = ["line", "box", "heat"]; // types whose charts say the ends of their scale themselves

  /** Largest distance from zero of charts; 1 where there is none. */
  page.mostOf = function (charts) {
    let most = 0;
    for (const { numbers } of charts) for (const number of numbers) if (Math.abs(number) > most && Number.isFinite(number)) most = Math.abs(number);
    return most || 1;
  };

  /** Lowest and highest number of charts, a little apart where they are one. */
  page.rangeOf = function (charts) {
    let [low, high] = [Infinity, -Infinity];
    for (const { numbers } of charts) {
      for (const number of numbers) {
        if (number < low) low = number;
        if (number > high && Number.isFinite(number)) high = number;
      }
    }
    if (!(low <= high)) return [0, 1];
    return low < high ? [low, high] : [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  };

  /**
   * Scales of charts, {place, type, norm, cells: [of each run]}: of its own for each, or the same for
   * all, and the same for all normalisations, whose weights lie around 1 and would flatten the others.
   * {same, most, norms, apart, of}: `most` and `norms` are those of horizons, `norms` null where they
   * are not of two scales; `apart` says that the charts of a type are which says its ends itself.
   */
  page.scalesOf = function (charts, same) {
    const groups = [false, true].map((norm) => shareOf(charts.filter((one) => Boolean(one.norm) === norm)));
    const [others, norms] = groups;
    const of = new Map(charts.map((chart) => [chart.place, scaleOf(chart, same ? groups[Number(Boolean(chart.norm))] : shareOf([chart]))]));
    const two = (type) => same && others[type] !== null && norms[type] !== null;
    return {
      same, of, most: others.horizon ?? norms.horizon ?? 1, norms: two("horizon") ? norms.horizon : null, apart: ENDED.some(two),
    };
  };

  // The scale that charts share, by type; null of a type that none of them has.
  function shareOf(charts) {
    const share = (type, measure) => {
      const all = charts.filter((one) => one.type === type).flatMap(({ cells }) => cells);
      return all.length ? measure(all) : null;
    };
    // The cells of a heat map are laid on its scale already.
    return { horizon: share("horizon", page.mostOf), line: share("line", page.rangeOf), box: share("box", page.rangeOf), heat: share("heat", () => []) };
  }

  const scaleOf = ({ type, cells }, share) => ({ most: share.horizon ?? 1, scale: (type === "heat" ? cells[0]?.scale : share[type]) ?? [0, 1] });
})();
