import * as Ariakit from '@ariakit/react';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { intakePort } from '../../base.ts';
import type { Service } from '../../format/service.ts';
import { Button } from '../../ui/button.tsx';
import styles from './first-span.module.css';
import { type SnippetName, snippetNames } from './snippet-names.ts';
import { snippets } from './snippets.ts';
import { useArrival } from './use-arrival.ts';

export interface FirstSpanProps {
  readonly snippet: SnippetName;
  readonly onSnippet: (name: SnippetName) => void;
  /** What sends spans already: its traces are not waited for. */
  readonly services: readonly Service[];
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
export function FirstSpan({ snippet, onSnippet, services }: FirstSpanProps) {
  const { t } = useTranslation(['search', 'common']);
  const navigate = useNavigate();
  const [traceId] = useState(randomId);
  const [copied, setCopied] = useState(false);
  const arrived = useArrival(traceId, services);
  const { traceId: arrivedId, besideDemo = false } = arrived ?? {};
  const router = useRouter();
  // The page of a trace is there before a trace is.
  useEffect(() => {
    void router.preloadRoute({ to: '/trace/$traceId', params: { traceId } });
  }, [router, traceId]);
  useEffect(() => {
    if (arrivedId === undefined) return;
    void navigate({
      to: '/trace/$traceId',
      params: { traceId: arrivedId },
      search: besideDemo ? { first: true } : {},
    });
  }, [arrivedId, besideDemo, navigate]);
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

function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
