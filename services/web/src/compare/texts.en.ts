/** What the page says. */
const en = {
  title: 'Compare two traces',
  swap: 'Swap',
  swapHelp: 'Compare the other way round',
  onlyChanged: 'Only what changed',
  traceId: 'Trace {{name}}',
  path: 'Call path',
  both: 'A above, B below',
  added: 'added',
  gone: 'gone',
  missing: 'a span that never came',
  errors_one: '{{count}} error',
  errors_other: '{{count}} errors',
  cut: 'The first {{shown}} of {{count}} call paths are shown.',
  counts: {
    slower_one: '{{count}} slower',
    slower_other: '{{count}} slower',
    faster_one: '{{count}} faster',
    faster_other: '{{count}} faster',
    added_one: '{{count}} added',
    added_other: '{{count}} added',
    gone_one: '{{count}} gone',
    gone_other: '{{count}} gone',
  },
};
export default en;
