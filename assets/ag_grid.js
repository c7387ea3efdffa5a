// Loads the script of Dash AG Grid, the largest of all, only where a page has a grid (bundles.py leaves its address).
(function () {
  const WAIT = 2000; // ms for the curves above the table; a page without any need not wait longer
  const address = () => document.getElementById('ag-grid-address').content;
  const curves = new Promise((resolve) => document.addEventListener('epochscope:curves', resolve, { once: true }));
  let loading = null;

  // The curves are what the page is opened for: the table's code, run before them, holds them up.
  async function afterCurves() {
    // Not preloaded: of that the browser complains where the curves are late.
    document.head.append(Object.assign(document.createElement('link'), { rel: 'prefetch', as: 'script', href: address() }));
    await Promise.race([curves, new Promise((resolve) => { setTimeout(resolve, WAIT); })]);
  }

  function load() {
    loading ??= afterCurves().then(() => run(address()));
    return loading;
  }

  function run(src) {
    return new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement('script'), { src });
      script.onerror = () => reject(new Error(`The table cannot be drawn: ${script.src} did not load.`));
      script.onload = () => {
        const { AgGrid, ...rest } = window.dash_ag_grid;
        window.dash_ag_grid = Object.assign(stub, rest); // a grid on the page stays of the same kind to React
        resolve({ default: AgGrid });
      };
      document.head.append(script);
    });
  }

  const Grid = React.lazy(load);
  const late = (props) => React.createElement(React.Suspense, { fallback: null }, React.createElement(Grid, props));
  const stub = {
    // Its place is as large before it is there, so that nothing on the page moves.
    AgGrid: (props) => React.createElement('div', { className: 'grid-place' }, late(props)),
  };
  window.dash_ag_grid = stub;
})();
