// The help drawer of a page with its glyphs, and the list of shortcuts.
(function (epochscope) {
  const { make } = epochscope;
  const PICTURE = [58, 30]; // CSS pixels of a glyph

  epochscope.addOverlay('help', function (dialog) {
    const title = document.querySelector('[data-page] h1');
    const source = document.querySelector('.help-source');
    const how = document.querySelector('[data-page] .how');
    dialog.setAttribute('aria-label', 'How to read this page');
    const sentence = source || how;
    const entries = source ? JSON.parse(source.dataset.glyphs) : [];
    dialog.append(
      epochscope.overlayHead(`How to read this: ${title ? title.textContent : 'Epochscope'}`),
      make('div', { class: 'overlay-body' }, make('p', { text: sentence ? sentence.textContent : '' }), entries.map(drawEntry)),
    );
  });

  function drawEntry([drawing, title, text]) {
    const canvas = make('canvas', { 'aria-hidden': 'true' });
    const draw = epochscope.glyphs[drawing];
    if (draw) requestAnimationFrame(() => drawGlyph(canvas, draw));
    return make(
      'div',
      { class: 'glyph' },
      canvas,
      make('div', {}, make('b', { text: title }), make('div', { text })),
    );
  }

  function drawGlyph(canvas, draw) {
    const { context } = epochscope.hidpi(canvas);
    draw(context, ...PICTURE);
  }

  epochscope.addOverlay('shortcuts', function (dialog) {
    dialog.setAttribute('aria-label', 'Keyboard shortcuts');
    const groups = [...new Set(epochscope.shortcuts.map(({ group }) => group))];
    const half = (columns) => make('div', {}, columns.flatMap(drawGroup));
    const right = groups.filter((group) => ['Go to', 'Anywhere'].includes(group));
    const left = groups.filter((group) => !right.includes(group));
    dialog.append(
      epochscope.overlayHead('Keyboard shortcuts'),
      make('div', { class: 'overlay-body keys' }, half(left), half(right)),
    );
  });

  function drawGroup(group) {
    const listed = epochscope.shortcuts.filter((shortcut) => shortcut.group === group && shortcut.signs);
    return [
      make('h3', { text: group }),
      ...listed.map(({ says, signs }) =>
        make('div', { class: 'key' }, make('span', { text: says }), make('span', {}, signs.map(drawSign))),
      ),
    ];
  }

  const ICONS = { left: 'arrow-left', right: 'arrow-right', up: 'arrow-up', down: 'arrow-down', shift: 'arrow-big-up' };

  function drawSign(sign) {
    const name = ICONS[sign];
    return make('kbd', { 'aria-label': name ? sign : null }, name ? epochscope.icon(name) : sign);
  }
})(window.epochscope);
