// Foundations of the browser code: window.epochscope, which every other file adds to. Loaded first.
window.epochscope = window.epochscope || {};
window.dash_clientside = window.dash_clientside || {};

(function (epochscope) {
  const tokens = new Map();
  const schemeListeners = new Set();

  /** Set properties of a Dash component; does nothing while it is not on the page. */
  epochscope.emit = function (id, props) {
    try {
      window.dash_clientside.set_props(id, props);
      return true;
    } catch (error) {
      if (error instanceof TypeError) return false;
      throw error;
    }
  };

  /**
   * Make a clientside callback that updates only what changes: it is called with its inputs, then with what
   * each of its outputs holds (callbacks/browser_functions.py).
   */
  epochscope.onlyChanged = (work) => (...given) => {
    const found = work(...given);
    const held = given.slice(-[found].flat().length);
    const update = (value, i) => (JSON.stringify(value ?? null) === JSON.stringify(held[i] ?? null) ? window.dash_clientside.no_update : value);
    return Array.isArray(found) ? found.map(update) : update(found, 0);
  };

  /** The largest of any number of values, 0 at least: Math.max takes only as many as a call does. */
  epochscope.largest = (values) => values.reduce((most, value) => Math.max(most, value), 0);

  /** Decode base64 to bytes. */
  epochscope.decode = function (base64) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
    return bytes;
  };

  /** Read a colour token such as '--accent' as [red, green, blue], 0 to 255. */
  epochscope.token = function (name) {
    return parsed(name).slice(0, 3);
  };

  /** Read a colour token as CSS text for a canvas, times an opacity. */
  epochscope.color = function (name, opacity = 1) {
    const [red, green, blue, alpha] = parsed(name);
    return `rgba(${red}, ${green}, ${blue}, ${alpha * opacity})`;
  };

  function parsed(name) {
    if (!tokens.has(name)) tokens.set(name, epochscope.parseColor(computedColor(name)));
    return tokens.get(name);
  }

  function computedColor(name) {
    const probe = document.createElement('span');
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const color = getComputedStyle(probe).color;
    probe.remove();
    return color;
  }

  /** Parse a computed CSS colour, rgb() or color(srgb), into [red, green, blue, alpha]. */
  epochscope.parseColor = function (text) {
    const numbers = (text.replace('srgb', '').match(/[\d.]+(e-?\d+)?/g) || []).map(Number);
    const scale = text.startsWith('color(') ? 255 : 1;
    const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
    return [...[red, green, blue].map((part) => Math.round(part * scale)), alpha];
  };

  /** Call back when the page turns light or dark; returns a function that stops it. */
  epochscope.onScheme = function (listener) {
    schemeListeners.add(listener);
    return () => schemeListeners.delete(listener);
  };

  /** The colour scheme in force: 'light' or 'dark'. */
  epochscope.scheme = function () {
    return document.documentElement.getAttribute('data-mantine-color-scheme') === 'dark'
      ? 'dark'
      : 'light';
  };

  /** Write a number as the design asks: 4,150, 0.412, 2e−4, NaN, – where there is none. */
  epochscope.format = function (value) {
    if (value === null || value === undefined) return '–';
    if (Number.isNaN(value)) return 'NaN';
    if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '−Inf';
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-3 || size >= 1e9)) return exponent(value);
    const text = Number.isInteger(value) || size >= 1000 ? Math.round(size) : significant(size);
    return (value < 0 ? '−' : '') + epochscope.formatCount(text);
  };

  function significant(size) {
    return Number(size.toPrecision(3));
  }

  function exponent(value) {
    const [digits, power] = value.toExponential(2).split('e');
    return `${Number(digits)}e${Number(power)}`.replaceAll('-', '−');
  }

  /** Write a number in full, in groups of three digits: 1,200,000. */
  epochscope.formatCount = function (value) {
    // Not by Intl: a browser that formats its first number there is held up for 50 ms.
    const [whole, fraction] = String(value).split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
    return fraction ? `${grouped}.${fraction}` : grouped;
  };

  /** Shorten a step for an axis: 240, 16k, 1.2M. */
  epochscope.formatTick = function (step) {
    const shorten = (unit, name) => `${Number((step / unit).toPrecision(4))}${name}`;
    if (step >= 1e6) return shorten(1e6, 'M');
    if (step >= 1e4) return shorten(1e3, 'k');
    return epochscope.formatCount(step);
  };

  /** Say how long ago something was: '4 s ago', '12 min ago', '3 h ago', '2 d ago'. */
  epochscope.ago = function (seconds) {
    if (seconds < 59.5) return `${Math.max(0, Math.round(seconds))} s ago`;
    if (seconds < 3570) return `${Math.round(seconds / 60)} min ago`;
    if (seconds < 172800) return `${Math.round(seconds / 3600)} h ago`;
    return `${Math.round(seconds / 86400)} d ago`;
  };

  /** Choose 4 to 7 round numbers (1, 2 or 5 times a power of ten) between two steps. */
  epochscope.ticks = function (first, last, atMost = 7) {
    const rough = Math.max(last - first, 1) / atMost;
    const power = 10 ** Math.floor(Math.log10(rough));
    const size = Math.max(1, [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough));
    const found = [];
    for (let step = Math.ceil(first / size) * size; step <= last; step += size) found.push(step);
    return found;
  };

  /** Make an element: properties are attributes, but `text` and functions named like onclick. */
  epochscope.make = function (tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    Object.entries(properties).forEach(([name, value]) => {
      if (value === null || value === undefined || value === false) return;
      if (typeof value === 'function') element.addEventListener(name.slice(2), value);
      else if (name === 'text') element.textContent = value;
      else element.setAttribute(name, value === true ? '' : value);
    });
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
  };

  /** Make a Tabler icon in the colour of the text. */
  epochscope.icon = function (name) {
    return epochscope.make('span', { class: `icon icon-${name}`, 'aria-hidden': 'true' });
  };

  /** Size a canvas to its box in device pixels; returns its context and size in CSS pixels. */
  epochscope.hidpi = function (canvas) {
    const { width, height } = canvas.getBoundingClientRect();
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return { context, width, height };
  };

  /** Count up data-drawn, so that tests can wait for the next drawing. */
  epochscope.drawn = function (canvas, rows) {
    canvas.dataset.drawn = Number(canvas.dataset.drawn || 0) + 1;
    canvas.dataset.rows = rows;
  };

  if (typeof MutationObserver !== 'undefined') {
    new MutationObserver(() => {
      tokens.clear();
      schemeListeners.forEach((listener) => listener(epochscope.scheme()));
    }).observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
  }
})(window.epochscope);
