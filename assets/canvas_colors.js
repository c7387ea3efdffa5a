// Colour tables of the charts, built from the CSS tokens of the theme in force.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});
  const TOKENS = [
    "surface", "sunken", "line", "line-strong", "chart-grid", "text", "muted", "accent", "focus",
    "wrong", "mid", "right", "wrong-soft", "right-soft", "bad", "hatch", "neg", "pos", "faint", "warn",
    "run-1", "run-2", "run-3", "run-4",
    "label-1", "label-2", "label-3", "label-4", "label-5", "label-6",
  ];
  const CATEGORIES = 6; // wrong labels with a colour of their own

  /** 32 bits as ImageData stores them on little-endian machines: alpha, blue, green, red. */
  const pack = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

  /** Colour at `share` (0…1) along `stops` ([[r, g, b], …]), linear in between. */
  canvas.colorAt = (stops, share) => {
    const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
    const before = Math.min(Math.floor(place), stops.length - 2);
    const part = place - before;
    return stops[before].map((from, i) => Math.round(from + (stops[before + 1][i] - from) * part));
  };

  /** 256 packed colours: levels 0…200 along `stops`, BAD in `bad`; all others transparent. */
  canvas.rampTable = (stops, bad) => {
    const table = new Uint32Array(256);
    for (let level = 0; level <= canvas.LEVELS; level += 1) {
      table[level] = pack(canvas.colorAt(stops, level / canvas.LEVELS));
    }
    table[canvas.BAD] = pack(bad);
    return table;
  };

  /** 256 packed colours: `colors` for codes 0, 1, …; `rest` for others; `none` for 254. */
  canvas.codeTable = (colors, rest, none) => {
    const table = new Uint32Array(256).fill(pack(rest));
    colors.forEach((color, code) => { table[code] = pack(color); });
    table[canvas.BAD] = pack(none);
    table[canvas.MISSING] = 0;
    return table;
  };

  /** Every table that a chart may name, from tokens {name: [r, g, b]}. */
  canvas.tablesOf = (tokens) => {
    const labels = Array.from({ length: CATEGORIES }, (_, i) => tokens[`label-${i + 1}`]);
    return {
      error: canvas.rampTable([tokens.right, tokens.mid, tokens.wrong], tokens.bad),
      right: canvas.rampTable([tokens["wrong-soft"], tokens["right-soft"]], tokens.bad),
      sequential: canvas.rampTable([tokens.sunken, tokens.accent], tokens.bad),
      difference: canvas.rampTable([tokens["run-2"], tokens.sunken, tokens["run-1"]], tokens.bad),
      "share-right": canvas.rampTable([tokens.sunken, tokens.right], tokens.bad),
      "share-wrong": canvas.rampTable([tokens.sunken, tokens.wrong], tokens.bad),
      labels: canvas.codeTable([tokens["right-soft"], ...labels], tokens["line-strong"], tokens.bad),
    };
  };

  /** Tokens and tables of the theme in force; read once per paint. */
  canvas.readPaint = () => {
    const tokens = {};
    for (const name of TOKENS) tokens[name] = window.epochscope.token(`--${name}`);
    const css = (name, opacity = 1) => `rgba(${tokens[name].join(",")},${opacity})`;
    return { tokens, tables: canvas.tablesOf(tokens), css };
  };
})();
