import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { TracesIdAnswer } from '../api/answers.ts';
import { ApiFailure } from '../api/client.ts';
import { basePath } from '../base.ts';
import { duration } from '../format/duration.ts';
import { count } from '../format/number.ts';
import { localeOf } from '../format/time.ts';
import type { FoundParams } from '../search/found.ts';
import type { Neighbours } from '../search/neighbours.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { ServiceLabel } from '../ui/service.tsx';
import { Time } from '../ui/time.tsx';
import styles from './trace.module.css';
import type { View } from './view-model.ts';

export interface HeaderProps {
  readonly view: View;
  readonly answer: TracesIdAnswer | null;
  readonly beside: Neighbours | null;
  readonly copied: boolean;
  readonly onCopy: () => void;
}

/** What trace this is, and whether all of it is here. */
export function Header({ view, answer, beside, copied, onCopy }: HeaderProps) {
  const { t } = useTranslation('trace');
  const { tree, timing } = view;
  const root = tree.roots.find(({ span }) => span !== null) ?? tree.nodes.find(({ span }) => span !== null);
  const services = useMemo(() => new Set(tree.nodes.flatMap(({ span }) => span?.service ?? [])), [tree]);
  return (
    <header className={styles.header}>
      <h1 className={styles.title} title={`${root?.span?.service} ${root?.span?.name}`}>
        <ServiceLabel service={root?.span?.service ?? ''} /> {root?.span?.name}
      </h1>
      <span className={styles.facts}>
        <b>{duration(timing.toMs - timing.fromMs)}</b> · <Time at={tree.startMs} /> ·{' '}
        {t('spans', { count: tree.spanCount, shown: count(tree.spanCount) })} ·{' '}
        {t('services', { count: services.size })}
        {tree.errorCount > 0 && (
          <>
            {' '}
            <Badge tone="bad">{t('errors', { count: tree.errorCount })}</Badge>
          </>
        )}{' '}
        <Verdict answer={answer} />
      </span>
      <span className={styles.actions}>
        {beside !== null && (
          <span className={styles.beside}>
            <BesideLink traceId={beside.previous} found={beside.found} label={t('previous')} sign="‹" />
            {beside.position}/{beside.of}
            <BesideLink traceId={beside.next} found={beside.found} label={t('next')} sign="›" />
          </span>
        )}
        {answer !== null && (
          <Link to="/compare" search={{ a: tree.traceId }} title={t('compareHelp')}>
            {t('compare')}
          </Link>
        )}
        <Button quiet onClick={onCopy}>
          {copied ? t('copied') : t('copyLink', { ns: 'common' })}
        </Button>
        {answer !== null && <Keep answer={answer} />}
      </span>
    </header>
  );
}

function BesideLink({
  traceId,
  found,
  label,
  sign,
}: {
  readonly traceId: string | null;
  readonly found: FoundParams;
  readonly label: string;
  readonly sign: string;
}) {
  if (traceId === null) return null;
  return (
    <Link to="/trace/$traceId" params={{ traceId }} search={found} aria-label={label} title={label}>
      {sign}
    </Link>
  );
}

function Verdict({ answer }: { readonly answer: TracesIdAnswer | null }) {
  const { t, i18n } = useTranslation('trace');
  if (answer === null) return <Badge tone="plain">{t('verdict.file')}</Badge>;
  const { state, complete, missingCount, missingParents, roots, buffered, partial, remoteRoot } = answer;
  const late = answer.fragments.filter(({ lateByMs }) => lateByMs !== null);
  const closes =
    buffered === null
      ? ''
      : new Intl.DateTimeFormat(localeOf(i18n.language), { timeStyle: 'medium' }).format(new Date(buffered.closesAt));
  return (
    <>
      {state === 'open' && (
        <Badge tone="plain" title={t('verdict.openHelp')}>
          {buffered === null
            ? t('verdict.storing')
            : t('verdict.open', { time: closes, because: t(`verdict.because.${buffered.closesBecause}`) })}
        </Badge>
      )}{' '}
      {!complete && missingCount > 0 && (
        <Badge tone="bad" title={missingParents.join(', ')}>
          {t('verdict.missing', { count: missingCount })}
        </Badge>
      )}
      {!complete && missingCount === 0 && (
        <Badge tone="bad">{t(roots === 0 ? 'verdict.noRoot' : 'verdict.roots', { count: roots })}</Badge>
      )}
      {complete && state === 'stored' && (
        <span className={styles.quiet}>{t(remoteRoot ? 'verdict.completeRemote' : 'verdict.complete')}</span>
      )}{' '}
      {late.length > 0 && (
        <Badge tone="warn">
          {t('verdict.late', { count: late.reduce((sum, { spanCount }) => sum + spanCount, 0) })}
        </Badge>
      )}{' '}
      {partial && <Badge tone="warn">{t('verdict.partial')}</Badge>}
    </>
  );
}

/** Keeps the trace beyond the time that others are kept; its address stays the same. */
function Keep({ answer }: { readonly answer: TracesIdAnswer }) {
  const { t } = useTranslation('trace');
  const client = useQueryClient();
  const keep = useMutation({
    mutationFn: async () => {
      const response = await fetch(`${basePath}api/archive/${answer.traceId}`, { method: 'POST' });
      if (!response.ok) throw new ApiFailure(response.status, { code: 'archive', message: t('keepFailed') });
      await client.invalidateQueries({ queryKey: ['trace', answer.traceId] });
    },
  });
  if (answer.kept) return <Badge tone="plain">{t('kept')}</Badge>;
  return (
    <Button
      quiet
      disabled={answer.state === 'open' || keep.isPending}
      title={answer.state === 'open' ? t('keepOpen') : t('keepHelp')}
      onClick={() => keep.mutate()}
    >
      {keep.isError ? t('keepFailed') : t('keep')}
    </Button>
  );
}
