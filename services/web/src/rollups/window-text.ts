/** A window of rollups, which are of UTC wherever the viewer is. */
export function windowText({ from, to }: { readonly from: string; readonly to: string }): string {
  const [begin, end] = [minuteText(from), minuteText(to)];
  // Within a day its date is said once.
  return begin.slice(0, 10) === end.slice(0, 10) ? `${begin} – ${end.slice(11)}` : `${begin} – ${end}`;
}

function minuteText(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
