// The little language of run filters: words, and comparisons such as width<1 or lr>=0.1.
(function (epochscope) {
  const COMPARISON = /^([\w./-]+?)(<=|>=|!=|=|<|>)(.+)$/;
  const TESTS = {
    '<': (a, b) => a < b,
    '>': (a, b) => a > b,
    '<=': (a, b) => a <= b,
    '>=': (a, b) => a >= b,
    '=': (a, b) => a === b,
    '!=': (a, b) => a !== b,
  };

  /** Read a filter; returns a test of runs {name, state, settings, step, loss, error}. */
  epochscope.readRunQuery = function (text) {
    const tests = text.trim().toLowerCase().split(/\s+/).filter(Boolean).map(readPart);
    return (run) => tests.every((test) => test(run));
  };

  function readPart(part) {
    const found = COMPARISON.exec(part);
    if (!found) return (run) => wordsOf(run).includes(part);
    const [, key, sign, asked] = found;
    return (run) => {
      const value = valueOf(run, key);
      return value !== undefined && value !== null && compare(value, sign, asked);
    };
  }

  function wordsOf({ name, state, settings = {} }) {
    const word = state === 'running' ? 'training running' : state;
    const pairs = Object.entries(settings).map(([key, value]) => `${key} ${value}`);
    return [name, word, ...pairs].join(' ').toLowerCase();
  }

  function valueOf(run, key) {
    const settings = Object.entries(run.settings || {});
    const found = settings.find(([name]) => name.toLowerCase() === key);
    return found ? found[1] : { step: run.step, loss: run.loss, error: run.error, state: run.state, name: run.name }[key];
  }

  function compare(value, sign, asked) {
    const numbers = [Number(value), Number(asked)];
    if (typeof value !== 'boolean' && numbers.every((number) => !Number.isNaN(number))) {
      return TESTS[sign](...numbers);
    }
    return ['=', '!='].includes(sign) && TESTS[sign](String(value).toLowerCase(), asked);
  }
})(window.epochscope);
