// What follows from the selection and the log: the runs, steps, classes and layers that pages draw.
(function (epochscope, clientside) {
  const shell = (clientside.shell = clientside.shell || {});
  const STORES = ['selection', 'chosen-runs', 'chosen-versions', 'step-range', 'focus-step', 'page-options', 'anomaly-settings'];
  const PARTS = ['chosen-classes', 'chosen-images', 'chosen-layers'];
  const derived = { steps: null, parts: null }; // what was last worked out
  const sent = {}; // what the stores hold, as text
  let live = null;
  let known = {};
  let stopFollowing = () => {};

  /** What the chosen runs are made of, by run: {name, classes: [[id, name]], images, layers}. */
  epochscope.facts = () => known;

  /** Work out the runs and steps to show: {chosen, range, focus, missing}. */
  epochscope.deriveSteps = function (selection, live) {
    const { chosen, missing } = chooseRuns(selection.runs || [], live.runs);
    const steps = chooseSteps(selection, live.runs.filter(({ name }) => chosen.includes(name)));
    return { chosen, ...steps, missing: [...missing, ...steps.missing] };
  };

  /** Work out the classes, images and layers to show; complete once it is known what the runs have. */
  epochscope.deriveParts = function (selection, chosen, facts) {
    const known = chosen.map((name) => (facts || {})[name]).filter(Boolean);
    const complete = chosen.length > 0 && known.length === chosen.length;
    if (complete) return { complete, ...chooseParts(selection, known) };
    const { classes = [], images = [], layers = [] } = selection;
    return { complete, classes, images, layers, missing: [] };
  };

  function chooseRuns(asked, runs) {
    const readable = runs.filter(({ state }) => state !== 'unreadable').map(({ name }) => name);
    const found = asked.filter((name) => readable.includes(name));
    const chosen = found.length ? found : readable.slice(0, 1);
    const instead = found.length || !chosen.length ? 'left out' : `${chosen[0]} is shown instead`;
    const missing = asked
      .filter((name) => !found.includes(name))
      .map((name) => {
        const what = runs.some((run) => run.name === name) ? 'cannot be read' : 'no such run';
        return { key: 'runs', kind: 'run', asked: name, done: `${what}, ${instead}` };
      });
    return { chosen, missing };
  }

  function chooseSteps({ step = null, range = null }, runs) {
    const steps = runs.map((run) => run.step).filter((end) => end !== null);
    if (!steps.length) return { focus: step, range, missing: [] };
    const end = Math.max(...steps);
    const longest = runs.find((run) => run.step === end).name;
    const missing = [];
    const note = (key, asked, done) =>
      missing.push({ key, kind: key, asked, done: `${longest} ends at ${count(end)}, ${done}` });
    if (step !== null && step > end) note('step', count(step), 'shown instead');
    const beyond = range !== null && range[0] > end;
    if (beyond) note('range', `${count(range[0])} to ${count(range[1])}`, 'all steps are shown');
    return {
      focus: step === null ? null : Math.min(step, end),
      range: range === null || beyond ? null : [range[0], Math.min(range[1], end)],
      missing,
    };
  }

  function chooseParts(selection, facts) {
    const missing = [];
    const keep = (key, kind, isThere) => {
      const [kept, lost] = split(selection[key] || [], (value) =>
        facts.some((fact) => isThere(fact, value)),
      );
      const none = kind === 'class' ? 'classes' : `${kind}s`;
      const who = facts.length > 1 ? `none of the ${none} of the chosen runs` : `none of the ${none} of ${facts[0].name}`;
      lost.forEach((value) =>
        missing.push({ key, kind, asked: String(value), done: `${who}, left out` }),
      );
      return kept;
    };
    return {
      classes: keep('classes', 'class', (fact, id) => fact.classes.some(([known]) => known === id)),
      images: keep('images', 'image', (fact, id) => id < fact.images),
      layers: keep('layers', 'layer', (fact, name) => fact.layers.includes(name)),
      missing,
    };
  }

  /** What of the selection says what an anomaly iteration is: {window, threshold, rule, options}. */
  epochscope.anomalySettings = function ({ window: span, threshold, rule, options = {} }) {
    const flips = options['validation.flips'];
    const found = { window: span, threshold, rule, options: flips && { 'validation.flips': flips } };
    return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
  };

  const count = epochscope.formatCount;
  const split = (values, test) => [values.filter(test), values.filter((value) => !test(value))];

  /** Clientside callback, once: take over what the stores of the frame were opened with; set those that differ. */
  shell.begin = function (_id, liveFirst, facts, ...held) {
    live = liveFirst || null;
    known = facts || {};
    [...STORES, ...PARTS].forEach((id, place) => { sent[id] = canonical(held[place] ?? null); });
    epochscope.followLink();
    epochscope.publish();
    return clientside.no_update;
  };

  /** Clientside callback: selection, chosen runs, their versions, range, focus, options, settings, as they change. */
  shell.follow = function (_search, _pathname, liveNow) {
    live = liveNow || live;
    epochscope.followLink();
    const found = deriveStores();
    epochscope.showLinks();
    if (derived.parts?.complete) emit(PARTS, found); // else they follow with the facts
    return STORES.map((id) => changed(id, found[id]));
  };

  /** Clientside callback: chosen classes, images and layers, once it is known what the runs have. */
  shell.takeFacts = function (facts) {
    known = facts || {};
    const found = deriveStores();
    return PARTS.map((id) => changed(id, found[id]));
  };

  /** Tell the pages the selection, and all that follows from it, at once. */
  epochscope.publish = function () {
    emit([...STORES, ...PARTS], deriveStores());
    epochscope.showLinks();
  };

  function emit(ids, found) {
    ids.forEach((id) => {
      const data = changed(id, found[id]);
      if (data !== clientside.no_update) epochscope.emit(id, { data });
    });
  }

  // What the stores of the frame hold, by their ids; undefined where they wait for the server.
  function deriveStores() {
    if (!live) return { selection: epochscope.selection() };
    let selection = epochscope.selection();
    const steps = (derived.steps = epochscope.deriveSteps(selection, live));
    if (!selection.runs && steps.chosen.length) {
      epochscope.nameRuns(steps.chosen);
      selection = epochscope.selection();
    }
    const parts = (derived.parts = epochscope.deriveParts(selection, steps.chosen, known));
    showNotice();
    const versions = live.runs.filter(({ name }) => steps.chosen.includes(name)).map((run) => [run.name, run.version]);
    // They wait until it is known what the runs have, so that no page asks for anything else.
    const part = (name) => (parts[name].length > 0 && !parts.complete ? undefined : parts[name]);
    return {
      selection,
      'chosen-runs': steps.chosen,
      'chosen-versions': Object.fromEntries(versions),
      'step-range': steps.range,
      'focus-step': steps.focus,
      'page-options': selection.options || {},
      'anomaly-settings': epochscope.anomalySettings(selection),
      'chosen-classes': part('classes'),
      'chosen-images': part('images'),
      'chosen-layers': part('layers'),
    };
  }

  function showNotice() {
    const { steps, parts } = derived;
    if (steps) epochscope.showNotice([...steps.missing, ...(parts ? parts.missing : [])]);
  }

  /** What is shown instead of what the link asks for, as a patch of the selection. */
  epochscope.whatIsLeft = function () {
    const { chosen, focus, range } = derived.steps;
    const { classes, images, layers } = derived.parts;
    return { runs: chosen, step: focus, range, classes, images, layers };
  };

  // As text in which the order of keys means nothing: the server has its own.
  function canonical(value) {
    const sorted = (_key, one) => (one && typeof one === 'object' && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one);
    return JSON.stringify(value, sorted);
  }

  function changed(id, value) {
    if (value === undefined) return clientside.no_update;
    const text = canonical(value);
    if (sent[id] === text) return clientside.no_update;
    sent[id] = text;
    return value;
  }

  /** Clientside callback, once: the colour scheme in force, followed from then on, for what cannot read CSS. */
  shell.scheme = function (id) {
    stopFollowing();
    stopFollowing = epochscope.onScheme((scheme) => emit([id], { [id]: scheme }));
    sent[id] = canonical(epochscope.scheme());
    return epochscope.scheme();
  };
})(window.epochscope, window.dash_clientside);
