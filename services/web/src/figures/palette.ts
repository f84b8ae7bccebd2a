/** Colours of the theme, for what is drawn on a canvas. */
export interface ChartColors {
  readonly text: string;
  readonly quiet: string;
  readonly grid: string;
  readonly card: string;
  readonly accent: string;
  readonly lines: readonly string[];
}

/** Of lines, far apart from each other. */
export const lineTones = ['--tone0', '--tone3', '--tone5', '--tone1', '--tone2', '--tone6'] as const;

export function chartColors(): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: of('--text'),
    quiet: of('--quiet'),
    grid: of('--faint'),
    card: of('--card'),
    accent: of('--accent'),
    lines: lineTones.map(of),
  };
}

/** Of the first line, the second and so on: told apart without their colours. */
export const dashes: readonly (readonly number[])[] = [[], [8, 3], [2, 3], [10, 3, 2, 3], [5, 5], [1, 2]];

/** Lines across what may still change. */
export function hatch(context: CanvasRenderingContext2D, color: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  [tile.width, tile.height] = [8, 8];
  const drawing = tile.getContext('2d');
  if (drawing === null) return 'transparent';
  drawing.strokeStyle = color;
  drawing.globalAlpha = 0.55;
  drawing.beginPath();
  for (const shift of [-8, 0, 8]) {
    drawing.moveTo(shift, 8);
    drawing.lineTo(shift + 8, 0);
  }
  drawing.stroke();
  return context.createPattern(tile, 'repeat') ?? 'transparent';
}
