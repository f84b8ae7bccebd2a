import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';

import type { TracesIdAnswer } from '../api/answers.ts';
import { duration } from '../format/duration.ts';
import { count } from '../format/number.ts';
import { Empty } from '../ui/empty.tsx';
import { ServiceLabel } from '../ui/service.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { lateText } from './late-text.ts';
import styles from './trace.module.css';

type Fragment = TracesIdAnswer['fragments'][number];
type Edge = TracesIdAnswer['edges'][number];
type Texts = TFunction<'trace'>;

/** How the trace came here, what is missing of it, and the calls that were counted. */
export function PartsView({ answer }: { readonly answer: TracesIdAnswer | null }) {
  const { t } = useTranslation('trace');
  if (answer === null) return <Empty title={t('verdict.file')} />;
  const fragments = fragmentColumns(t);
  const edges = edgeColumns(t);
  return (
    <div className={styles.tables}>
      <section>
        <h2>{t('parts.fragments')}</h2>
        {answer.fragments.length === 0 ? (
          <p className={styles.quiet}>{t('parts.none')}</p>
        ) : (
          <Table
            label={t('parts.fragments')}
            columns={fragments}
            rows={answer.fragments}
            rowKey={({ partition, position }) => `${partition}/${position}`}
          />
        )}
        {answer.duplicateSpans > 0 && <p>{t('parts.duplicates', { count: answer.duplicateSpans })}</p>}
        {answer.missingCount > 0 && (
          <p>
            {t('verdict.missing', { count: answer.missingCount })}:{' '}
            {answer.missingParents.map((id) => (
              <code key={id}>{id} </code>
            ))}
          </p>
        )}
      </section>
      <section>
        <h2>{t('parts.edges')}</h2>
        <Table
          label={t('parts.edges')}
          columns={edges}
          rows={answer.edges}
          rowKey={({ client, server, kind, operation }) => JSON.stringify([client, server, kind, operation])}
        />
      </section>
    </div>
  );
}

function fragmentColumns(t: Texts): readonly Column<Fragment>[] {
  const marks = (fragment: Fragment) =>
    [
      ...(fragment.lateByMs === null ? [] : [lateText(t, fragment.lateByMs)]),
      ...(['unlinked', 'timeShifted', 'truncated'] as const)
        .filter((mark) => fragment[mark])
        .map((mark) => t(`parts.${mark}`)),
    ].join(', ');
  return [
    { id: 'at', head: t('parts.storedAt'), cell: ({ appendedAt }) => <Time at={appendedAt} /> },
    { id: 'spans', head: t('parts.spans'), cell: ({ spanCount }) => count(spanCount), number: true },
    {
      id: 'reason',
      head: t('parts.reason'),
      cell: ({ reason }) => t(`closeReasons.${reason as 'complete'}`, { ns: 'common' }),
    },
    { id: 'part', head: t('parts.part'), cell: ({ part, parts }) => (parts > 1 ? `${part + 1}/${parts}` : '') },
    { id: 'marks', head: t('parts.marks'), cell: marks },
    {
      id: 'position',
      head: t('parts.position'),
      cell: ({ partition, position }) => `${partition}/${position}`,
      number: true,
    },
  ];
}

function edgeColumns(t: Texts): readonly Column<Edge>[] {
  return [
    { id: 'client', head: t('parts.client'), cell: ({ client }) => <ServiceLabel service={client} /> },
    { id: 'server', head: t('parts.server'), cell: ({ server }) => <ServiceLabel service={server} /> },
    { id: 'operation', head: t('operation', { ns: 'common' }), cell: ({ operation }) => operation },
    {
      id: 'kind',
      head: t('kind', { ns: 'common' }),
      cell: ({ kind }) => t(`kinds.${kind as 'rpc'}`, { ns: 'common', defaultValue: kind }),
    },
    { id: 'calls', head: t('calls', { ns: 'common' }), cell: ({ calls }) => count(calls), number: true },
    {
      id: 'errors',
      head: t('errors', { ns: 'common' }),
      cell: ({ clientErrors, serverErrors }) => count(Math.max(clientErrors, serverErrors)),
      number: true,
    },
    { id: 'unpaired', head: t('parts.unpaired'), cell: ({ unpaired }) => count(unpaired), number: true },
    {
      id: 'max',
      head: t('columns.max'),
      cell: ({ clientDurationMs, serverDurationMs }) => duration((clientDurationMs ?? serverDurationMs)?.['max']),
      number: true,
    },
  ];
}
