// Keyboard on a chart: up and down choose a row, Enter opens it, left and right move the step.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const FAR = 10; // recorded steps with shift

  /** The row after `current` among those that can be opened; the first where none is current. */
  canvas.nextRow = (rows, current, by) => {
    const open = rows.filter((row) => row.opens);
    if (!open.length) return null;
    const at = open.findIndex(({ key }) => key === current);
    if (at < 0) return open[by > 0 ? 0 : open.length - 1].key;
    return open[Math.min(Math.max(at + by, 0), open.length - 1)].key;
  };

  /** The recorded step `by` places from `step` among `steps`; ends stay. */
  canvas.nextStep = (steps, step, by) => {
    if (!steps.length) return null;
    if (step === null || step === undefined) return steps[by > 0 ? 0 : steps.length - 1];
    const newest = canvas.newestAt(steps, step);
    const between = newest < 0 || steps[newest] !== step;
    const at = between && by < 0 ? newest + 1 : newest;
    return steps[Math.min(Math.max(at + by, 0), steps.length - 1)];
  };

  const chooseRow = (by) => (view) => {
    view.current = canvas.nextRow(view.spec.rows, view.current, by);
    canvas.drawOverlay(view);
    const row = view.spec.rows.find(({ key }) => key === view.current);
    if (row) {
      view.element.setAttribute("aria-label", view.on.describe?.(row) ?? row.key);
      canvas.reveal(view, row);
    }
  };

  /** Scroll the page as far as a row needs to be seen. */
  canvas.reveal = (view, row) => {
    const box = view.chart.getBoundingClientRect();
    const scroller = view.element.closest(".page");
    if (!scroller) return;
    const shown = scroller.getBoundingClientRect();
    const top = box.top + row.y - shown.top;
    if (top < 120) scroller.scrollBy(0, top - 120);
    const free = shown.height - (view.on.covered?.() ?? 0); // above what sticks to the bottom
    if (top >= 120 && top + row.height > free) scroller.scrollBy(0, top + row.height - free + 24);
  };

  const moveStep = (by) => (view, event) => {
    const steps = view.spec.columns[0]?.steps ?? [];
    const step = canvas.nextStep(steps, view.axis.focus, by * (event.shiftKey ? FAR : 1));
    if (step !== null) view.on.step?.(step);
  };

  const openRow = (view) => {
    const row = view.spec.rows.find(({ key }) => key === view.current);
    if (row) view.on.open?.(row);
  };

  const KEYS = {
    ArrowUp: chooseRow(-1),
    ArrowDown: chooseRow(1),
    ArrowLeft: moveStep(-1),
    ArrowRight: moveStep(1),
    Enter: openRow,
    " ": openRow,
    Escape: (view) => view.on.escape?.(),
  };

  /** Listen to the keyboard while a chart's canvas has the focus. */
  canvas.wireKeys = (view) => {
    view.element.addEventListener("keydown", (event) => {
      const react = KEYS[event.key];
      if (!react || !view.spec || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      react(view, event);
    });
    const focus = (focused) => () => {
      view.focused = focused && view.element.matches(":focus-visible");
      if (view.spec) canvas.drawOverlay(view);
    };
    view.element.addEventListener("focus", focus(true));
    view.element.addEventListener("blur", focus(false));
  };
})();
