// The run picker: one to four runs, found by name, state or settings.
(function (epochscope) {
  const { make, icon } = epochscope;
  const look = { text: '', hot: 0, moved: false };
  // The picker shows the errors of validation only, and calls them error.
  const NAMES = { state: 'state', loss: 'validation_loss', error: 'validation_error' };

  epochscope.addOverlay('picker', function (dialog, opener) {
    Object.assign(look, { text: '', hot: epochscope.chosen().length, moved: false });
    const box = opener.getBoundingClientRect();
    dialog.style.left = `${Math.max(8, Math.min(box.left, innerWidth - 448))}px`;
    dialog.style.top = `${box.bottom + 6}px`;
    dialog.setAttribute('aria-label', 'Choose runs');
    const input = make('input', {
      type: 'text', autofocus: true, role: 'combobox', placeholder: 'Find a run', autocomplete: 'off',
      spellcheck: 'false', 'aria-label': 'Find a run', 'aria-expanded': 'true', 'aria-controls': 'picker-rows',
      oninput: () => {
        Object.assign(look, { text: input.value, hot: epochscope.chosen().length, moved: false });
        draw(dialog);
      },
      onkeydown: (event) => onKey(event, dialog),
    });
    dialog.append(
      make('label', { class: 'find' }, icon('search'), input, make('span', { text: 'name, state or setting' })),
      make('div', { id: 'picker-rows', class: 'rows', role: 'listbox', 'aria-multiselectable': 'true', 'aria-label': 'Runs' }),
      foot(),
    );
    draw(dialog);
  });

  function foot() {
    const key = (...signs) => make('span', {}, signs.map((sign) => make('kbd', {}, sign)));
    const clear = { type: 'button', class: 'link', text: 'Only the first', onclick: () => epochscope.select({ runs: epochscope.chosen().slice(0, 1) }) };
    return make(
      'div',
      { class: 'foot' },
      make('span', {}, key(icon('arrow-up'), icon('arrow-down')), ' move'),
      make('span', {}, key('Enter'), ' choose'),
      make('span', {}, key('Esc'), ' close'),
      make('span', { class: 'spacer' }),
      make('button', clear),
    );
  }

  /** Sort runs into those chosen and those that match a query, in the order of the header and of the log. */
  epochscope.pickRuns = function (runs, chosen, text) {
    const filter = epochscope.parseRunFilter(text, runs.map(toRow), NAMES);
    const taken = chosen.map((name) => runs.find((run) => run.name === name)).filter(Boolean);
    const rest = runs.filter((run) => !chosen.includes(run.name));
    return { taken, found: rest.filter((run) => filter.passes(toRow(run))), rest: rest.length };
  };

  const toRow = ({ name, state, step, loss, error, settings }) => ({
    name,
    state,
    word: state === 'running' ? 'training' : state,
    step,
    validation_loss: loss,
    validation_error: error,
    config: settings,
  });

  function draw(dialog) {
    const runs = epochscope.runs();
    const chosen = epochscope.chosen();
    const { taken, found } = epochscope.pickRuns(runs, chosen, look.text);
    const rows = [...taken, ...found];
    look.hot = Math.max(0, Math.min(look.hot, rows.length - 1));
    const elements = rows.map((run, place) => drawRow(run, place, chosen, dialog));
    const matching = look.text ? `${found.length} of ${runs.length - taken.length} match` : 'Other runs';
    dialog.querySelector('.rows').replaceChildren(
      group('Chosen', `${taken.length} of ${epochscope.RUNS_AT_MOST}`),
      ...elements.slice(0, taken.length),
      ...(runs.length > taken.length ? [group(matching, 'last error')] : []),
      ...elements.slice(taken.length),
    );
    const hot = elements[look.hot];
    if (!hot) return;
    hot.classList.add('hot');
    if (look.moved) hot.scrollIntoView({ block: 'nearest' });
    dialog.querySelector('input').setAttribute('aria-activedescendant', hot.id);
  }

  const group = (left, right) =>
    make('div', { class: 'group', role: 'presentation' }, make('span', { text: left }), make('span', { text: right }));

  function drawRow(run, place, chosen, dialog) {
    const at = chosen.indexOf(run.name);
    const reason = whyNot(run, at, chosen);
    const isHot = place === look.hot;
    const colour = at >= 0 ? `run-${at + 1}` : isHot && !reason ? `ring run-${chosen.length + 1}` : 'none';
    const row = {
      id: `picker-row-${place}`,
      class: `row${reason ? ' off' : ''}`,
      role: 'option',
      'data-run': run.name,
      'aria-selected': String(at >= 0),
      'aria-disabled': reason ? 'true' : null,
      title: reason || run.name,
      onclick: () => choose(run, chosen, dialog),
    };
    const error = run.error === null ? '–' : `${(run.error * 100).toFixed(1)} %`;
    return make(
      'div',
      row,
      make('span', { class: `check${at >= 0 ? ' on' : ''}` }, at >= 0 ? icon('check') : null),
      make('span', { class: `dot ${colour}` }),
      make('span', { class: 'who' }, make('span', { text: run.name }), make('small', { text: reason || mentioned(run) })),
      epochscope.statePill(run),
      make('span', { class: 'num', text: error }),
    );
  }

  function whyNot(run, at, chosen) {
    if (at >= 0) return chosen.length === 1 ? 'One run stays chosen.' : '';
    if (run.state === 'unreadable') return run.reason || 'cannot be read';
    return chosen.length >= epochscope.RUNS_AT_MOST ? 'four at most' : '';
  }

  // The settings that the search names, so that one sees why a run matches.
  function mentioned({ settings }) {
    const words = look.text.toLowerCase().split(/\s+/).map((word) => word.split(/[<>=!]/)[0]);
    const named = Object.entries(settings).filter(([key]) => words.includes(key.toLowerCase()));
    return named.map(([key, value]) => `${key} ${value}`).join(', ');
  }

  function choose(run, chosen, dialog) {
    if (whyNot(run, chosen.indexOf(run.name), chosen)) return;
    epochscope.toggleRun(run.name);
    dialog.querySelector('input').focus();
  }

  function onKey(event, dialog) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const rows = dialog.querySelectorAll('[role="option"]');
    if (step) {
      look.hot += look.moved ? step : Math.min(0, step); // the first press shows where one is
      look.moved = true;
      draw(dialog);
    } else if (event.key === 'Enter' || (event.key === ' ' && look.moved)) {
      if (rows[look.hot]) rows[look.hot].click();
    } else {
      return;
    }
    event.preventDefault();
  }

  if (typeof document === 'undefined') return;
  document.addEventListener('epochscope:runs', () => {
    const dialog = document.querySelector('dialog[data-overlay="picker"][open]');
    if (dialog) draw(dialog);
  });
})(window.epochscope);
