// Names the colour scheme before anything is drawn, so that no page flashes in the other one. Loaded in the head.
(function () {
  let chosen = null;
  try {
    chosen = localStorage.getItem('mantine-color-scheme-value');
  } catch {
    chosen = null; // storage is switched off: follow the system
  }
  const dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  const scheme = chosen === 'light' || chosen === 'dark' ? chosen : dark ? 'dark' : 'light';
  document.documentElement.dataset.mantineColorScheme = scheme;
})();
