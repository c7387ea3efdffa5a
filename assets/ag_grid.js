// Loads the script of Dash AG Grid, the largest of all, only where a page has a grid (bundles.py leaves its address).
(function () {
  const address = () => document.getElementById('ag-grid-address').content;
  let loading = null;

  function load() {
    loading ??= new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement('script'), { src: address() });
      script.onerror = () => reject(new Error(`The table cannot be drawn: ${script.src} did not load.`));
      script.onload = () => {
        const { AgGrid, ...rest } = window.dash_ag_grid;
        window.dash_ag_grid = Object.assign(stub, rest); // a grid on the page stays of the same kind to React
        resolve({ default: AgGrid });
      };
      document.head.append(script);
    });
    return loading;
  }

  const Grid = React.lazy(load);
  const stub = {
    AgGrid: (props) => React.createElement(React.Suspense, { fallback: null }, React.createElement(Grid, props)),
  };
  window.dash_ag_grid = stub;
  if (location.pathname === '/') document.addEventListener('DOMContentLoaded', load); // the page with a grid
})();
