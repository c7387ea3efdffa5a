// The selection in the link: read at the start, written by clicks, brushes and the focus step.
window.dash_clientside.shell = window.dash_clientside.shell || {};
window.dash_clientside.shell.fromUrl = function () {
  return window.dash_clientside.no_update;
};
