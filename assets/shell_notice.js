// Strips above the page: parts of a link that this log does not have, runs that crashed, bad files.
(function (epochscope) {
  const { make, icon } = epochscope;
  const ICONS = { warn: 'unlink', bad: 'file-alert', crash: 'heartbeat' };
  const closed = new Set(); // troubles the reader has put away, until the page is opened anew
  const AT_ONCE = 2; // strips above the fold; a click shows the others
  const shown = { link: [], runs: [], all: false };

  /** Show which parts of the link are not in this log; an empty list takes the strip away. */
  epochscope.showNotice = function (missing) {
    const rows = [...epochscope.linkNotices(), ...missing];
    shown.link = rows.length ? [linkStrip(rows)] : [];
    draw();
  };

  /** Show what went wrong in the chosen runs: crashes and files that cannot be read. */
  epochscope.showTroubles = function (runs) {
    shown.runs = runs.flatMap((run) => epochscope.describeTroubles(run, Date.now() / 1000));
    draw();
  };

  /** List the troubles of a run: [{key, kind, title, lines, path}]. */
  epochscope.describeTroubles = function (run, now) {
    const troubles = [];
    if (run.state === 'crashed') {
      const when = run.beat === null ? '' : `Last sign of life at ${clock(run.beat)}, ${epochscope.ago(now - run.beat)}. `;
      const lost = 'Nothing before it is lost; at most the last second is missing.';
      const at = run.step === null ? 'before its first step' : `at step ${epochscope.format(run.step)}`;
      troubles.push({ key: `${run.name} crashed`, kind: 'crash', title: `${run.name} crashed ${at}`, lines: [when + lost] });
    }
    if (run.damaged && run.damaged.length) troubles.push(describeDamage(run));
    return troubles;
  };

  function describeDamage({ name, damaged: [first], damaged_count: count }) {
    const files = count === 1 ? 'One file' : `${epochscope.format(count)} files`;
    const others = count === 1 ? '' : `So cannot ${epochscope.format(count - 1)} more. `;
    return {
      key: `${name} ${count} damaged`,
      kind: 'bad',
      check: checkCommand(first.path, name),
      title: `${files} of ${name} cannot be read`,
      path: first.path,
      lines: [first.reason, `${others}Everything else is shown.`],
    };
  }

  function checkCommand(path, name) {
    const log = path.slice(0, Math.max(0, path.lastIndexOf(`/${name}/`)));
    return log ? `python -m epochscope verify '${log.replaceAll("'", "'\\''")}'` : null;
  }

  const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

  function draw() {
    const place = document.getElementById('link-notice');
    if (!place) return;
    const open = shown.runs.filter(({ key }) => !closed.has(key));
    const count = shown.all ? open.length : AT_ONCE - shown.link.length;
    const key = JSON.stringify([shown.link.map((strip) => strip.textContent), open.map((one) => one.key), count]);
    if (place.dataset.shown === key) return; // a button in it may have the keyboard's focus
    place.dataset.shown = key;
    place.replaceChildren(...shown.link, ...open.slice(0, count).map(runStrip), ...more(open.length - count));
  }

  function more(count) {
    if (count <= 0) return [];
    const showAll = () => {
      shown.all = true;
      draw();
    };
    return [make('button', { type: 'button', class: 'more link', text: `and ${count} more`, onclick: showAll })];
  }

  function linkStrip(rows) {
    const cells = rows.map(({ kind, asked, done }) =>
      make('tr', {}, make('td', { text: kind }), make('td', { class: 'asked', text: asked }), make('td', { text: done })),
    );
    const choose = { type: 'button', class: 'btn small', text: 'Choose runs', 'data-do': 'picker' };
    const keep = { type: 'button', class: 'btn small', text: 'Keep what is left' };
    return strip('warn', 'Parts of this link are not in this log', [
      make('div', { class: 'text' }, make('table', {}, make('tbody', {}, cells))),
      make(
        'div',
        { class: 'actions' },
        make('button', choose),
        make('button', { ...keep, onclick: () => epochscope.keepWhatIsLeft(epochscope.whatIsLeft()) }),
      ),
    ]);
  }

  function runStrip({ key, kind, title, lines, path, check }) {
    const put = { type: 'button', class: 'iconbtn small away', title: 'Put away', 'aria-label': `Put away: ${title}` };
    const away = () => {
      closed.add(key);
      draw();
    };
    const copy = (label, text) => ({ type: 'button', class: 'btn small', text: label, 'data-do': 'copy', 'data-copy': text });
    return strip(kind, title, [
      path ? make('div', { class: 'text path' }, make('code', { text: path })) : null,
      make('div', { class: 'text', text: lines.join(' ') }),
      path
        ? make(
            'div',
            { class: 'actions' },
            make('button', copy('Copy path', path)),
            check ? make('button', copy('Copy check command', check)) : null,
          )
        : null,
      make('button', { ...put, onclick: away }, icon('x')),
    ]);
  }

  function strip(kind, title, parts) {
    const role = kind === 'warn' ? 'status' : 'alert';
    const style = kind === 'crash' ? 'bad' : kind;
    return make('div', { class: `trouble ${style}`, role }, icon(ICONS[kind]), make('b', { text: title }), parts);
  }
})(window.epochscope);
