const assert = require("node:assert/strict");
const { test } = require("node:test");
const { load } = require("./canvas_load.js");

const { canvas } = load("canvas_axis", "canvas_bytes");
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
const single = (count) => ({
  first: Int32Array.from({ length: count }, (_, i) => i),
  last: Int32Array.from({ length: count }, (_, i) => i),
});

test("bytes come back as they were sent, also 16 bits wide", () => {
  assert.deepEqual([...canvas.unpack({ values: base64([0, 7, 254, 255]) })], [0, 7, 254, 255]);
  const wide = Buffer.from(Uint16Array.from([0, 300, 65535]).buffer);
  const numbers = canvas.unpack({ values: wide.toString("base64"), wide: true });
  assert.deepEqual([...numbers], [0, 300, 65535]);
  assert.equal(canvas.missingOf(numbers), 65535);
});

test("a cell of its own pixel shows its own share", () => {
  const grid = { numbers: Uint8Array.from([0, 10, 20, 255]), columns: 4, top: 20 };
  const raster = canvas.rasterOf(grid, [[0, 1]], single(4));
  assert.deepEqual([...raster], [0, 100, 200, canvas.MISSING]);
});

test("cells that share a pixel average, and missing ones do not count", () => {
  const grid = { numbers: Uint8Array.from([0, 20, 255, 255]), columns: 4, top: 20 };
  const cells = { first: Int32Array.from([0, 1, 2, -1]), last: Int32Array.from([1, 2, 3, -1]) };
  assert.deepEqual([...canvas.rasterOf(grid, [[0, 1]], cells)], [100, 200, 255, 255]);
});

test("rows of a band average too", () => {
  const grid = { numbers: Uint8Array.from([0, 1, 1, 1, 1, 1]), columns: 2, top: 1 };
  const raster = canvas.rasterOf(grid, canvas.bandsOf(0, 3, 2), single(2));
  assert.deepEqual([...raster], [100, 200, 200, 200]);
});

test("what is not finite shows only where nothing else is, and is not missing", () => {
  const grid = { numbers: Uint8Array.from([250, 20, 250, 255]), columns: 4, top: 20, bad: 250 };
  assert.deepEqual([...canvas.rasterOf(grid, [[0, 1]], single(4))], [canvas.BAD, 200, canvas.BAD, 255]);
  const pairs = { first: Int32Array.from([0, 2]), last: Int32Array.from([1, 3]) };
  assert.deepEqual([...canvas.rasterOf(grid, [[0, 1]], pairs)], [200, canvas.BAD]);
});

test("rows end where none of them is finite again", () => {
  const from = (numbers, rows = [0, 1]) => canvas.badFrom({ numbers: Uint8Array.from(numbers), columns: 4, bad: 9 }, rows);
  assert.equal(from([1, 9, 9, 9]), 1);
  assert.equal(from([1, 9, 255, 9]), 1); // missing in between
  assert.equal(from([1, 9, 2, 255]), -1);
  assert.equal(from([9, 1, 9, 2]), -1);
  assert.equal(from([1, 9, 9, 9, 1, 2, 9, 9], [0, 2]), 2);
  assert.equal(from([1, 255, 255, 255]), -1);
  assert.equal(canvas.badFrom({ numbers: Uint8Array.from([9]), columns: 1 }, [0, 1]), -1);
});

test("codes show the most frequent, the lowest of equals", () => {
  const grid = { numbers: Uint8Array.from([3, 1, 1, 3, 2, 255]), columns: 2, top: 1 };
  const raster = canvas.rasterOf(grid, [[0, 3]], single(2), true);
  assert.deepEqual([...raster], [1, 1]);
});

test("an average over random numbers follows its definition", () => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const numbers = Uint8Array.from({ length: 30 * 12 }, () => (random() < 0.1 ? 255 : random() * 9));
  const grid = { numbers, columns: 30, top: 8 };
  const steps = Array.from({ length: 30 }, (_, i) => i);
  const cells = canvas.pixelCells(steps, canvas.edgesOf(steps), [-0.5, 29.5], 7);
  const raster = canvas.rasterOf(grid, canvas.bandsOf(0, 12, 5), cells);
  for (let band = 0; band < 3; band += 1) {
    for (let p = 0; p < 7; p += 1) {
      const found = [];
      for (let row = band * 5; row < Math.min(12, band * 5 + 5); row += 1) {
        for (let c = 0; c < 30; c += 1) {
          const inside = Math.floor((c + 0.5) / (30 / 7)) === p;
          if (inside && numbers[row * 30 + c] !== 255) found.push(numbers[row * 30 + c]);
        }
      }
      const mean = found.reduce((a, b) => a + b, 0) / found.length;
      assert.equal(raster[band * 7 + p], Math.round((200 * mean) / 8));
    }
  }
});
