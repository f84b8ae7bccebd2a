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
 * Columns such that calls go to the right, but for those that close a ring; rows beside those who call. The same
 * graph gives the same places. Who is called by nobody stands in the first column.
 */
export function layers(nodes: readonly Named[], edges: readonly Call[]): readonly Placed[] {
  const nameOf = new Map(nodes.map(({ id, name }) => [id, name]));
  const inner = edges
    .filter(({ from, to }) => from !== null && from !== to)
    .toSorted((a, b) => (nameOf.get(a.to) ?? '').localeCompare(nameOf.get(b.to) ?? '', 'en') || a.to - b.to);
  const columnOf = columnsOf(nodes, inner);
  const rowOf = new Map<number, number>();
  const placed: Placed[] = [];
  const last = Math.max(0, ...columnOf.values());
  for (let column = 0; column <= last; column++) {
    const wanted = (id: number) => {
      const rows = inner.filter(({ to }) => to === id).flatMap(({ from }) => rowOf.get(from ?? -1) ?? []);
      return rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row, 0) / rows.length;
    };
    const here = nodes
      .filter(({ id }) => (columnOf.get(id) ?? 0) === column)
      .toSorted((a, b) => wanted(a.id) - wanted(b.id) || a.name.localeCompare(b.name, 'en') || a.id - b.id);
    here.forEach(({ id }, row) => placed.push({ id, column, row }));
    for (const [row, { id }] of here.entries()) rowOf.set(id, row);
  }
  return placed;
}

/** The longest way to each from where calls begin. */
function columnsOf(nodes: readonly Named[], calls: readonly Call[]): ReadonlyMap<number, number> {
  const order: number[] = [];
  const seen = new Set<number>();
  const visit = (id: number): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const { from, to } of calls) if (from === id) visit(to);
    order.unshift(id);
  };
  const called = new Set(calls.map(({ to }) => to));
  const byName = nodes.toSorted((a, b) => a.name.localeCompare(b.name, 'en') || a.id - b.id);
  for (const { id } of [...byName.filter(({ id }) => !called.has(id)), ...byName]) visit(id);
  const place = new Map(order.map((id, at) => [id, at]));
  const columns = new Map<number, number>();
  for (const id of order) {
    const callers = calls.filter(
      ({ from, to }) => to === id && (place.get(from ?? -1) ?? Infinity) < (place.get(id) ?? 0),
    );
    columns.set(id, Math.max(0, ...callers.map(({ from }) => (columns.get(from ?? -1) ?? 0) + 1)));
  }
  return columns;
}
