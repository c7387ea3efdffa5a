// Keyboard shortcuts: one table for the key handler and for the dialog that lists them.
(function (epochscope) {
  const PAGES = [
    ['O', 'Overview', '/'], ['V', 'Validation', '/validation'], ['L', 'Layers', '/layers'],
    ['K', 'Correlation', '/correlation'], ['U', 'Cube', '/cube'], ['D', 'Data flow', '/dataflow'],
    ['N', 'Neurons', '/neurons'], ['C', 'Compare', '/compare'],
  ];
  const OWN_ARROWS = '[role="slider"]:not(#timeline), [role="grid"], [role="treegrid"], [role="radiogroup"], [role="listbox"], [role="tablist"], .ag-root';
  const MOVES = ['ArrowLeft', 'ArrowRight', 'Home', 'End'];
  let prefix = false; // G was pressed: the next letter names a page

  /** Rows {group, says, signs, keys: {name of the key: function}}; without signs a row is not listed. */
  epochscope.shortcuts = [
    { group: 'Step', says: 'Focus step back, on', signs: ['left', 'right'], keys: { ArrowLeft: () => move(-1), ArrowRight: () => move(1) } },
    { group: 'Step', says: 'Ten steps', signs: ['shift', 'left', 'right'], keys: { 'shift+ArrowLeft': () => move(-10), 'shift+ArrowRight': () => move(10) } },
    { group: 'Step', says: 'Mark or anomaly back, on', signs: ['[', ']'], keys: { '[': () => jump(-1), ']': () => jump(1) } },
    { group: 'Step', says: 'First, last step', signs: ['Home', 'End'], keys: { Home: () => move(-Infinity), End: () => move(Infinity) } },
    { group: 'Step', says: 'Range begins, ends at the focus', signs: ['B', 'E'], keys: { B: () => epochscope.cutRange(0), E: () => epochscope.cutRange(1) } },
    { group: 'Step', says: 'Show all steps', signs: ['Esc'], keys: { Escape: () => escape() } },
    ...PAGES.map(([letter, title, path]) => ({ group: 'Go to', says: title, signs: ['G', letter], keys: { [`G${letter}`]: () => epochscope.go(path) } })),
    { group: 'Anywhere', says: 'Search', signs: ['/'], keys: { '/': () => epochscope.toggleOverlay('search') } },
    { group: 'Anywhere', says: 'Runs', signs: ['R'], keys: { R: () => epochscope.toggleOverlay('picker') } },
    { group: 'Anywhere', says: 'Share', signs: ['S'], keys: { S: () => epochscope.toggleOverlay('share') } },
    { group: 'Anywhere', says: 'Undo', signs: ['Z'], keys: { Z: () => undo() } },
    { group: 'Anywhere', says: 'How to read this', signs: ['H'], keys: { H: () => epochscope.toggleOverlay('help') } },
    { group: 'Anywhere', says: 'All shortcuts', signs: ['?'], keys: { '?': () => epochscope.toggleOverlay('shortcuts') } },
  ];

  const move = (steps) => epochscope.moveFocus(steps);

  // A page that has anomalies answers the event and prevents the jump between the timeline's marks.
  function jump(direction) {
    const event = new CustomEvent('epochscope:jump', { detail: { direction }, cancelable: true });
    if (document.dispatchEvent(event)) epochscope.jumpToMark(direction);
  }

  // Undo stays on this server: the entry before the first one is another site.
  function undo() {
    if (!window.navigation || window.navigation.canGoBack) history.back();
  }

  function escape() {
    if (!epochscope.closeOverlays()) epochscope.select({ range: null });
  }

  /** Find what a key does: its function, 'prefix' for G, or undefined. */
  epochscope.findShortcut = function ({ key, shiftKey }, afterPrefix = false) {
    const letter = key.length === 1 ? key.toUpperCase() : key;
    const name = afterPrefix ? `G${letter}` : shiftKey && MOVES.includes(key) ? `shift+${key}` : letter;
    if (!afterPrefix && name === 'G') return 'prefix';
    const found = epochscope.shortcuts.find(({ keys }) => Object.hasOwn(keys, name));
    return found && found.keys[name];
  };

  function isTaken(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
    const { target } = event;
    if (target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable="true"]')) {
      return event.key !== 'Escape';
    }
    return MOVES.includes(event.key) && Boolean(target.closest(OWN_ARROWS));
  }

  function onKey(event) {
    if (isTaken(event)) return;
    const found = epochscope.findShortcut(event, prefix);
    prefix = found === 'prefix';
    const blocked = document.querySelector('dialog[open]:modal') && event.key !== '?';
    if (!found || prefix || blocked) return;
    event.preventDefault();
    found();
  }

  if (typeof document !== 'undefined') document.addEventListener('keydown', onKey);
})(window.epochscope);
