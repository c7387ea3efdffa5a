// The language of run filters, of the table and the picker: words, and comparisons such as width<1 or val.error>20%.
(function (epochscope) {
  const NAMES = {
    run: 'name',
    state: 'word',
    'val.error': 'validation_error',
    'val.loss': 'validation_loss',
    'validation.error': 'validation_error',
    'validation.loss': 'validation_loss',
    'train.error': 'error',
    'train.loss': 'loss',
    learning_rate: 'lr',
  };
  const FIELDS = [
    'name', 'word', 'state', 'notes', 'step', 'lr', 'loss', 'validation_loss', 'error', 'validation_error',
    'gap', 'parameters', 'size', 'duration',
  ];
  const UNITS = { '': 1, '%': 0.01, k: 1e3, m: 1e6, g: 1e9 };
  const COMPARE = {
    '<': (a, b) => a < b,
    '<=': (a, b) => a <= b,
    '>': (a, b) => a > b,
    '>=': (a, b) => a >= b,
    '=': (a, b) => a === b,
    '!=': (a, b) => a !== b,
  };

  /**
   * Parse a filter over rows {name, word, notes, ..., config}: {passes(row), problem}; all parts must hold.
   * `names` says which field of its rows a place calls by a name of its own.
   */
  epochscope.parseRunFilter = function (text, rows, names = {}) {
    const tight = (text || '').replace(/\s*(<=|>=|!=|<|>|=)\s*/g, '$1').trim();
    const parts = tight ? tight.split(/\s+/).map((part) => parsePart(part, rows, names)) : [];
    const problem = parts.map((part) => part.problem).find(Boolean) || null;
    return { passes: (row) => parts.every(({ passes }) => passes(row)), problem };
  };

  function parsePart(part, rows, names) {
    const found = /^(.*?)(<=|>=|!=|<|>|=)(.*)$/.exec(part);
    if (!found) return { passes: (row) => matches(row, part.toLowerCase()) };
    const [, name, sign, value] = found;
    const read = reader(name.toLowerCase(), rows, names);
    const none = { passes: () => false };
    if (!read) return { ...none, problem: `no column “${name}”` };
    if (!value) return { ...none, problem: `${name}${sign} what?` };
    const number = parseNumber(value);
    if (number === null && sign !== '=' && sign !== '!=') {
      return { ...none, problem: `a number belongs after ${name}${sign}, got “${value}”` };
    }
    return { passes: (row) => compare(read(row), sign, number, value.toLowerCase()) };
  }

  function reader(name, rows, names) {
    const field = names[name] || NAMES[name] || name;
    const isColumn = FIELDS.includes(field);
    if (!isColumn && !rows.some((row) => settingOf(row, name) !== undefined)) return null;
    return (row) => (isColumn && field in row ? row[field] : settingOf(row, name));
  }

  function settingOf(row, name) {
    const found = Object.entries(row.config || {}).find(([key]) => key.toLowerCase() === name);
    return found && found[1];
  }

  function parseNumber(text) {
    const found = /^([-+−]?(?:\d+\.?\d*|\.\d+)(?:e[-+−]?\d+)?)(%|[kmg])?$/i.exec(text);
    return found && Number(found[1].replaceAll('−', '-')) * UNITS[(found[2] || '').toLowerCase()];
  }

  function compare(value, sign, number, text) {
    if (value === null || value === undefined) return false;
    const size = typeof value === 'string' ? parseNumber(value) : value; // a setting may be '0.1'
    if (typeof size === 'number' && number !== null) return COMPARE[sign](size, number);
    if (sign !== '=' && sign !== '!=') return false;
    return COMPARE[sign](String(value).toLowerCase(), text);
  }

  function matches(row, word) {
    const texts = [row.name, row.word, row.state, row.notes, ...Object.entries(row.config || {}).flat()];
    return texts.some((text) => String(text ?? '').toLowerCase().includes(word));
  }
})(window.epochscope);
