import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { CompareAnswer } from '../api/answers.ts';
import { edgeKinds } from '../edge/params.ts';
import { changeText } from '../figures/change-text.ts';
import { Change } from '../figures/change.tsx';
import styles from './windows.module.css';
import { duration } from '../format/duration.ts';
import { percent } from '../format/number.ts';
import { Badge } from '../ui/badge.tsx';
import { hasSeveral } from '../format/service.ts';
import { ServiceLabel } from '../ui/service.tsx';
import type { Range } from '../ui/range.ts';
import type { WindowsParams } from './windows-params.ts';

type Row = CompareAnswer['rows'][number];
const percentiles = ['p50', 'p95', 'p99'] as const;

export interface WindowsTableProps {
  readonly rows: readonly Row[];
  readonly params: WindowsParams;
  readonly base: Range;
}

/** Each figure before, now, and its change. */
export function WindowsTable({ rows, params, base }: WindowsTableProps) {
  const { t } = useTranslation('windows');
  const { t: common } = useTranslation();
  const { t: figures } = useTranslation('figures');
  const several = hasSeveral(
    rows.flatMap(({ service, client, server }) => [service ?? client ?? null, server ?? null]),
  );
  const groups = [t('perMinute'), figures('errorRate'), ...percentiles];
  return (
    <section className={styles.scroll} tabIndex={0} aria-label={t('title')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              {params.of === 'edges' ? common('calls') : common('operation')}
            </th>
            {groups.map((group) => (
              <th key={group} scope="colgroup" colSpan={3} className={styles.group}>
                {group}
              </th>
            ))}
          </tr>
          <tr>
            {groups.flatMap((group) =>
              (['before', 'now', 'change'] as const).map((each) => (
                <th key={`${group} ${each}`} scope="col" className={each === 'before' ? styles.first : styles.number}>
                  {t(each)}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={JSON.stringify([row.service, row.client, row.server, row.operation, row.kind])}>
              <th scope="row">
                <Name row={row} params={params} base={base} several={several} />
              </th>
              <Figures row={row} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Figures({ row: { now, base, change } }: { readonly row: Row }) {
  const rate = (value: number | undefined) => (value === undefined ? '–' : Number(value.toPrecision(3)).toString());
  return (
    <>
      <td className={styles.first}>{rate(base?.callsPerMinute)}</td>
      <td className={styles.number}>{rate(now?.callsPerMinute)}</td>
      {/* More calls are no fault: their growth is not marked. */}
      <td className={styles.number}>{change === null ? '–' : changeText(change.callsPerMinute)}</td>
      <td className={styles.first}>{base === null ? '–' : percent(base.errorRate)}</td>
      <td className={styles.number}>{now === null ? '–' : percent(now.errorRate)}</td>
      <td className={styles.number}>
        <Change part={change?.errorRate ?? null} points />
      </td>
      {percentiles.map((name) => (
        <Percentile
          key={name}
          before={base?.durationMs?.[name]}
          now={now?.durationMs?.[name]}
          part={change?.durationMs?.[name]}
        />
      ))}
    </>
  );
}

function Percentile({
  before,
  now,
  part,
}: {
  readonly before: number | undefined;
  readonly now: number | undefined;
  readonly part: number | undefined;
}) {
  return (
    <>
      <td className={styles.first}>{duration(before)}</td>
      <td className={styles.number}>{duration(now)}</td>
      <td className={styles.number}>
        <Change part={part ?? null} />
      </td>
    </>
  );
}

interface NameProps {
  readonly row: Row;
  readonly params: WindowsParams;
  readonly base: Range;
  /** Rows of more than one environment. */
  readonly several: boolean;
}

function Name({ row, params, base, several }: NameProps) {
  const { t } = useTranslation('windows');
  const { from, to } = params;
  const own = several ? (row.server ?? row.service)?.environment : undefined;
  const environment = params.environment ?? own;
  // What is gone is only in the window before.
  const window = row.state === 'gone' ? base : { ...(from && { from }), ...(to && { to }) };
  const search = { ...window, ...(environment && { environment }) };
  const kind = edgeKinds.find((each) => each === row.kind);
  const badge =
    row.state === 'both' ? null : (
      <Badge tone={row.state === 'gone' ? 'warn' : 'plain'}>
        {row.state === 'gone' ? `− ${t('gone')}` : `+ ${t('added')}`}
      </Badge>
    );
  if (row.server !== undefined) {
    const client = row.client ?? null;
    return (
      <>
        <Link
          to="/edge"
          search={{
            ...search,
            ...(client === null ? {} : { client: client.name }),
            server: row.server.name,
            ...(kind === undefined ? {} : { kind }),
          }}
        >
          <ServiceLabel service={client} environment={several} /> →{' '}
          <ServiceLabel service={row.server} environment={several} />
        </Link>{' '}
        {badge}
      </>
    );
  }
  const service = row.service ?? { environment: '', namespace: '', name: '' };
  return (
    <>
      <ServiceLabel service={service} environment={several} />{' '}
      <Link to="/operation" search={{ ...search, service: service.name, operation: row.operation ?? '' }}>
        {row.operation}
      </Link>{' '}
      <span className={styles.kind}>{row.kind}</span> {badge}
    </>
  );
}
