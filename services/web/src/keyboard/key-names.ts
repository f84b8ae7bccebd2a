const names: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
};

/** A key as it is printed on a keyboard: `⌘ K` or `Ctrl K` of `mod+k`. */
export function shownKey(key: string): string {
  const mod = navigator.platform.startsWith('Mac') ? '⌘ ' : 'Ctrl ';
  return key.startsWith('mod+') ? `${mod}${key.slice(4).toUpperCase()}` : (names[key] ?? key);
}
