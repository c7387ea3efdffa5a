// Dialogs, drawers and popovers of the frame, and the buttons that name what they do (data-do).
(function (epochscope) {
  const { make, icon } = epochscope;
  const MODAL = ['search', 'share', 'shortcuts', 'gallery'];
  const fillers = {}; // overlay -> function (dialog, opener) that fills it
  const actions = {}; // data-do -> function (button)

  /** Say how an overlay is filled each time it opens, and that buttons with data-do open it. */
  epochscope.addOverlay = function (name, fill) {
    fillers[name] = fill;
    actions[name] = (opener) => epochscope.toggleOverlay(name, opener);
  };

  /** Say what buttons with data-do=NAME do. */
  epochscope.addAction = function (name, run) {
    actions[name] = run;
  };

  const find = (name) => document.querySelector(`dialog[data-overlay="${name}"]`);

  /** Open an overlay, or close it when it is open. */
  epochscope.toggleOverlay = function (name, opener) {
    const dialog = find(name);
    if (!dialog) return;
    const wasOpen = dialog.open;
    closeAll();
    if (wasOpen) return;
    listen(dialog);
    dialog.replaceChildren();
    fillers[name](dialog, opener || document.querySelector(`[data-do="${name}"]`));
    if (MODAL.includes(name)) dialog.showModal();
    else dialog.show();
    const first = dialog.querySelector('[autofocus]');
    if (first) first.focus();
  };

  /** Close the overlays that are open; tells whether there was one. */
  function closeAll() {
    const open = [...document.querySelectorAll('dialog[data-overlay][open]')];
    open.forEach((dialog) => dialog.close());
    return open.length > 0;
  }
  epochscope.closeOverlays = closeAll;

  function listen(dialog) {
    if (dialog.dataset.listens) return;
    dialog.dataset.listens = 'yes';
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog && MODAL.includes(dialog.dataset.overlay)) dialog.close();
    });
  }

  /** The head of a dialog: its title and the button that closes it. */
  epochscope.overlayHead = function (title) {
    const close = { type: 'button', class: 'iconbtn small', title: 'Close (Esc)', 'aria-label': 'Close' };
    return make(
      'div',
      { class: 'overlay-head' },
      make('h2', { text: title }),
      make('button', { ...close, onclick: closeAll }, icon('x')),
    );
  };

  /** Copy text; resolves to whether it worked, also where the page is not a secure context. */
  epochscope.copy = async function (text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyBySelection(text);
    }
  };

  function copyBySelection(text) {
    const holder = document.querySelector('dialog[open]') || document.body;
    const area = make('textarea', { class: 'visually-hidden', 'aria-hidden': 'true' });
    area.value = text;
    holder.append(area);
    area.select();
    const worked = document.execCommand('copy');
    area.remove();
    return worked;
  }

  /** Say "Copied" on a button for two seconds. */
  epochscope.showCopied = function (button) {
    const before = [...button.childNodes];
    const label = button.textContent.trim() ? ['Copied'] : [];
    button.replaceChildren(icon('check'), ...label);
    button.setAttribute('data-copied', '');
    setTimeout(() => {
      button.replaceChildren(...before);
      button.removeAttribute('data-copied');
    }, 2000);
  };

  actions.copy = async (button) => {
    if (button.hasAttribute('data-copied')) return;
    if (await epochscope.copy(button.dataset.copy)) epochscope.showCopied(button);
  };

  // Below 1,400 px the control panel is a drawer.
  actions.controls = () => {
    const root = document.documentElement;
    if (root.dataset.panel === 'open') delete root.dataset.panel;
    else root.dataset.panel = 'open';
  };

  if (typeof document === 'undefined') return;

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-do]');
    if (button && actions[button.dataset.do]) {
      actions[button.dataset.do](button);
      return;
    }
    const picker = find('picker');
    const outside = !event.target.closest('dialog') && document.contains(event.target);
    if (picker && picker.open && outside) picker.close();
  });
})(window.epochscope);
