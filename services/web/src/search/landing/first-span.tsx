import * as Ariakit from '@ariakit/react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { get, getJson } from '../../api/client.ts';
import { basePath, intakePort } from '../../base.ts';
import { Button } from '../../ui/button.tsx';
import { notDemo } from './demo.ts';
import styles from './first-span.module.css';
import { type SnippetName, snippetNames } from './snippet-names.ts';
import { snippets } from './snippets.ts';

export interface FirstSpanProps {
  readonly snippet: SnippetName;
  readonly onSnippet: (name: SnippetName) => void;
}

const names: Readonly<Record<SnippetName, string>> = {
  node: 'Node.js',
  python: 'Python',
  java: 'Java',
  go: 'Go',
  dotnet: '.NET',
  curl: 'curl',
};

/** How to send spans here, until the first one comes: the page becomes its trace. */
export function FirstSpan({ snippet, onSnippet }: FirstSpanProps) {
  const { t } = useTranslation(['search', 'common']);
  const navigate = useNavigate();
  const [traceId] = useState(randomId);
  const [copied, setCopied] = useState(false);
  const arrived = useArrival(traceId);
  useEffect(() => {
    if (arrived !== null) void navigate({ to: '/trace/$traceId', params: { traceId: arrived } });
  }, [arrived, navigate]);
  const text = snippets[snippet]({ endpoint: `http://${location.hostname}:${intakePort}`, traceId });
  return (
    <section className={styles.first} aria-labelledby="first-span">
      <h1 id="first-span">{t('first.title')}</h1>
      <p className={styles.how}>{t('first.how')}</p>
      <Ariakit.TabProvider
        selectedId={snippet}
        setSelectedId={(id) => {
          setCopied(false);
          onSnippet((id ?? 'node') as SnippetName);
        }}
      >
        <Ariakit.TabList className={styles.tabs} aria-label={t('first.languages')}>
          {snippetNames.map((name) => (
            <Ariakit.Tab key={name} id={name} className={styles.tab}>
              {names[name]}
            </Ariakit.Tab>
          ))}
        </Ariakit.TabList>
        <Ariakit.TabPanel tabId={snippet} className={styles.panel}>
          <pre tabIndex={0} aria-label={names[snippet]}>
            {text}
          </pre>
          <Button
            quiet
            onClick={() => {
              void navigator.clipboard.writeText(text);
              setCopied(true);
            }}
          >
            {copied ? t('common:range.copied') : t('common:copy')}
          </Button>
        </Ariakit.TabPanel>
      </Ariakit.TabProvider>
      <output className={styles.waiting}>
        <span className={styles.pulse} aria-hidden />
        {t('first.waiting')}
      </output>
    </section>
  );
}

const lookEveryMs = 700;
const storedKey = ['arrival', 'stored'];

interface Arrivals {
  readonly ids: readonly string[];
  /** What was there before anybody waited. */
  readonly known: readonly string[];
}

/**
 * The first trace that comes while this is shown. A span that was sent by hand is found by its id as soon as it is
 * acknowledged; of others the id is not known, and they are found when their trace is finished and stored.
 */
function useArrival(traceId: string): string | null {
  const byId = useQuery({
    queryKey: ['arrival', traceId],
    // Jaeger's way of asking for several: what is not there is no error.
    queryFn: async ({ signal }) =>
      ((await getJson(`${basePath}api/traces?traceID=${traceId}`, signal)) as { data: unknown[] | null }).data ?? [],
    refetchInterval: lookEveryMs,
  });
  const client = useQueryClient();
  const stored = useQuery({
    queryKey: storedKey,
    queryFn: async ({ signal }): Promise<Arrivals> => {
      const { traces } = await get('search', { params: { q: notDemo, from: 'now-15m', limit: 50 }, signal });
      const ids = traces.map((trace) => trace.traceId);
      return { ids, known: client.getQueryData<Arrivals>(storedKey)?.known ?? ids };
    },
    refetchInterval: lookEveryMs,
    gcTime: 0,
  });
  if ((byId.data?.length ?? 0) > 0) return traceId;
  return stored.data?.ids.find((id) => !stored.data.known.includes(id)) ?? null;
}

function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
