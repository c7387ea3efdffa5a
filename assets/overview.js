// The overview in the browser: its settings, its colours, the range fields and the table's choice.
(function (epochscope, clientside) {
  const overview = (clientside.overview = clientside.overview || {});
  const same = () => clientside.no_update;
  const BUCKETS_APART = 25; // pixels by which a chart may change before its levels are read anew
  const DEBOUNCE = 80;
  const MOST_SMOOTHING = 0.99;
  let sentView = null;
  let smoothed = { weight: null, at: 0 }; // what the slider was last moved or set to

  /** The settings of the charts from the options of the link; what is none of those offered is the default. */
  epochscope.readOverview = function (options) {
    const given = options || {};
    const oneOf = (name, ...values) =>
      values.includes(given[`overview.${name}`]) ? given[`overview.${name}`] : values[0];
    const weight = Number.parseFloat(given['overview.smoothing']);
    return {
      smoothing: Number.isFinite(weight) ? Math.min(Math.max(weight, 0), MOST_SMOOTHING) : 0.6,
      axis: oneOf('axis', 'step', 'epoch', 'time'),
      loss: oneOf('loss', 'linear', 'log'),
      marks: oneOf('marks', 'on', 'off'),
    };
  };

  /** Clientside callback: what the server needs to know to draw; waits for the width of the charts. */
  overview.view = function (options, width, shown) {
    if (!options || !width) return same();
    const buckets = Math.max(BUCKETS_APART, Math.round(width / BUCKETS_APART) * BUCKETS_APART);
    const view = { ...epochscope.readOverview(options), buckets };
    return JSON.stringify(view) === JSON.stringify(shown) ? same() : view;
  };

  const ROLES = {
    band: (trace, run) => {
      tint(trace, 'fillcolor', run);
      tint(trace.line, 'color', run);
    },
    line: (trace, run) => {
      tint(trace.line, 'color', run);
      tint(trace.marker, 'color', run);
    },
    bad: (trace) => {
      tint(trace.textfont, 'color', '--bad-text');
      tint(trace.marker.line, 'color', '--bad');
    },
    spike: (trace) => tint(trace.marker, 'color', '--warn'),
    words: (trace) => tint(trace.textfont, 'color', '--warn-text'),
    end: (trace, run) => {
      tint(trace.textfont, 'color', '--bad-text');
      tint(trace.line, 'color', run);
    },
    ring: (trace, run) => tint(trace.marker, 'color', run),
    recorded: (trace) => tint(trace.line, 'color', '--line-strong'),
    stage: (trace) => tint(trace.line, 'color', '--muted'),
    schedule: (trace, run) => tint(trace.line, 'color', run),
  };

  // The new colour keeps the opacity of the old one.
  function tint(object, key, token) {
    const [, , , alpha] = epochscope.parseColor(String(object[key]).startsWith('rgba') ? object[key] : 'rgb(0,0,0)');
    object[key] = epochscope.color(token, alpha);
  }

  const withCopies = (trace) => ({
    ...trace,
    line: { ...trace.line },
    marker: { ...trace.marker, line: { ...(trace.marker || {}).line } },
    textfont: { ...trace.textfont },
  });

  /** Clientside callback: the figure in the colours of the scheme; the server draws it but once. */
  overview.paint = function (figure, _scheme, templates) {
    if (!figure) return same();
    const data = figure.data.map((trace) => {
      const painted = withCopies(trace);
      ROLES[trace.meta.role](painted, `--run-${trace.meta.place}`);
      return painted;
    });
    const template = templates[`epoch_${epochscope.scheme()}`];
    const range = epochscope.zoomRange() || figure.layout.xaxis.range;
    return { data, layout: { ...figure.layout, template, xaxis: { ...figure.layout.xaxis, range } } };
  };

  const setOption = (name, value, history) =>
    epochscope.select({ options: { [`overview.${name}`]: value } }, { history });

  const current = () => epochscope.readOverview((epochscope.selection() || {}).options);

  function choose(name, value, history = 'push') {
    if (value === null || value === undefined || current()[name] === value) return;
    setOption(name, String(value), history);
  }

  let smoothing = null;

  /** Clientside callback: what the controls say goes into the link; returns the smoothing in words. */
  overview.choose = epochscope.onlyChanged((weight, axis, loss, marks) => {
    choose('axis', axis);
    choose('loss', loss);
    if (marks !== null && marks !== undefined) choose('marks', marks ? 'on' : 'off');
    if (weight === null || weight === undefined) return '';
    chooseSmoothing(weight);
    return weight.toFixed(2).replace(/0$/, '');
  });

  // What the slider rests at goes into the link.
  function chooseSmoothing(weight) {
    if (weight === smoothed.weight) return;
    smoothed = { weight, at: Date.now() };
    clearTimeout(smoothing);
    smoothing = setTimeout(() => choose('smoothing', weight, 'replace'), DEBOUNCE);
  }

  /** Clientside callback: the controls show what the link says. */
  overview.setControls = epochscope.onlyChanged((options, held) => {
    if (!options) return Array(4).fill(same());
    const { smoothing: weight, axis, loss, marks } = epochscope.readOverview(options);
    const dragging = Date.now() - smoothed.at < 10 * DEBOUNCE && held !== undefined;
    if (!dragging) smoothed.weight = weight;
    return [dragging ? held : weight, axis, loss, marks === 'on'];
  });

  /** Clientside callback: the range fields show the range in force, or all steps. */
  overview.setRange = epochscope.onlyChanged((range, live, chosen) => {
    follow(live, chosen);
    return range || [0, epochscope.lastStep(live, chosen)];
  });

  /** The newest step of the chosen runs; null before there is one. */
  epochscope.lastStep = function (live, chosen) {
    const runs = ((live || {}).runs || []).filter(({ name }) => (chosen || []).includes(name));
    const steps = runs.map(({ step }) => step).filter((step) => step !== null);
    return steps.length ? Math.max(...steps) : null;
  };

  const newest = { of: '', step: null };

  // A range that ends at the newest step goes on to the next newest.
  function follow(live, chosen) {
    const of = JSON.stringify(chosen);
    const step = epochscope.lastStep(live, chosen);
    const range = (epochscope.selection() || {}).range;
    const grows = newest.of === of && newest.step !== null && step > newest.step;
    if (grows && range && range[1] === newest.step) {
      epochscope.select({ range: [range[0], step] }, { history: 'replace' });
    }
    Object.assign(newest, { of, step });
  }

  /** Clientside callback: a step typed into one of the range fields. */
  overview.chooseRange = function (from, to, range, live, chosen) {
    const last = epochscope.lastStep(live, chosen);
    const numbers = [from, to].every((step) => typeof step === 'number');
    if (!numbers || last === null) return;
    const shown = range || [0, last];
    if (from === shown[0] && to === shown[1]) return;
    const wanted = [Math.min(from, to), Math.min(Math.max(from, to), last)];
    epochscope.select({ range: wanted[0] === 0 && wanted[1] === last ? null : wanted });
  };

  overview.showAllSteps = function (clicks) {
    if (clicks) epochscope.select({ range: null });
  };

  /** A finding was clicked: its run beside the chosen ones, its step in focus. */
  epochscope.openFinding = function (run, step) {
    const chosen = epochscope.chosen();
    const room = chosen.includes(run) ? chosen : [...chosen.slice(0, epochscope.RUNS_AT_MOST - 1), run];
    epochscope.select({ runs: room, step });
  };

  const grid = () => {
    try {
      return window.dash_ag_grid.getApi('overview-runs');
    } catch {
      return null; // the grid is not on the page yet; it asks for its rows' classes when it is
    }
  };

  /** Clientside callback: rows that pass the filter; returns what is wrong with it. */
  overview.filterRuns = function (text, rows) {
    const filter = text && text.trim() ? epochscope.parseRunFilter(text, rows || []) : null;
    epochscope.runsTable.filter = filter;
    const api = grid();
    if (api) api.onFilterChanged();
    return (filter && filter.problem) || '';
  };

  /** Clientside callback: the rows of the chosen runs take their colours. */
  overview.showChosen = function (chosen) {
    epochscope.runsTable.chosen = chosen || [];
    const api = grid();
    if (api) api.redrawRows();
    return same();
  };
})(window.epochscope, window.dash_clientside);
