// The header and the foot of the navigation: chosen runs, live state, how much the log holds.
(function (epochscope, clientside) {
  const shell = (clientside.shell = clientside.shell || {});
  const { make, icon } = epochscope;
  let live = { runs: [] };
  let chosen = [];

  /** The runs of the log as last heard of, newest first. */
  epochscope.runs = () => live.runs;

  /** Names of the runs that pages show, in the order of the header. */
  epochscope.chosen = () => chosen;

  /** Choose or drop a run; the last one stays, and no more than four are chosen. */
  epochscope.toggleRun = function (name) {
    const others = chosen.filter((run) => run !== name);
    if (others.length === chosen.length && chosen.length >= epochscope.RUNS_AT_MOST) return;
    const runs = others.length === chosen.length ? [...chosen, name] : others;
    if (runs.length) epochscope.select({ runs });
  };

  /** Clientside callback: draw the chips, the live state and the foot of the navigation. */
  shell.header = function (chosenNow, liveNow) {
    chosen = chosenNow || [];
    live = liveNow || live;
    drawChips();
    drawLive();
    drawFoot();
    epochscope.showTroubles(live.runs.filter(({ name }) => chosen.includes(name)));
    document.dispatchEvent(new CustomEvent('epochscope:runs'));
    return clientside.no_update;
  };

  function drawChips() {
    const chips = chosen.map((name, place) => drawChip(name, place));
    const add = make(
      'button',
      { type: 'button', class: 'chip add', 'data-do': 'picker', title: 'Choose runs (R)' },
      icon('plus'),
      chosen.length ? 'Compare with…' : 'Choose a run…',
    );
    const none = make('span', { class: 'muted', text: 'No run chosen' });
    const parts = live.runs.length ? [...chips, ...(chosen.length < 4 ? [add] : [])] : [none];
    replace('run-chips', parts);
  }

  function drawChip(name, place) {
    const dot = make('span', { class: `dot run-${place + 1}` });
    const open = { type: 'button', class: 'name', title: name, 'data-do': 'picker' };
    const drop = { type: 'button', class: 'x', title: `Drop ${name}`, 'aria-label': `Drop ${name}` };
    return make(
      'span',
      { class: 'chip', 'data-run': name },
      make('button', open, dot, make('span', { text: name })),
      chosen.length > 1
        ? make('button', { ...drop, onclick: () => epochscope.toggleRun(name) }, icon('x'))
        : null,
    );
  }

  /** Say of the most telling run what it is doing: {text, on}. */
  epochscope.describeLive = function (runs, names, now) {
    const order = ['running', 'stalled', 'waiting'];
    const alive = order.flatMap((state) => runs.filter((run) => run.state === state));
    const run =
      alive.find(({ name }) => names.includes(name)) ||
      alive[0] ||
      runs.find(({ name }) => names.includes(name));
    if (!run) return { text: 'no run is being recorded', on: false };
    const ago = run.beat === null ? '' : epochscope.ago(now - run.beat);
    return { text: sentence(run, ago), on: run.state === 'running' };
  };

  function sentence({ name, state, step }, ago) {
    const at = step === null ? '' : ` at step ${epochscope.format(step)}`;
    const when = ago && `, ${ago}`;
    const sentences = {
      running: `${name} is training${when}`,
      stalled: `${name} has stalled${at}${when}`,
      waiting: `${name} waits for its first step${when}`,
      finished: `${name} finished${ago && ` ${ago}`}`,
      failed: `${name} failed${at}${when}`,
      crashed: `${name} crashed${at}${when}`,
    };
    return sentences[state] || `${name} cannot be read`;
  }

  function drawLive() {
    const place = document.getElementById('live-text');
    if (!place) return;
    const { text, on } = epochscope.describeLive(live.runs, chosen, Date.now() / 1000);
    if (place.textContent !== text) place.replaceChildren(make('i'), make('span', { text }));
    place.classList.toggle('on', on);
  }

  function drawFoot() {
    const bytes = live.runs.reduce((sum, run) => sum + run.bytes, 0);
    const runs = live.runs.length === 1 ? '1 run' : `${epochscope.format(live.runs.length)} runs`;
    const key = make('button', { type: 'button', class: 'kbd', text: '?', 'data-do': 'shortcuts', 'aria-label': 'Shortcuts' });
    replace('nav-foot', [
      make('div', { text: `${runs} · ${epochscope.formatBytes(bytes)}` }),
      make('div', {}, 'Press ', key, ' for shortcuts'),
    ]);
  }

  /** Write a size: '312 kB', '42 MB', '1.2 GB'. */
  epochscope.formatBytes = function (bytes) {
    const [unit, name] = bytes >= 1e9 ? [1e9, 'GB'] : bytes >= 1e6 ? [1e6, 'MB'] : [1e3, 'kB'];
    const size = bytes / unit;
    return `${size < 9.95 && unit > 1e3 ? size.toFixed(1) : Math.ceil(size)} ${name}`;
  };

  /** The pill of a run's state: a word, a shape and a colour. */
  epochscope.statePill = function ({ state, bad }) {
    const pills = {
      running: ['training', 'good beat'],
      stalled: ['stalled', 'warn ring'],
      waiting: ['waiting', 'ring'],
      finished: ['finished', ''],
      failed: ['failed', 'bad square'],
      crashed: ['crashed', 'bad ring'],
      unreadable: ['unreadable', 'bad square'],
    };
    const isBad = bad && ['running', 'finished', 'failed'].includes(state);
    const [word, style] = isBad
      ? [`${bad.value} at ${epochscope.format(bad.step)}`, 'bad square']
      : pills[state] || [state, ''];
    return make('span', { class: `pill ${style}` }, make('i'), word);
  };

  function replace(id, children) {
    const place = document.getElementById(id);
    if (place) place.replaceChildren(...children);
  }

  if (typeof document !== 'undefined') setInterval(drawLive, 1000);
})(window.epochscope, window.dash_clientside);
