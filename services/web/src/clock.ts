/** The clock of the browser; tests of what depends on it hand in their own. */
export function nowMs(): number {
  return Date.now();
}
