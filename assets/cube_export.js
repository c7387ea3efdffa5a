// Saves the faces as a picture: SVG with the bitmap in it and the overlay as vectors, or PNG at twice the size.
(() => {
  const epochscope = (window.epochscope ||= {});
  const page = (epochscope.correlation ||= {});
  const faces = (epochscope.faces ||= {});
  const SVG = "http://www.w3.org/2000/svg";
  const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "visibility", "font-size", "font-weight", "font-family", "text-anchor"];
  const SCALE = 2;
  const HEAD = 34;

  /** The faces as an SVG element, with title, legend and the colours of the theme in force. */
  page.pictureOf = (scene) => {
    const [element, overlay, texts] = scene.stage.children;
    const [width, height] = scene.size;
    const svg = document.createElementNS(SVG, "svg");
    for (const [name, value] of Object.entries({ xmlns: SVG, width, height: height + HEAD, viewBox: `0 0 ${width} ${height + HEAD}` })) svg.setAttribute(name, value);
    faces.add(svg, "rect", { width, height: height + HEAD, fill: epochscope.color("--surface") });
    const say = { fill: epochscope.color("--text"), "font-family": "Inter, system-ui, sans-serif" };
    faces.add(svg, "text", { x: 16, y: 22, "font-size": 15, "font-weight": 650, ...say }, `${scene.run.name}: ${document.querySelector("h1").textContent}`);
    const body = faces.add(svg, "g", { transform: `translate(0 ${HEAD})` });
    faces.add(body, "image", { width, height, href: bitmap(scene, element) });
    const copy = overlay.cloneNode(true);
    inline(overlay, copy);
    copy.querySelector("[data-grip]")?.remove(); // nothing leans on paper
    body.append(...copy.children);
    for (const text of texts.querySelectorAll("b, span, .ramp, i")) addText(body, scene.stage, text);
    return svg;
  };

  // The faces once more, at twice the resolution.
  function bitmap(scene, element) {
    const canvas = document.createElement("canvas");
    faces.paint(canvas, scene, scene.data, SCALE * (window.devicePixelRatio || 1));
    return canvas.toDataURL("image/png") || element.toDataURL("image/png");
  }

  // Styles of the page hold no longer where the picture is opened: they go into it.
  function inline(from, to) {
    const style = getComputedStyle(from);
    if (from !== to && from.tagName !== "g" && from.tagName !== "svg") {
      for (const name of STYLES) to.setAttribute(name, style.getPropertyValue(name));
      to.removeAttribute("style");
    }
    to.removeAttribute("class");
    [...from.children].forEach((child, i) => inline(child, to.children[i]));
  }

  function addText(body, stage, element) {
    const box = element.getBoundingClientRect();
    const base = stage.getBoundingClientRect();
    const [x, y] = [box.x - base.x, box.y - base.y];
    const style = getComputedStyle(element);
    if (element.tagName === "I") return addMark(body, element, { x, y, width: box.width, height: box.height }, style);
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    for (const node of own) {
      const range = document.createRange();
      range.selectNodeContents(node);
      const at = range.getBoundingClientRect();
      faces.add(body, "text", {
        x: at.x - base.x, y: at.y - base.y + at.height * 0.76, fill: style.color, "font-size": style.fontSize,
        "font-weight": style.fontWeight, "font-family": style.fontFamily,
      }, node.textContent);
    }
    return undefined;
  }

  function addMark(body, element, box, style) {
    if (element.classList.contains("ramp")) return addRamp(body, box, style.backgroundImage);
    if (element.classList.contains("flip")) {
      const [a, b] = element.classList.contains("down") ? [box.y, box.y + box.height] : [box.y + box.height, box.y];
      return faces.add(body, "path", { d: `M${box.x} ${a}H${box.x + box.width}L${box.x + box.width / 2} ${b}Z`, fill: epochscope.color("--text") });
    }
    const outlined = Number.parseFloat(style.borderTopWidth) > 0;
    return faces.add(body, "rect", { ...box, fill: style.backgroundColor, opacity: style.opacity, stroke: outlined ? style.borderTopColor : "none", "stroke-width": style.borderTopWidth });
  }

  function addRamp(body, box, image) {
    const colors = image.match(/(rgba?|color)\([^)]*\)/g) ?? [];
    const id = `ramp${body.querySelectorAll("linearGradient").length}`;
    const gradient = faces.add(body, "linearGradient", { id });
    colors.forEach((color, i) => faces.add(gradient, "stop", { offset: i / Math.max(1, colors.length - 1), "stop-color": color }));
    return faces.add(body, "rect", { ...box, fill: `url(#${id})` });
  }

  function save(name, href) {
    const link = document.createElement("a");
    Object.assign(link, { href, download: name });
    link.click();
  }

  const shownScene = () => page.state.scenes.find(Boolean);
  const fileName = (scene, kind) => `${scene.run.name.replaceAll("/", "-")}-${page.isCube() ? "cube" : "correlation"}.${kind}`;
  const address = (svg) => URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));

  async function saveAs(kind) {
    const scene = shownScene();
    if (!scene) return;
    const svg = page.pictureOf(scene);
    const source = address(svg);
    if (kind === "svg") return save(fileName(scene, kind), source);
    const picture = new Image();
    picture.src = source;
    await picture.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [scene.size[0] * SCALE, (scene.size[1] + HEAD) * SCALE];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    save(fileName(scene, kind), canvas.toDataURL("image/png"));
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const kind of ["svg", "png"]) epochscope.addAction(`cube-${kind}`, () => saveAs(kind));
  });
})();
