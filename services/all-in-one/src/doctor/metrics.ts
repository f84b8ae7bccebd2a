/** One sample of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads Prometheus' text exposition format, as far as we write it ourselves. */
export function parseMetrics(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const match = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/i.exec(line);
    if (match === null) continue;
    const labels: Record<string, string> = {};
    for (const [, name, value] of (match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      if (name !== undefined && value !== undefined) labels[name] = value.replaceAll(/\\(.)/g, '$1');
    }
    samples.push({ name: match[1] ?? '', labels, value: Number(match[3]) });
  }
  return samples;
}

export function total(samples: readonly Sample[], name: string): number {
  return samples.reduce((sum, sample) => (sample.name === name ? sum + sample.value : sum), 0);
}

/** The smallest bucket bound, in the histogram's unit, at or below which a share `q` of it lies; null when empty. */
export function boundOf(samples: readonly Sample[], name: string, q: number): number | null {
  const count = total(samples, `${name}_count`);
  if (count === 0) return null;
  const bounds = samples
    .filter((sample) => sample.name === `${name}_bucket`)
    .map((sample) => ({
      bound: sample.labels['le'] === '+Inf' ? Infinity : Number(sample.labels['le']),
      below: sample.value,
    }))
    .toSorted((a, b) => a.bound - b.bound);
  return bounds.find(({ below }) => below >= q * count)?.bound ?? null;
}
