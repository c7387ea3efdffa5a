// The colours of the paper: red over pale yellow to green by accuracy, steel-blue marks. Not safe for colour-blind readers.
(() => {
  const epochscope = (window.epochscope ||= {});
  const faces = (epochscope.faces ||= {});
  const STOPS = [[0, "--paper-wrong"], [0.5, "--paper-half"], [0.52, "--paper-above"], [1, "--paper-right"]];

  /** Colour of a strip at an accuracy of 0 to 1, straight between its stops: [red, green, blue]. */
  faces.paperColor = (accuracy, token = epochscope.token) => {
    const next = Math.max(1, STOPS.findIndex(([at]) => accuracy <= at));
    const [[from, low], [to, high]] = STOPS.slice(next - 1, next + 1);
    const part = (accuracy - from) / (to - from);
    const [start, end] = [token(low), token(high)];
    return start.map((value, i) => Math.round(value + (end[i] - value) * part));
  };

  /** Colour table of errors, by packed level. */
  faces.paperTable = (paint) => {
    const { canvas } = epochscope;
    const colors = Array.from({ length: canvas.LEVELS + 1 }, (_, level) => faces.paperColor(1 - level / canvas.LEVELS));
    return canvas.codeTable(colors, paint.tokens.surface, paint.tokens.bad);
  };
})();
