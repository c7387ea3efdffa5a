// Builds fixed markup: elements that hold their children as JSON (parts/markup.py), as soon as they appear.
(function () {
  const HOST = 'data-markup';
  const built = new WeakMap(); // host -> the nodes that were built for it

  function build(part) {
    if (typeof part === 'string') return document.createTextNode(part);
    const [tag, attributes, children] = part;
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.append(...children.map(build));
    return element;
  }

  // React may use an element again for another one, of which the children are its own or other ones.
  function fill(host) {
    (built.get(host) ?? []).forEach((node) => node.remove());
    built.delete(host);
    if (!host.hasAttribute(HOST)) return;
    const nodes = JSON.parse(host.getAttribute(HOST)).map(build);
    built.set(host, nodes);
    host.append(...nodes);
  }

  function look(record) {
    if (record.type === 'attributes') fill(record.target);
    record.addedNodes.forEach((node) => {
      if (node.nodeType !== Node.ELEMENT_NODE) return;
      [node, ...node.querySelectorAll(`[${HOST}]`)].forEach((one) => one.hasAttribute(HOST) && !built.has(one) && fill(one));
    });
  }

  new MutationObserver((records) => records.forEach(look)).observe(document.documentElement, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: [HOST],
  });
})();
