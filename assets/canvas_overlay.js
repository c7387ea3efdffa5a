// What lies over a chart and changes without drawing it again: range, focus, hover, selection.
(() => {
  const canvas = ((window.epochscope ||= {}).canvas ||= {});

  /** The rows of pixels (y, height) that image `row` of a pixels row takes; null out of view. */
  canvas.imageSpan = (row, image) => {
    const { first, end, band } = row.view;
    if (image < first || image >= end) return null;
    const height = row.height / Math.ceil((end - first) / band);
    return { y: row.y + Math.floor((image - first) / band) * height, height };
  };

  /** Draw the overlay of a chart. */
  canvas.drawOverlay = (view, paint = canvas.readPaint()) => {
    if (!view.overlay || !view.spec || !view.axis.domain) return;
    const context = canvas.contextOf(view.overlay, view);
    context.font = '11px Inter, system-ui, sans-serif';
    for (const column of view.spec.columns) drawMarks(context, view, column, paint);
    outlineImages(context, view, paint);
    if (view.current !== null && view.focused) outlineCurrent(context, view, paint);
    view.on.overlay?.(context, view, paint);
  };

  function drawMarks(context, view, column, paint) {
    const { domain, focus, hover, range, brushing } = view.axis;
    const [top, bottom] = view.spec.lines;
    const toX = (step) => canvas.toX(step, domain, column.x, column.width);
    const inside = (x) => x >= column.x - 1 && x <= column.x + column.width + 1;
    const shown = brushing ?? range;
    if (shown) drawRange(context, column, shown.map(toX), view.spec.lines);
    if (hover !== null && hover !== undefined && inside(toX(hover))) {
      context.fillStyle = paint.css("text", 0.8);
      context.fillRect(Math.round(toX(hover)), top, 1, bottom - top);
    }
    if (focus !== null && focus !== undefined && inside(toX(focus))) {
      context.fillStyle = paint.css("focus");
      context.fillRect(toX(focus) - 0.75, top, 1.5, bottom - top);
    }
  }

  function drawRange(context, column, [from, to], [top, bottom]) {
    const right = column.x + column.width;
    const left = Math.min(Math.max(from, column.x), right);
    const end = Math.min(Math.max(to, column.x), right);
    if (end <= left) return;
    const { color } = window.epochscope;
    context.fillStyle = color("--brush");
    context.fillRect(left, top, end - left, bottom - top);
    context.fillStyle = color("--brush-line");
    if (from >= column.x) context.fillRect(left - 0.75, top, 1.5, bottom - top);
    if (to <= right) context.fillRect(end - 0.75, top, 1.5, bottom - top);
  }

  // Hovered is text, pinned is accent; the surface-coloured edge keeps both visible on any cell.
  function outlineImages(context, view, paint) {
    const wanted = [[view.spec.pinned, "accent"]];
    if (view.hover?.image !== undefined) wanted.push([view.hover, "text"]);
    for (const [mark, color] of wanted) {
      const row = mark && view.spec.rows.find(({ key }) => key === (mark.key ?? mark.row.key));
      const span = row && canvas.imageSpan(row, mark.image);
      if (!span) continue;
      for (const column of view.spec.columns) outline(context, column, span, paint, color);
    }
  }

  function outline(context, { x, width }, { y, height }, paint, color) {
    context.strokeStyle = paint.css("surface");
    context.lineWidth = 3;
    context.strokeRect(x - 1.5, y - 1.5, width + 3, height + 3);
    context.strokeStyle = paint.css(color);
    context.lineWidth = 1;
    context.strokeRect(x - 1.5, y - 1.5, width + 3, height + 3);
  }

  function outlineCurrent(context, view, paint) {
    const row = view.spec.rows.find(({ key }) => key === view.current);
    if (!row) return;
    context.strokeStyle = paint.css("accent");
    context.lineWidth = 2;
    for (const { x, width } of view.spec.columns) {
      context.strokeRect(x - 2, row.y - 2, width + 4, row.height + 4);
    }
  }

  /** Show the tooltip of a chart at (x, y): `lines` of [text, bold?] parts; nothing hides it. */
  canvas.tip = (view, lines, x = 0, y = 0) => {
    const { make } = window.epochscope;
    view.tip ??= view.chart.appendChild(make("div", { class: "canvas-tip", hidden: true }));
    view.tip.hidden = !lines;
    if (!lines) return;
    view.tip.replaceChildren(
      ...lines.map((parts) =>
        make("div", {}, parts.map((part) => (part instanceof Node ? part : canvas.tipPart(part)))),
      ),
    );
    const { offsetWidth: width, offsetHeight: height } = view.tip;
    const right = x + 12 + width > view.width ? x - 12 - width : x + 12;
    const below = y + 12 + height > view.spec.height ? y - 12 - height : y + 12;
    view.tip.style.transform = `translate(${Math.max(0, right)}px, ${below}px)`;
  };

  /** A part of a tooltip line: plain text is quiet, {b: text} stands out. */
  canvas.tipPart = (part) => {
    const { make } = window.epochscope;
    return part.b === undefined ? make("span", { text: part }) : make("b", { text: part.b });
  };
})();
