const count = new Intl.NumberFormat('en');

export function number(value) {
  return count.format(value);
}

/** Milliseconds as people say them. */
export function duration(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms === 0) return '0';
  if (ms < 1) return `${significant(ms * 1000)} µs`;
  if (ms < 1000) return `${significant(ms)} ms`;
  if (ms < 60_000) return `${significant(ms / 1000)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

function significant(value) {
  return String(Number(value.toPrecision(3)));
}

/** How long ago an RFC 3339 time was. */
export function age(time, nowMs) {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(time)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** A service with its namespace and environment where it has any. */
export function serviceName({ environment, namespace, name }) {
  const full = namespace === '' ? name : `${namespace}/${name}`;
  return environment === '' ? full : `${full} (${environment})`;
}
