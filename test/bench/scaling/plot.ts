/** One line of a plot. */
export interface Line {
  readonly name: string;
  readonly color: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly Line[];
}

const [width, height, left, right, top, bottom] = [420, 260, 46, 12, 30, 42];

/** Lines over a logarithmic axis of x and one of y that begins at 0, as an SVG of its own. */
export function svgOf(plot: Plot): string {
  const xs = plot.lines.flatMap(({ points }) => points.map(({ x }) => x));
  const step = niceStep(Math.max(...plot.lines.flatMap(({ points }) => points.map(({ y }) => y))) / 4);
  const yMax = step * Math.ceil(Math.max(...plot.lines.flatMap(({ points }) => points.map(({ y }) => y))) / step);
  const [xMin, xMax] = [Math.log(Math.max(Math.min(...xs), 1)), Math.log(Math.max(...xs))];
  const atX = (x: number): number =>
    left + ((Math.log(Math.max(x, 1)) - xMin) / (xMax - xMin || 1)) * (width - left - right);
  const atY = (y: number): number => height - bottom - (y / yMax) * (height - top - bottom);
  const parts = [
    `<text x="${left}" y="16" font-weight="600">${plot.title}</text>`,
    `<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${plot.xLabel}</text>`,
    `<text x="8" y="${top - 4}" fill="#666">${plot.yLabel}</text>`,
  ];
  for (let y = 0; y <= yMax + 1e-9; y += step) {
    parts.push(
      `<path d="M${left} ${round(atY(y))}H${width - right}" stroke="#ccc"/>`,
      `<text x="${left - 6}" y="${round(atY(y) + 4)}" text-anchor="end">${Number(y.toPrecision(3))}</text>`,
    );
  }
  for (const x of new Set(xs)) {
    parts.push(`<text x="${round(atX(x))}" y="${height - bottom + 16}" text-anchor="middle">${short(x)}</text>`);
  }
  for (const [nth, { name, color, points }] of plot.lines.entries()) {
    const path = points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${round(atX(x))} ${round(atY(y))}`).join('');
    parts.push(`<path d="${path}" fill="none" stroke="${color}" stroke-width="2"/>`);
    for (const { x, y } of points)
      parts.push(`<circle cx="${round(atX(x))}" cy="${round(atY(y))}" r="3" fill="${color}"/>`);
    parts.push(`<text x="${width - right}" y="${16 + 13 * nth}" text-anchor="end" fill="${color}">${name}</text>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11" fill="#222"><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>\n`;
}

/** 1, 2 or 5 times a power of ten, at least this. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((each) => each * power >= least) ?? 10) * power;
}

function short(x: number): string {
  return x >= 1e6 ? `${x / 1e6}M` : x >= 1e3 ? `${x / 1e3}k` : String(x);
}

function round(figure: number): number {
  return Math.round(figure * 10) / 10;
}
