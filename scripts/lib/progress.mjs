const barColumns = 30;

/** A bar on a terminal; elsewhere a line at each quarter. `set` takes 0 to 1 and never goes back. */
export function createProgress(title, output = process.stderr) {
  let shown = 0;
  let quarter = -1;
  const tty = output.isTTY;
  return {
    set(part, note = '') {
      shown = Math.max(shown, Math.min(1, part));
      const percent = Math.floor(shown * 100);
      if (tty) {
        const full = Math.round(shown * barColumns);
        const bar = '█'.repeat(full) + '░'.repeat(barColumns - full);
        output.write(
          `\r\u001B[2K  ${title} ${bar} ${String(percent).padStart(3)} % ${note}`.slice(0, (output.columns || 80) + 4),
        );
      } else if (Math.floor(percent / 25) > quarter) {
        quarter = Math.floor(percent / 25);
        output.write(`${title} ${percent} %\n`);
      }
    },
    end() {
      if (tty) output.write('\r\u001B[2K');
    },
  };
}
