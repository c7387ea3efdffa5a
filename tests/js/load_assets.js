// Loads files of assets/ into a small window of their own, as a browser would one after the other.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const vm = require('node:vm');

/** Run the named asset files in one new context; returns its window. */
function loadAssets(names, globals = {}) {
  const window = { ...globals };
  window.window = window;
  const context = vm.createContext({ ...globals, window, console, atob, URLSearchParams });
  names.forEach((name) => {
    const path = join(__dirname, '..', '..', 'assets', name);
    vm.runInContext(readFileSync(path, 'utf8'), context, { filename: path });
  });
  return window;
}

/** Copy a value out of its context, so that deepStrictEqual compares contents only. */
function plain(value) {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

module.exports = { loadAssets, plain };
