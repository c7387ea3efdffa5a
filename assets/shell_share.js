// The share dialog: the link to this view, copied on opening, and what it restores.
(function (epochscope) {
  const { make, icon } = epochscope;

  epochscope.addOverlay('share', function (dialog) {
    const link = epochscope.link();
    const button = make('button', { type: 'button', class: 'btn primary small', 'data-do': 'copy', 'data-copy': link, text: 'Copy' });
    const field = make('input', { type: 'text', readonly: true, autofocus: true, 'aria-label': 'Link to this view', onfocus: () => field.select() });
    field.value = link;
    dialog.setAttribute('aria-label', 'Share this view');
    dialog.append(
      epochscope.overlayHead('Share this view'),
      make(
        'div',
        { class: 'overlay-body' },
        make('div', { class: 'share-link' }, field, button),
        make('p', { text: `${audience(location.hostname)} It restores:` }),
        make('div', { class: 'tags' }, epochscope.describeSelection(epochscope.selection(), epochscope.facts()).map(tag)),
      ),
    );
    epochscope.copy(link).then((worked) => worked && epochscope.showCopied(button));
  });

  const audience = (host) =>
    ['127.0.0.1', 'localhost', '[::1]'].includes(host)
      ? 'Browsers on this machine can open it.'
      : 'Anyone who can open this server can open it.';

  const tag = ({ text, run }) =>
    make('span', {}, run ? make('span', { class: `dot run-${run}` }) : null, text);

  /** Say part by part what a link restores: [{text, run}]. */
  epochscope.describeSelection = function (selection, facts) {
    const { runs = [], step, range, classes = [], images = [], layers = [], options = {} } = selection;
    const count = epochscope.formatCount;
    const several = (values, one, many, label = (value) => value) =>
      values.length > 3 ? [`${values.length} ${many}`] : values.map((value) => `${one} ${label(value)}`);
    const open = Object.keys(options).length;
    const texts = [
      ...(step === undefined ? [] : [`step ${count(step)}`]),
      ...(range ? [`steps ${count(range[0])} to ${count(range[1])}`] : []),
      ...several(classes, 'class', 'classes', (id) => className(id, facts)),
      ...several(images, 'image', 'images'),
      ...several(layers, 'layer', 'layers'),
      ...(open ? [open === 1 ? '1 setting of a page' : `${open} settings of pages`] : []),
    ];
    return [...runs.map((name, place) => ({ text: name, run: place + 1 })), ...texts.map((text) => ({ text }))];
  };

  function className(id, facts) {
    const known = Object.values(facts).flatMap(({ classes }) => classes);
    const found = known.find(([class_]) => class_ === id);
    return found ? found[1] : id;
  }
})(window.epochscope);
