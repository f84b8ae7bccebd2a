/** What the page says. */
const en = {
  title: 'Rollups',
  titleOf: 'Rollup {{name}}',
  all: 'All rollups',
  runs: 'Runs, newest first',
  none: 'No window was run yet',
  noneHelp: 'Hours follow 10 minutes after their end.',
  noneOf: 'There is no such run',
  any: 'All',
  statuses: { running: 'running', done: 'done', failed: 'failed' },
  rollup: 'Rollup',
  window: 'Window (UTC)',
  rows: 'Lines',
  took: 'Took',
  started: 'Started',
  completeTo: 'Complete to',
  result: 'Result of {{window}} UTC',
  emptyResult: 'The result is empty.',
  noResult: 'It has no result here: it writes to a table of its own, or did not end yet.',
};
export default en;
