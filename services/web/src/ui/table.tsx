import type { Key, MouseEvent, ReactNode } from 'react';

import styles from './table.module.css';

export interface Column<Row> {
  readonly id: string;
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  readonly number?: boolean;
  /** Whether its head sorts; the largest first. */
  readonly sorts?: boolean;
}

export interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => Key;
  /** What the rows answer, as `useAnswered` tells it: with another, they are made anew. */
  readonly answered?: string;
  readonly sort?: string;
  readonly onSort?: (id: string) => void;
  /** The least first. */
  readonly ascending?: boolean;
  /** For the pointer: the keyboard has a link in the row. */
  readonly onRowClick?: (row: Row) => void;
}

/** Rows in the order that they are given in: who sorts is the API, over everything, not the page. */
export function Table<Row>({
  label,
  columns,
  rows,
  rowKey,
  answered,
  sort,
  onSort,
  ascending = false,
  onRowClick,
}: TableProps<Row>) {
  return (
    <section className={styles.scroll} tabIndex={0} aria-label={label}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map(({ id, head, number, sorts }) => (
              <th
                key={id}
                scope="col"
                className={number === true ? styles.number : undefined}
                {...(id === sort ? { 'aria-sort': ascending ? ('ascending' as const) : ('descending' as const) } : {})}
              >
                {sorts === true && onSort !== undefined ? (
                  <button type="button" className={styles.sort} onClick={() => onSort(id)}>
                    {head}
                    <span aria-hidden>{id === sort ? (ascending ? ' ↑' : ' ↓') : ''}</span>
                  </button>
                ) : (
                  head
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody key={answered}>
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              {...(onRowClick === undefined
                ? {}
                : {
                    className: styles.opens,
                    onClick: (event: MouseEvent<HTMLElement>) => {
                      if (isPlainClick(event)) onRowClick(row);
                    },
                  })}
            >
              {columns.map(({ id, cell, number }) => (
                <td key={id} className={number === true ? styles.number : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Not on something that does something of its own, and not at the end of selecting text. */
function isPlainClick(event: MouseEvent<HTMLElement>): boolean {
  const isOwn = (event.target as HTMLElement).closest('a, button, input, select') !== null;
  const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  return !isOwn && !modified && (getSelection()?.isCollapsed ?? true);
}
