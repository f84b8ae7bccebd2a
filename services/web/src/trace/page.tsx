import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { addTexts } from '../i18n/i18n.ts';
import { Empty } from '../ui/empty.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { fileKey } from './file.tsx';
import { type Source, sourceOfAnswer, traceQuery } from './query.ts';
import en from './texts.en.ts';
import zh from './texts.zh.ts';
import { TraceView } from './trace-view.tsx';
import { Unknown } from './unknown.tsx';

addTexts('trace', en, zh);

export const trace = createLazyRoute('/trace/$traceId')({ component: Page });

function Page() {
  const { traceId } = useParams({ from: '/trace/$traceId' });
  const { file } = useSearch({ from: '/trace/$traceId' });
  return file === true ? (
    <FilePage key={`file ${traceId}`} traceId={traceId} />
  ) : (
    <StoredPage key={traceId} traceId={traceId} />
  );
}

function StoredPage({ traceId }: { readonly traceId: string }) {
  const { data, error, refetch } = useQuery(traceQuery(traceId));
  const source = useMemo(() => (data === undefined ? null : sourceOfAnswer(data)), [data]);
  if (source !== null) return <TraceView source={source} />;
  return error === null ? <PageLoading /> : <Unknown error={error} traceId={traceId} onRetry={() => void refetch()} />;
}

function FilePage({ traceId }: { readonly traceId: string }) {
  const { t } = useTranslation('trace');
  const source = useQueryClient().getQueryData<Source>(fileKey(traceId));
  return source === undefined ? <Empty title={t('file.gone')} /> : <TraceView source={source} />;
}
