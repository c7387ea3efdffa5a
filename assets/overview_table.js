// The cells of the runs table: the dot that chooses a run, its state, and every number as written.
(function (epochscope) {
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const components = (window.dashAgGridComponentFunctions =
    window.dashAgGridComponentFunctions || {});
  const table = (epochscope.runsTable = { chosen: [], filter: null });
  const words = (value) => (typeof value === 'string' ? value : null);
  const none = (value) => value === null || value === undefined;

  /** Why the dot of a run does nothing now; null when it does something. */
  table.whyNot = function (name) {
    if (table.chosen.includes(name)) return table.chosen.length > 1 ? null : 'one run stays chosen';
    return table.chosen.length < epochscope.RUNS_AT_MOST ? null : 'four at most';
  };

  components.OverviewRun = function ({ data }) {
    const make = window.React.createElement;
    const place = table.chosen.indexOf(data.name) + 1;
    const reason = data.word === 'unreadable' ? data.reason : table.whyNot(data.name);
    const what = `${place ? 'Drop' : 'Choose'} ${data.name}`;
    return make(
      'button',
      {
        type: 'button',
        className: 'run-cell',
        role: 'checkbox',
        'aria-checked': place > 0,
        'aria-label': reason ? `${what}: ${reason}` : what,
        'aria-disabled': reason !== null,
        title: reason || what,
        onClick: () => reason || epochscope.toggleRun(data.name),
      },
      make('span', { className: place ? `dot run-${place}` : 'dot none' }),
      make('span', { className: 'run-name' }, data.name),
    );
  };

  components.OverviewState = function ({ data }) {
    const make = window.React.createElement;
    return make(
      'span',
      { className: `pill ${data.tone} ${data.shape}`, 'data-state': data.word },
      make('i'),
      data.word,
    );
  };

  functions.overviewChosen = ({ data }) => table.chosen.includes(data.name);
  functions.overviewIsFiltered = () => table.filter !== null;
  functions.overviewPasses = ({ data }) => table.filter.passes(data);
  functions.overviewIsBad = (value) => /^(NaN|[+−]Inf)$/.test(value);

  functions.overviewNumber = (value) => words(value) ?? epochscope.format(value);

  functions.overviewShare = (value) =>
    words(value) ?? (none(value) ? '–' : `${(100 * value).toFixed(1)} %`);

  // A gap is a difference of two percentages: points, with its sign.
  functions.overviewPoints = function (value) {
    if (none(value) || words(value)) return words(value) ?? '–';
    const points = (100 * value).toFixed(1);
    return `${Number(points) > 0 ? '+' : ''}${points}`.replace('-', '−');
  };

  functions.overviewProgress = function ({ data }) {
    const step = none(data.step) ? '–' : epochscope.formatCount(data.step);
    return none(data.total) ? step : `${step} / ${epochscope.formatCount(data.total)}`;
  };

  functions.overviewCount = function (value) {
    if (none(value)) return '–';
    if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
    if (value >= 1e4) return `${Number((value / 1e3).toPrecision(3))} k`;
    return epochscope.formatCount(value);
  };

  functions.overviewBytes = function (value) {
    if (none(value)) return '–';
    const power = value < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
    return `${Number((value / 1000 ** power).toPrecision(3))} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
  };

  functions.overviewDuration = function (value) {
    if (none(value)) return '–';
    if (value < 60) return `${Number(value.toPrecision(2))} s`;
    if (value < 3600) return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
    return `${Math.floor(value / 3600)} h ${Math.round((value % 3600) / 60)} min`;
  };

  const two = (number) => String(number).padStart(2, '0');

  /** Write a moment of today as its time, any other as its date. */
  functions.overviewTime = function (value, now = new Date()) {
    if (!value) return '–';
    const time = new Date(value);
    const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
    if (time.toDateString() === now.toDateString()) return `${clock}:${two(time.getSeconds())}`;
    return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock}`;
  };

  /** Order numbers by size and texts by letters; what is not finite after them, nothing last. */
  functions.overviewCompare = function (a, b, nodeA, nodeB, descending) {
    const rank = (value) =>
      none(value) ? 3 : functions.overviewIsBad(value) ? 2 : typeof value === 'string' ? 1 : 0;
    const [rankA, rankB] = [rank(a), rank(b)];
    if (rankA !== rankB) return (rankA - rankB) * (descending ? -1 : 1);
    if (rankA === 0) return a - b;
    return rankA === 3 ? 0 : String(a).localeCompare(String(b));
  };
})(window.epochscope);
