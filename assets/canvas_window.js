// Charts too tall for one canvas: only what is near the visible part is drawn, and follows the scroll.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const WHOLE = 4000; // pixels: up to here a chart is drawn whole
  const BEYOND = 800; // pixels drawn above and below what is visible

  /**
   * The part [top, bottom) of a chart to draw, when `visible` of its `height` is to be seen: all of it
   * up to `whole` pixels, beyond that what is `beyond` pixels above and below.
   */
  canvas.windowOf = (height, [first, end], { whole = WHOLE, beyond = BEYOND } = {}) => {
    if (height <= whole) return [0, height];
    const most = Math.max(0, height - (end - first));
    const from = Math.min(Math.max(0, first), most);
    return [Math.max(0, from - beyond), Math.min(height, from + (end - first) + beyond)];
  };

  function visibleOf(view) {
    const scroller = view.chart.closest(".page");
    if (!scroller) return [0, view.spec.height];
    const from = scroller.getBoundingClientRect().top - view.chart.getBoundingClientRect().top;
    return [from, from + scroller.clientHeight];
  }

  /** Set which part of a chart is drawn: view.top and view.tall; spec.window says how much. */
  canvas.frame = (view) => {
    const [top, end] = canvas.windowOf(view.spec.height, visibleOf(view), view.spec.window).map(Math.round);
    Object.assign(view, { top, tall: end - top });
  };

  /** Whether a row lies in the part that is drawn. */
  canvas.isShown = (view, row) =>
    row.y + row.height > view.top - 40 && row.y < view.top + view.tall + 40;

  function follow(event) {
    for (const view of canvas.views()) {
      if (!view.spec || view.tall >= view.spec.height || !event.target.contains?.(view.element)) continue;
      const [from, to] = visibleOf(view);
      const missing = (from < view.top && view.top > 0) || (to > view.top + view.tall && view.top + view.tall < view.spec.height);
      if (missing) canvas.rebuild(view);
    }
  }

  if (typeof document !== "undefined") document.addEventListener("scroll", follow, { capture: true, passive: true });
})();
