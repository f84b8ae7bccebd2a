const count = new Intl.NumberFormat('en');
const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
const timeToday = new Intl.DateTimeFormat('en', clock);
const timeBefore = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', ...clock });

export function number(value) {
  return count.format(value);
}

/** `1 span`, `2 spans`. */
export function counted(value, noun) {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Each unit of duration in milliseconds, and the first value that is too large for it. */
const units = [
  ['ns', 1e-6, 1000],
  ['µs', 1e-3, 1000],
  ['ms', 1, 1000],
  ['s', 1000, 60],
];

/** Milliseconds with three significant digits in the unit that people would choose. */
export function duration(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms === 0) return '0 ms';
  for (const [unit, size, limit] of units) {
    const shown = (ms / size).toPrecision(3);
    if (Number(shown) < limit) return `${shown} ${unit}`;
  }
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${number(Math.floor(seconds / 3600))} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** A time in the zone of whoever looks, with the date unless it is today's. */
export function localTime(timeMs, nowMs) {
  const isToday = new Date(timeMs).toDateString() === new Date(nowMs).toDateString();
  return (isToday ? timeToday : timeBefore).format(timeMs);
}

/**
 * How to call services so that nobody confuses two of them: by name alone where that is enough, with
 * the namespace where a name is in several. `environmentOf` is '' unless there are several.
 */
export function createNamer(services) {
  const environments = new Set(services.map(({ environment }) => environment));
  const namespacesOf = new Map();
  for (const { name, namespace } of services) {
    namespacesOf.set(name, (namespacesOf.get(name) ?? new Set()).add(namespace));
  }
  return {
    nameOf({ namespace, name }) {
      return namespace !== '' && namespacesOf.get(name)?.size > 1 ? `${namespace}/${name}` : name;
    },
    environmentOf: ({ environment }) => (environments.size > 1 ? environment : ''),
  };
}
