// The page of an empty log folder: opens the first run that begins, and answers the keys C and D.
(function (epochscope, clientside) {
  const OPEN_AFTER = 1500; // ms, so that the reader sees the strip turn
  const page = (clientside.first_run = clientside.first_run || {});
  let opening = null;

  /** Clientside callback: once a run has its first step, open the Overview with it. */
  page.open = function () {
    addKeys();
    requestAnimationFrame(() => {
      const strip = document.querySelector('.watch.begun');
      if (!strip || opening || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
      opening = setTimeout(() => {
        opening = null;
        if (strip.isConnected) epochscope.go('/', { runs: [strip.dataset.run] });
      }, OPEN_AFTER);
    });
    return clientside.no_update;
  };

  /** Press the button of this page that a key stands for; true when there is one. */
  page.press = function (key) {
    const button = document.querySelector(`[data-page="first_run"] [data-key="${key}"] button`);
    if (button) button.click();
    return Boolean(button);
  };

  // Not in the list of shortcuts, which is of all pages: here the buttons name their keys.
  function addKeys() {
    if (epochscope.shortcuts.some(({ says }) => says === 'Copy')) return;
    const keys = { C: () => page.press('c'), D: () => page.press('d') };
    epochscope.shortcuts.push({ group: 'Anywhere', says: 'Copy', keys });
  }

  /** Say beside a button what it copied, as long as the button itself says "Copied". */
  function say({ target }) {
    const note = target.dataset.said && target.parentElement.querySelector('[role="status"]');
    if (note) note.textContent = target.hasAttribute('data-copied') ? target.dataset.said : '';
  }

  if (typeof MutationObserver === 'undefined') return;
  new MutationObserver((changes) => changes.forEach(say)).observe(document.documentElement, {
    subtree: true,
    attributeFilter: ['data-copied'],
  });
})(window.epochscope, window.dash_clientside);
