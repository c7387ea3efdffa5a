// Turns packed numbers into what a pixel shows: averages of levels, the most frequent of codes.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const LEVELS = 200; // levels 0…200 index a colour table; below 255, which means missing
  const MISSING = 255;
  const BAD = 254; // not finite
  Object.assign(canvas, { LEVELS, MISSING, BAD });

  /** Numbers of a payload {values: base64, wide}: uint8, or uint16 (little endian) where wide. */
  canvas.unpack = (payload) => {
    const bytes = window.epochscope.decode(payload.values);
    if (!payload.wide) return bytes;
    const numbers = new Uint16Array(bytes.length / 2);
    for (let i = 0; i < numbers.length; i += 1) numbers[i] = bytes[2 * i] | (bytes[2 * i + 1] << 8);
    return numbers;
  };

  /** The number that stands for "missing" in `numbers`: the largest its type holds. */
  canvas.missingOf = (numbers) => (numbers.BYTES_PER_ELEMENT === 2 ? 65535 : MISSING);

  /**
   * Mean level over `rows` and the cells [first, last] of a grid {numbers, columns, top, bad}, of
   * those that are finite; BAD where none is, and not all are missing.
   */
  function meanLevel(grid, rows, first, last) {
    const missing = canvas.missingOf(grid.numbers);
    let sum = 0;
    let count = 0;
    let none = MISSING;
    for (let row = rows[0]; row < rows[1]; row += 1) {
      for (let cell = first; cell <= last; cell += 1) {
        const number = grid.numbers[row * grid.columns + cell];
        if (number === missing) continue;
        if (number === grid.bad) {
          none = BAD;
          continue;
        }
        sum += number;
        count += 1;
      }
    }
    return count ? Math.round((LEVELS * sum) / (count * grid.top)) : none;
  }

  /** Most frequent code over `rows` and the cells [first, last]; the lowest of equals. */
  function commonCode(grid, rows, first, last) {
    const counts = new Map();
    for (let row = rows[0]; row < rows[1]; row += 1) {
      for (let cell = first; cell <= last; cell += 1) {
        const code = grid.numbers[row * grid.columns + cell];
        if (code !== MISSING) counts.set(code, (counts.get(code) || 0) + 1);
      }
    }
    let best = MISSING;
    for (const [code, count] of counts) {
      const most = counts.get(best) || 0;
      if (count > most || (count === most && code < best)) best = code;
    }
    return best;
  }

  /**
   * What each pixel of a raster shows: bytes (band, pixel), indexes of a colour table. `bands` are
   * [first row, end row) pairs; `cells` comes from pixelCells; `codes` picks the most frequent.
   */
  canvas.rasterOf = (grid, bands, cells, codes = false) => {
    const reduce = codes ? commonCode : meanLevel;
    const width = cells.first.length;
    const raster = new Uint8Array(bands.length * width);
    bands.forEach((rows, band) => {
      let before = -1;
      for (let pixel = 0; pixel < width; pixel += 1) {
        const first = cells.first[pixel];
        const last = cells.last[pixel];
        const same = pixel > 0 && first === before && last === cells.last[pixel - 1];
        const at = band * width + pixel;
        if (first < 0) raster[at] = MISSING;
        else raster[at] = same ? raster[at - 1] : reduce(grid, rows, first, last);
        before = first;
      }
    });
    return raster;
  };

  /** First cell from which on no row of [first, end) is finite again; -1 where there is none. */
  canvas.badFrom = ({ numbers, columns, bad }, [first, end]) => {
    if (bad === undefined) return -1;
    const missing = canvas.missingOf(numbers);
    let from = -1;
    for (let cell = columns - 1; cell >= 0; cell -= 1) {
      let found = false;
      for (let row = first; row < end; row += 1) {
        const number = numbers[row * columns + cell];
        if (number === bad) found = true;
        else if (number !== missing) return from;
      }
      if (found) from = cell;
    }
    return from;
  };

  /** Rows [first, end) cut into bands of `size` rows; the last may be shorter. */
  canvas.bandsOf = (first, end, size) => {
    const bands = [];
    for (let row = first; row < end; row += size) bands.push([row, Math.min(row + size, end)]);
    return bands;
  };
})();
