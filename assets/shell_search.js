// The search dialog: runs, layers, classes and pages; each opens the page that shows it.
(function (epochscope) {
  const { make, icon } = epochscope;
  const PER_GROUP = 6;
  let hot = 0;

  epochscope.addOverlay('search', function (dialog) {
    hot = 0;
    const input = make('input', {
      type: 'text', autofocus: true, placeholder: 'Find a run, layer, class or page', autocomplete: 'off',
      spellcheck: 'false', 'aria-label': 'Find a run, layer, class or page',
      oninput: () => {
        hot = 0;
        draw(dialog, input.value);
      },
      onkeydown: (event) => onKey(event, dialog, input.value),
    });
    dialog.setAttribute('aria-label', 'Search');
    dialog.append(
      make('label', { class: 'find' }, icon('search'), input),
      make('div', { class: 'rows', role: 'listbox', 'aria-label': 'Found' }),
    );
    draw(dialog, '');
  });

  /** Find what a text names: [{group, label, detail, path, patch}], six of each group at most. */
  epochscope.findThings = function (text, { runs, facts, pages }) {
    const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const named = (label) => words.every((word) => label.toLowerCase().includes(word));
    const groups = [
      runs.map((run) => ({ group: 'Runs', icon: 'chart-line', label: run.name, detail: run.state, path: '/', patch: { runs: [run.name] } })),
      unite(facts, ({ layers }) => layers.map((name) => [name, name])).map(([name, , owners]) => ({
        group: 'Layers', icon: 'stack-2', label: name, detail: owners, path: '/layers', patch: { layers: [name] },
      })),
      unite(facts, ({ classes }) => classes).map(([id, name, owners]) => ({
        group: 'Classes', icon: 'photo-check', label: name, detail: owners, path: '/validation',
        patch: { classes: [id], options: { 'validation.open': String(id) } },
      })),
      pages.map(({ label, path }) => ({ group: 'Pages', icon: 'file-text', label, detail: '', path, patch: {} })),
    ];
    return groups.flatMap((group) => group.filter(({ label }) => named(label)).slice(0, PER_GROUP));
  };

  // Parts of several runs, each once, with the names of the runs that have it.
  function unite(facts, partsOf) {
    const found = new Map();
    Object.values(facts).forEach((fact) =>
      partsOf(fact).forEach(([id, name]) => {
        const key = `${id} ${name}`;
        if (!found.has(key)) found.set(key, [id, name, []]);
        found.get(key)[2].push(fact.name);
      }),
    );
    return [...found.values()].map(([id, name, owners]) => [id, name, owners.join(', ')]);
  }

  function findAll(text) {
    const links = [...document.querySelectorAll('.nav-link')];
    const pages = links.map((link) => ({ label: link.textContent, path: new URL(link.href).pathname }));
    return epochscope.findThings(text, { runs: epochscope.runs(), facts: epochscope.facts(), pages });
  }

  function draw(dialog, text) {
    const things = findAll(text);
    const rows = things.map((thing, place) => {
      const row = { class: `row${place === hot ? ' hot' : ''}`, role: 'option', 'aria-selected': String(place === hot), onclick: () => open(thing) };
      const parts = [make('span', { text: thing.label }), make('small', { text: thing.detail })];
      return make('div', row, icon(thing.icon), make('span', { class: 'who' }, parts));
    });
    const children = rows.flatMap((row, place) => {
      const begins = place === 0 || things[place - 1].group !== things[place].group;
      return begins ? [make('div', { class: 'group', text: things[place].group }), row] : [row];
    });
    const none = make('div', { class: 'nothing', text: `Nothing in the chosen runs is called “${text}”.` });
    dialog.querySelector('.rows').replaceChildren(...(children.length ? children : [none]));
  }

  function open({ path, patch }) {
    epochscope.closeOverlays();
    epochscope.go(path, patch);
  }

  function onKey(event, dialog, text) {
    const things = findAll(text);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      hot = Math.max(0, Math.min(things.length - 1, hot + step));
      draw(dialog, text);
      const row = dialog.querySelector('.row.hot');
      if (row) row.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && things[hot]) {
      open(things[hot]);
    } else {
      return;
    }
    event.preventDefault();
  }
})(window.epochscope);
