// Puts the error banner away. Dash owns what is in it, so Dash is told, and the nodes are left alone.
(function (epochscope) {
  epochscope.addAction('dismiss', () => epochscope.emit('error-banner', { children: null }));
})(window.epochscope);
