// The one selection, kept in the link: clicks and brushes push, the focus step replaces, Back undoes.
(function (epochscope) {
  const WRITE_AFTER = 90; // ms; a held key must not flood the history or the server
  const state = { selection: {}, notices: [], path: null, timer: null, written: 0 };

  /** The selection in force: {runs, step, range, classes, ..., options}. Treat it as read-only. */
  epochscope.selection = () => state.selection;

  /** What the link asked for and nobody understood: [{key, kind, asked, raw, done}]. */
  epochscope.linkNotices = () => state.notices;

  /** Merge a patch into the selection; null deletes a key. history is 'push' (the default) or 'replace'. */
  epochscope.select = function (patch, { history = 'push' } = {}) {
    const merged = epochscope.mergeSelection(state.selection, patch);
    if (epochscope.toQuery(merged) === epochscope.toQuery(state.selection)) return;
    if (history === 'push') flush();
    state.selection = merged;
    state.notices = state.notices.filter(({ key }) => !(key in patch));
    document.dispatchEvent(new CustomEvent('epochscope:select'));
    const wait = state.written + WRITE_AFTER - Date.now();
    if (history === 'push') write('pushState');
    else if (wait <= 0) write('replaceState');
    else state.timer = state.timer || setTimeout(flush, wait);
  };

  /** Open a page, with a patch of the selection if given, as one step of the history. */
  epochscope.go = function (path, patch = {}) {
    flush();
    state.selection = epochscope.mergeSelection(state.selection, patch);
    history.pushState({}, '', path + query());
    epochscope.publish();
    window.dispatchEvent(new CustomEvent('_dashprivate_pushstate'));
  };

  /** Rewrite the link without what this log does not have. */
  epochscope.keepWhatIsLeft = function (patch) {
    state.selection = epochscope.mergeSelection(state.selection, patch);
    state.notices = [];
    write('replaceState');
  };

  /** The link to this view. */
  epochscope.link = function () {
    flush();
    return location.href;
  };

  // What nobody understood stays in the link until the reader lets it go.
  function query() {
    const known = epochscope.toQuery(state.selection);
    const raw = state.notices.map(({ key, raw: text }) => `${key}=${text}`);
    return raw.length ? `${known || '?'}${known ? '&' : ''}${raw.join('&')}` : known;
  }

  function flush() {
    if (state.timer === null) return;
    clearTimeout(state.timer);
    write('replaceState');
  }

  function write(how) {
    clearTimeout(state.timer);
    state.timer = null;
    state.written = Date.now();
    history[how]({}, '', location.pathname + query() + location.hash);
    epochscope.publish();
  }

  function adopt() {
    const { selection, notices } = epochscope.parseQuery(location.search);
    const same = epochscope.toQuery(selection) === epochscope.toQuery(state.selection);
    if (!same || !notices.every((notice) => isKnown(notice))) state.notices = notices;
    if (!same) state.selection = selection;
    return !same;
  }

  const isKnown = ({ key, raw }) =>
    state.notices.some((notice) => notice.key === key && notice.raw === raw);

  /** Take over the link that the page was opened with or moved to. */
  epochscope.followLink = function () {
    flush();
    state.path = location.pathname;
    adopt();
  };

  /** Let the link name the runs that are shown where it names none. */
  epochscope.nameRuns = function (runs) {
    state.selection = epochscope.mergeSelection(state.selection, { runs });
    history.replaceState({}, '', location.pathname + query() + location.hash);
    document.dispatchEvent(new CustomEvent('epochscope:select'));
  };

  // Back within a page changes the selection only. Dash would build the page anew on hearing of it,
  // and charts would lose their scroll and zoom.
  function onPopState(event) {
    if (location.pathname === state.path) event.stopImmediatePropagation();
    state.path = location.pathname;
    clearTimeout(state.timer);
    state.timer = null;
    if (adopt()) epochscope.publish();
  }

  const LINKS = 'a.nav-link, a.brand';

  /** Let the links of the navigation carry the selection, and mark the open page. */
  epochscope.showLinks = function () {
    document.querySelectorAll(LINKS).forEach((link) => {
      link.search = query();
      link.classList.toggle('on', link.matches('.nav-link') && link.pathname === location.pathname);
    });
  };

  // The page changes in place; with a key held the browser opens the link as it opens any other.
  function onClick(event) {
    const link = event.target.closest(LINKS);
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    epochscope.go(link.pathname);
  }

  if (typeof addEventListener !== 'undefined') {
    document.addEventListener('click', onClick);
    addEventListener('popstate', onPopState, { capture: true });
    addEventListener('_dashprivate_pushstate', () => { state.path = location.pathname; });
    addEventListener('pagehide', flush);
  }
})(window.epochscope);
