// What is chosen on every page and how a link says it. selection.py is its twin on the server;
// tests/selection_cases.json holds both to one reading.
(function (epochscope) {
  const PAGES =
    'overview|validation|layers|correlation|cube|dataflow|neurons|compare';
  const OPTION = new RegExp(`^(${PAGES})\\.[a-z][a-z0-9-]*$`);
  const STEPS = 1e15 - 1;

  /** A value that means nothing; its message says why, for the notice. */
  class UnreadableValue extends Error {}

  const whole = (low, high) => (text) => {
    const value = Number(text);
    if (/^[0-9]{1,15}$/.test(text) && value >= low && value <= high) return value;
    const limits = high < STEPS ? ` from ${low} to ${high}` : low ? ` from ${low}` : '';
    throw new UnreadableValue(`no whole number${limits}`);
  };

  const matching = (pattern, rule) => (text) => {
    if (pattern.test(text)) return text;
    throw new UnreadableValue(rule);
  };

  const readRange = (text) => {
    const found = /^([0-9]{1,15})-([0-9]{1,15})$/.exec(text);
    if (found && Number(found[1]) <= Number(found[2])) return [Number(found[1]), Number(found[2])];
    throw new UnreadableValue('no range first-last');
  };

  const readSample = (text) => {
    if (text === '1') return true;
    throw new UnreadableValue('not 1');
  };

  const name = matching(/^.+$/s, 'no name');
  const KEYS = {
    runs: { kind: 'run', read: name, many: true, atMost: 4 },
    step: { kind: 'step', read: whole(0, STEPS) },
    range: { kind: 'range', read: readRange },
    picks: { kind: 'pick', read: whole(0, STEPS), many: true },
    classes: { kind: 'class', read: whole(0, STEPS), many: true },
    images: { kind: 'image', read: whole(0, STEPS), many: true },
    layers: { kind: 'layer', read: name, many: true },
    filters: { kind: 'filter', read: matching(/^.+:[0-9]+$/s, 'no layer:index'), many: true },
    minisets: { kind: 'mini-set', read: matching(/^.+:[^:]+$/s, 'no layer:signature'), many: true },
    window: { kind: 'window', read: whole(1, 100) },
    threshold: { kind: 'threshold', read: whole(1, 100) },
    rule: { kind: 'rule', read: matching(/^(left|right|either)$/, 'not left, right or either') },
    top: { kind: 'top', read: whole(1, STEPS) },
    appearances: { kind: 'appearances', read: whole(1, STEPS) },
    view: { kind: 'view', read: matching(/^[0-9A-Za-z_-]{1,64}$/, 'no id of a view') },
    sample: { kind: 'sample', read: readSample },
  };
  epochscope.RUNS_AT_MOST = KEYS.runs.atMost;

  function decode(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      throw new UnreadableValue('not readable');
    }
  }

  /** Read a query string: the selection, and notices {key, kind, asked, raw, done} of what was left out. */
  epochscope.parseQuery = function (search) {
    const selection = {};
    const options = {};
    const notices = [];
    search.replace(/^\?/, '').split('&').filter(Boolean).forEach((pair) => {
      const cut = pair.indexOf('=');
      const key = cut < 0 ? pair : pair.slice(0, cut);
      readPair(key, cut < 0 ? '' : pair.slice(cut + 1), { selection, options, notices });
    });
    if (Object.keys(options).length) selection.options = options;
    return { selection, notices };
  };

  function readPair(key, text, { selection, options, notices }) {
    const known = Object.hasOwn(KEYS, key) ? KEYS[key] : null;
    const notice = noticer(key, known ? known.kind : key, notices);
    notice.guard(text, () => {
      if (Object.hasOwn(selection, key) || Object.hasOwn(options, key)) {
        throw new UnreadableValue('given twice');
      }
      if (known && text) {
        const value = known.many ? readMany(known, text, notice) : known.read(decode(text));
        if (value !== null) selection[key] = value;
      } else if (OPTION.test(key) && text) {
        options[key] = decode(text);
      } else if (!known && !OPTION.test(key)) {
        throw new UnreadableValue('no such key');
      }
    });
  }

  function readMany(key, text, notice) {
    const found = [];
    text.split(',').forEach((part) =>
      notice.guard(part, () => {
        const value = key.read(decode(part));
        if (found.includes(value)) return;
        if (key.atMost && found.length >= key.atMost) {
          throw new UnreadableValue(`${key.atMost} at most`);
        }
        found.push(value);
      }),
    );
    return found.length ? found : null;
  }

  function noticer(key, kind, notices) {
    const readable = (raw) => {
      try {
        return decodeURIComponent(raw);
      } catch {
        return raw;
      }
    };
    return {
      guard(raw, read) {
        try {
          read();
        } catch (error) {
          if (!(error instanceof UnreadableValue)) throw error;
          const done = `${error.message}, left out`;
          notices.push({ key, kind, asked: readable(raw), raw, done });
        }
      },
    };
  }

  const isAbsent = (value) =>
    value === null || value === undefined || value === false || (Array.isArray(value) && !value.length);
  const writeMany = (values) => values.map((value) => encodeURIComponent(value)).join(',');

  function write(key, value) {
    if (KEYS[key].many) return writeMany(value);
    if (Array.isArray(value)) return `${value[0]}-${value[1]}`;
    return encodeURIComponent(value === true ? '1' : value);
  }

  /** Write the query string of a selection, '?' included, in one order; '' when nothing is chosen. */
  epochscope.toQuery = function (selection) {
    const parts = Object.keys(KEYS)
      .filter((key) => !isAbsent(selection[key]))
      .map((key) => `${key}=${write(key, selection[key])}`);
    const options = Object.entries(selection.options || {}).filter(([, value]) => value !== '');
    options.sort(([a], [b]) => (a < b ? -1 : 1));
    parts.push(...options.map(([key, value]) => `${key}=${writeMany(String(value).split(','))}`));
    return parts.length ? `?${parts.join('&')}` : '';
  };

  /** Merge a patch into a selection: null deletes a key, options are merged one by one. */
  epochscope.mergeSelection = function (selection, patch) {
    const merged = { ...selection, ...patch };
    const options = { ...selection.options, ...patch.options };
    if (patch.options === null) merged.options = null;
    else merged.options = withoutAbsent(options);
    if (merged.options && !Object.keys(merged.options).length) delete merged.options;
    return withoutAbsent(merged);
  };

  function withoutAbsent(values) {
    return Object.fromEntries(
      Object.entries(values).filter(([, value]) => !isAbsent(value) && value !== ''),
    );
  }
})(window.epochscope);
