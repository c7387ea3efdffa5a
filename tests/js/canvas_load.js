// Loads plain scripts of assets/ into this process, so that their arrays compare like our own.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const vm = require("node:vm");

globalThis.window ??= globalThis;
globalThis.window.epochscope ??= {};
globalThis.window.epochscope.decode ??= (base64) => new Uint8Array(Buffer.from(base64, "base64"));

/** Run the named files of assets/; returns window.epochscope. */
function load(...names) {
  for (const name of names) {
    const filename = join(__dirname, "..", "..", "assets", `${name}.js`);
    vm.runInThisContext(readFileSync(filename, "utf-8"), { filename });
  }
  return globalThis.window.epochscope;
}

module.exports = { load };
