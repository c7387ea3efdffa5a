// Small drawings of the help drawer: every sign of a chart with fixed data. Charts add their own.
(function (epochscope) {
  const color = (name, opacity) => epochscope.color(name, opacity);

  function line(context, points) {
    context.beginPath();
    points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.stroke();
  }

  /** Drawings by name: function (context, width, height) of a picture 58 x 30. */
  epochscope.glyphs = {
    'focus-and-range'(context, width, height) {
      context.fillStyle = color('--brush');
      context.fillRect(8, 2, 36, 26);
      context.fillStyle = color('--brush-line');
      [8, 43].forEach((x) => context.fillRect(x, 2, 1.5, 26));
      context.fillStyle = color('--focus');
      context.fillRect(27, 0, 1.5, height);
    },
    'not-finite'(context) {
      context.lineWidth = 1.8;
      context.strokeStyle = color('--run-2');
      context.beginPath();
      context.moveTo(2, 20);
      context.quadraticCurveTo(26, 22, 36, 8);
      context.stroke();
      context.strokeStyle = color('--bad');
      line(context, [[34, 3], [42, 11]]);
      line(context, [[42, 3], [34, 11]]);
    },
    'train-and-validation'(context, width) {
      context.lineWidth = 1.8;
      context.strokeStyle = color('--run-1');
      line(context, [[2, 10], [width - 2, 10]]);
      context.setLineDash([5, 3]);
      line(context, [[2, 21], [width - 2, 21]]);
      context.setLineDash([]);
    },
    band(context, width) {
      context.fillStyle = color('--run-1', 0.17);
      context.beginPath();
      [[2, 4], [20, 10], [38, 8], [width - 2, 14], [width - 2, 24], [38, 18], [20, 22], [2, 14]].forEach(([x, y]) => context.lineTo(x, y));
      context.fill();
      context.lineWidth = 1.8;
      context.strokeStyle = color('--run-1');
      line(context, [[2, 9], [20, 16], [38, 13], [width - 2, 19]]);
    },
    mark(context) {
      [['--warn', 18], ['--bad', 40]].forEach(([name, x]) => {
        context.fillStyle = color(name);
        context.beginPath();
        [[x - 5, 11], [x + 5, 11], [x, 19]].forEach((point) => context.lineTo(...point));
        context.fill();
      });
    },
    'recorded-step'(context) {
      context.fillStyle = color('--line-strong');
      for (let i = 0; i < 12; i += 1) context.fillRect(2 + i * 5, 12, 1, 4);
    },
    'learning-rate'(context, width, height) {
      epochscope.glyphs['recorded-step'](context, width, height);
      context.fillStyle = color('--muted');
      context.fillRect(32, 8, 1.5, 14);
    },
    'not-recorded'(context) {
      context.save();
      context.beginPath();
      context.rect(20, 7, 38, 16);
      context.clip();
      context.strokeStyle = color('--line-strong');
      for (let x = 0; x < 80; x += 5) line(context, [[x, 24], [x + 18, 6]]);
      context.restore();
      context.fillStyle = color('--right');
      context.fillRect(0, 7, 20, 16);
    },
    stripe(context, width) {
      const shades = ['--wrong', '--wrong', '--mid', '--wrong', '--mid', '--right', '--right', '--right'];
      const cell = width / shades.length;
      shades.forEach((name, i) => {
        context.fillStyle = color(name);
        context.fillRect(i * cell, 9, cell + 0.5, 12);
      });
    },
    pixels(context) {
      for (let row = 0; row < 7; row += 1) {
        for (let column = 0; column < 14; column += 1) {
          const isRight = column > 2 + ((row * 5) % 9);
          context.fillStyle = color(isRight ? '--right-soft' : '--wrong-soft');
          context.fillRect(1 + column * 4, 1 + row * 4, 4, 4);
        }
      }
    },
  };
})(window.epochscope);
