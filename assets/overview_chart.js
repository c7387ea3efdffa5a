// The pointer over the overview's charts: brush, click, zoom and read-outs, drawn over the figure.
(function (epochscope, clientside) {
  const overview = (clientside.overview = clientside.overview || {});
  const { make } = epochscope;
  const DRAG = 4; // pixels before a press is a brush
  const ZOOM = 1.25; // per notch of the wheel
  const SETTLED = 150; // ms without a notch before the levels are read anew
  const charts = new Map(); // overlay element -> its parts
  let focus = null;
  let zoom = null; // {range, timer} while the wheel turns
  let forget = () => {}; // the scheme, when the page is built anew

  const plotOf = (overlay) => overlay.parentElement.querySelector('.js-plotly-plot');

  // Where the plot lies in its overlay, and which positions its edges have.
  function frame(overlay) {
    const plot = plotOf(overlay);
    const layout = plot && plot.layout;
    if (!layout || !layout.meta || !layout.xaxis || !layout.xaxis.range) return null;
    const { l, r, t, b } = layout.template.layout.margin;
    const width = overlay.clientWidth - l - r;
    const height = overlay.clientHeight - t - b;
    return { left: l, top: t, width, height, range: layout.xaxis.range, meta: layout.meta, plot };
  }

  const positionAt = ({ left, width, range }, x) =>
    range[0] + (Math.min(Math.max(x - left, 0), width) / width) * (range[1] - range[0]);

  const pixelOf = ({ left, width, range }, position) =>
    left + ((position - range[0]) / (range[1] - range[0])) * width;

  function stepAt(view, x) {
    const [first, last] = view.meta.whole;
    const step = Math.round(epochscope.findStep(view.meta, positionAt(view, x)));
    return Math.min(Math.max(step, first), last);
  }

  /** Clientside callback: the page is there; its charts listen from now on and tell their width. */
  overview.mount = function () {
    const found = document.querySelectorAll('.curve-overlay');
    if (found.length < 2) requestAnimationFrame(overview.mount);
    else listenToAll(found);
    return clientside.no_update;
  };

  function listenToAll(found) {
    charts.clear();
    found.forEach(listen);
    const sized = new ResizeObserver(() => {
      const width = found[0].clientWidth - 60;
      if (width > 0) epochscope.emit('overview-width', { data: width });
      placeFocus();
    });
    sized.observe(found[0]);
    forget();
    forget = epochscope.onScheme((scheme) => epochscope.emit('overview-painted', { data: scheme }));
    document.getElementById('overview-findings').addEventListener('click', ({ target }) => {
      const finding = target.closest('.finding');
      if (finding) epochscope.openFinding(finding.dataset.run, Number(finding.dataset.step));
    });
  }

  function listen(overlay) {
    const parts = {
      line: make('i', { class: 'curve-focus', hidden: true }),
      hover: make('i', { class: 'curve-hover', hidden: true }),
      brush: make('i', { class: 'curve-brush', hidden: true }),
      tip: make('div', { class: 'tip curve-tip', hidden: true }),
    };
    overlay.replaceChildren(...Object.values(parts));
    charts.set(overlay, parts);
    overlay.addEventListener('pointerdown', (event) => press(overlay, event));
    overlay.addEventListener('pointermove', (event) => hover(overlay, event));
    overlay.addEventListener('pointerleave', leave);
    overlay.addEventListener('dblclick', () => epochscope.select({ range: null }));
    overlay.addEventListener('wheel', (event) => wheel(overlay, event), { passive: false });
  }

  function press(overlay, event) {
    const view = frame(overlay);
    if (event.button !== 0 || !view) return;
    const from = event.offsetX;
    const { brush } = charts.get(overlay);
    let to = from;
    overlay.setPointerCapture(event.pointerId);
    const move = ({ clientX }) => {
      to = clientX - overlay.getBoundingClientRect().left;
      if (Math.abs(to - from) >= DRAG) drawBrush(view, brush, from, to);
    };
    const stop = ({ type, key }) => {
      if (type === 'keydown' && key !== 'Escape') return;
      ends.forEach((name) => overlay.removeEventListener(name, stop));
      window.removeEventListener('keydown', stop);
      overlay.removeEventListener('pointermove', move);
      brush.hidden = true;
      if (type === 'pointerup') release(view, from, to, event.detail);
    };
    const ends = ['pointerup', 'pointercancel'];
    ends.forEach((name) => overlay.addEventListener(name, stop));
    window.addEventListener('keydown', stop);
    overlay.addEventListener('pointermove', move);
  }

  function drawBrush(view, brush, from, to) {
    const inside = (x) => Math.min(Math.max(x, view.left), view.left + view.width);
    const [left, right] = [inside(Math.min(from, to)), inside(Math.max(from, to))];
    brush.hidden = false;
    Object.assign(brush.style, box(left, view.top, right - left, view.height));
  }

  const box = (left, top, width, height) => ({
    left: `${left}px`,
    top: `${top}px`,
    width: `${width}px`,
    height: `${height}px`,
  });

  function release(view, from, to, clicks) {
    const [first, last] = [stepAt(view, Math.min(from, to)), stepAt(view, Math.max(from, to))];
    if (Math.abs(to - from) >= DRAG && last > first) epochscope.select({ range: [first, last] });
    else if (clicks < 2) setFocus(stepAt(view, to));
  }

  function setFocus(step) {
    epochscope.select({ step }, { history: 'replace' });
    overview.showFocus(step);
  }

  function wheel(overlay, event) {
    const view = frame(overlay);
    if (!event.ctrlKey || !view) return;
    event.preventDefault();
    const at = positionAt(view, event.offsetX);
    const factor = event.deltaY < 0 ? 1 / ZOOM : ZOOM;
    zoomTo(view, view.range.map((end) => at + (end - at) * factor));
  }

  // The figure follows at once, stretched; its levels are read anew when the wheel rests.
  function zoomTo(view, wanted) {
    const [first, last] = view.meta.whole;
    const whole = [first, last].map((step) => epochscope.placeStep(view.meta, step));
    const range = [Math.max(wanted[0], whole[0]), Math.min(wanted[1], whole[1])];
    const steps = range.map((end) => Math.round(epochscope.findStep(view.meta, end)));
    if (steps[1] - steps[0] < 2) return;
    charts.forEach((_parts, overlay) => {
      if (plotOf(overlay)) window.Plotly.relayout(plotOf(overlay), { 'xaxis.range': range });
    });
    placeFocus();
    leave();
    if (zoom) clearTimeout(zoom.timer);
    const all = steps[0] <= first && steps[1] >= last;
    const settle = () => {
      zoom = null;
      epochscope.select({ range: all ? null : steps }, { history: 'replace' });
    };
    zoom = { range, timer: setTimeout(settle, SETTLED) };
  }

  /** The range the wheel has come to; null while it rests. A figure that arrives keeps to it. */
  epochscope.zoomRange = () => (zoom ? zoom.range : null);

  /** Clientside callback: the focus line of both charts; no figure is drawn anew. */
  overview.showFocus = function (step) {
    focus = step;
    requestAnimationFrame(placeFocus);
  };

  function placeFocus() {
    charts.forEach(({ line }, overlay) => {
      const view = frame(overlay);
      const inView = view && focus !== null && focus !== undefined;
      const position = inView ? epochscope.placeStep(view.meta, focus) : NaN;
      line.hidden = !(position >= view?.range[0] && position <= view?.range[1]);
      overlay.dataset.focus = line.hidden ? '' : focus;
      if (!line.hidden) {
        Object.assign(line.style, box(pixelOf(view, position) - 0.75, view.top, 1.5, view.height));
      }
    });
  }

  function hover(overlay, event) {
    const view = frame(overlay);
    if (!view || event.buttons) return;
    const position = positionAt(view, event.offsetX);
    const step = stepAt(view, event.offsetX);
    charts.forEach((parts, other) => {
      const there = frame(other);
      parts.hover.hidden = !there;
      if (there) Object.assign(parts.hover.style, box(pixelOf(there, position), there.top, 1, there.height));
      parts.tip.hidden = other !== overlay;
    });
    const { tip } = charts.get(overlay);
    tip.replaceChildren(...epochscope.describeHover(view, step, position));
    placeTip(overlay, tip, event);
  }

  /** The lines of the tooltip: step, then a line per curve in the order of the header. */
  epochscope.describeHover = function ({ meta, plot }, step, position) {
    const write = meta.share ? writeShare : epochscope.format;
    const rows = epochscope.readCurves(plot.data, position).map((read) =>
      make(
        'tr',
        {},
        make('td', {}, make('span', { class: `dot run-${read.place}` }), ` ${read.run}`),
        make('td', { text: read.part }),
        make('td', { class: 'n', text: wordsOf(read, write) }),
      ),
    );
    const where = meta.axis === 'step' ? '' : ` · ${epochscope.format(position)} ${meta.axis}`;
    return [
      make('b', { text: `step ${epochscope.formatCount(step)}${where}` }),
      make('table', {}, make('tbody', {}, rows)),
      make('div', { class: 'does', text: 'click: focus step · drag: step range' }),
    ];
  };

  const writeShare = (value) => `${(100 * value).toFixed(1)} %`;

  function wordsOf(read, write) {
    if (read.bad) return read.words || 'not finite';
    if (read.mean === null) return '–';
    if (write(read.low) === write(read.high)) return write(read.mean);
    return `${write(read.mean)} (${write(read.low)} to ${write(read.high)})`;
  }

  function placeTip(overlay, tip, { offsetX, offsetY }) {
    const right = offsetX + 12 + tip.offsetWidth > overlay.clientWidth;
    tip.style.left = `${right ? Math.max(0, offsetX - 12 - tip.offsetWidth) : offsetX + 12}px`;
    tip.style.top = `${offsetY + 12}px`;
  }

  function leave() {
    charts.forEach(({ hover: line, tip }) => {
      line.hidden = true;
      tip.hidden = true;
    });
  }

  let turn = 0;
  /** Clientside callback: a figure arrived; what lies over it takes its place once it is drawn. */
  overview.drawn = function () {
    turn += 1;
    whenDrawn(turn, [...charts.keys()]);
  };

  // Plotly may draw many frames after its figure arrived: its code is loaded on first use.
  function whenDrawn(mine, waiting) {
    requestAnimationFrame(() => {
      if (mine !== turn) return;
      placeFocus();
      const late = waiting.filter((overlay) => overlay.isConnected && !markDrawn(overlay));
      if (late.length) whenDrawn(mine, late);
      else document.dispatchEvent(new CustomEvent('epochscope:curves'));
    });
  }

  function markDrawn(overlay) {
    const chart = overlay.parentElement;
    const drawn = plotOf(overlay) !== null && frame(overlay) !== null;
    chart.classList.toggle('waiting', !drawn);
    if (drawn) chart.dataset.drawn = Number(chart.dataset.drawn || 0) + 1;
    return drawn;
  }
})(window.epochscope, window.dash_clientside);
