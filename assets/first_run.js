// The page of an empty log folder: opens the first run that begins, and answers the keys C and D.
(function (epochscope, clientside) {
  const OPEN_AFTER = 1500; // ms, so that the reader sees the strip turn
  const page = (clientside.first_run = clientside.first_run || {});
  let opening = null;

  /** Clientside callback: once a run has its first step, open the Overview with it. */
  page.open = function () {
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
    const button = document.querySelector(`[data-page="first_run"] [data-key="${key}"]`);
    if (button) button.click();
    return Boolean(button);
  };

  function onKey(event) {
    const typing = event.target.closest?.('input, textarea, select, [contenteditable]');
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[cd]$/i.test(event.key)) page.press(event.key.toLowerCase());
  }

  if (typeof addEventListener !== 'undefined') addEventListener('keydown', onKey);
})(window.epochscope, window.dash_clientside);
