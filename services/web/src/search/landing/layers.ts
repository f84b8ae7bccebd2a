export interface Placed {
  readonly id: number;
  readonly column: number;
  readonly row: number;
}

interface Named {
  readonly id: number;
  readonly name: string;
}

interface Call {
  readonly from: number | null;
  readonly to: number;
}

/**
 * Columns by how many calls it takes from outside, rows beside those who call: the same graph gives the same
 * places. Who is called by nobody stands in the first column.
 */
export function layers(nodes: readonly Named[], edges: readonly Call[]): readonly Placed[] {
  const columnOf = new Map<number, number>();
  const inner = edges.filter(({ from, to }) => from !== null && from !== to);
  const called = new Set(inner.map(({ to }) => to));
  const entered = new Set(edges.filter(({ from }) => from === null).map(({ to }) => to));
  let reached = nodes.filter(({ id }) => entered.has(id) || !called.has(id)).map(({ id }) => id);
  for (let column = 0; reached.length > 0; column++) {
    for (const id of reached) columnOf.set(id, column);
    const next = inner.filter(({ from, to }) => reached.includes(from ?? -1) && !columnOf.has(to)).map(({ to }) => to);
    reached = [...new Set(next)];
  }
  const rowOf = new Map<number, number>();
  const placed: Placed[] = [];
  const last = Math.max(0, ...columnOf.values());
  for (let column = 0; column <= last; column++) {
    const wanted = (id: number) => {
      const rows = inner.filter(({ to }) => to === id).flatMap(({ from }) => rowOf.get(from ?? -1) ?? []);
      return rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row, 0) / rows.length;
    };
    const here = nodes
      // Rings that nobody enters are reached from nowhere.
      .filter(({ id }) => (columnOf.get(id) ?? 0) === column)
      .toSorted((a, b) => wanted(a.id) - wanted(b.id) || a.name.localeCompare(b.name, 'en') || a.id - b.id);
    here.forEach(({ id }, row) => placed.push({ id, column, row }));
    for (const [row, { id }] of here.entries()) rowOf.set(id, row);
  }
  return placed;
}
