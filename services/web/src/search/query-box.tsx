import * as Ariakit from '@ariakit/react';
import { useQuery } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import { type KeyboardEvent, type SyntheticEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { ApiFailure } from '../api/client.ts';
import { get } from '../api/client.ts';
import { useShortcuts } from '../keyboard/keyboard.tsx';
import { Button } from '../ui/button.tsx';
import { type Proposal, accepted, completingAt, proposals } from './completion.ts';
import styles from './query-box.module.css';

export interface QueryBoxProps {
  /** The query that is shown; what is typed is nobody's business until it is submitted. */
  readonly query: string;
  readonly onSubmit: (query: string) => void;
  /** What the API said of `query`. */
  readonly failure?: ApiFailure | null;
}

/** The query language, with names and values to choose from, and the wrong word underlined. */
export function QueryBox({ query, onSubmit, failure = null }: QueryBoxProps) {
  const { t } = useTranslation(['search', 'common']);
  const [text, setText] = useState(query);
  const [caret, setCaret] = useState<number | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const store = Ariakit.useComboboxStore();
  const [taken, setTaken] = useState(query);
  if (taken !== query) {
    setTaken(query);
    setText(query);
  }
  useFocusOnArrival(input);
  useShortcuts([{ keys: ['/'], label: t('common:keys.query'), run: () => input.current?.select() }]);

  const place = completingAt(text, caret ?? text.length);
  const offered = useProposals(place, caret !== null);
  const shownFailure = text === query ? failure : null;

  // After a proposal was taken, where its end is now.
  const nextCaret = useRef<number | null>(null);
  useLayoutEffect(() => {
    const element = input.current;
    if (element === null) return;
    if (nextCaret.current !== null) {
      element.setSelectionRange(nextCaret.current, nextCaret.current);
      nextCaret.current = null;
    }
    if (mirror.current !== null) mirror.current.scrollLeft = element.scrollLeft;
  });

  const accept = (proposal: Proposal) => {
    const next = accepted(text, place, proposal);
    setText(next.query);
    setCaret(next.caret);
    nextCaret.current = next.caret;
    input.current?.focus();
    store.show();
  };
  const submit = (next = text) => {
    store.hide();
    setText(next);
    onSubmit(next.trim());
  };
  const follow = (event: SyntheticEvent<HTMLInputElement>) => setCaret(event.currentTarget.selectionStart);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const { open, activeId } = store.getState();
    const first = offered[0];
    if (
      event.key === 'Tab' &&
      !event.shiftKey &&
      open &&
      first !== undefined &&
      place.typed !== '' &&
      activeId === null
    ) {
      event.preventDefault();
      accept(first);
    }
    if (event.key === 'Enter' && (!open || activeId === null)) {
      submit();
      // From here on keys are for the results.
      event.currentTarget.blur();
    }
    if (event.key === 'Escape' && !open) event.currentTarget.blur();
  };
  return (
    <search className={styles.box}>
      <div className={styles.line}>
        <div className={styles.field}>
          <div ref={mirror} className={styles.mirror} aria-hidden data-may-cut>
            {marked(text, shownFailure?.part ?? null)}
          </div>
          <Ariakit.Combobox
            ref={input}
            store={store}
            className={styles.input}
            aria-label={t('query.label')}
            placeholder={t('query.placeholder')}
            autoComplete="none"
            spellCheck={false}
            autoCapitalize="off"
            value={text}
            showOnChange={false}
            showOnClick={false}
            showOnKeyPress={false}
            setValueOnChange={false}
            {...(shownFailure === null ? {} : { 'aria-invalid': true, 'aria-describedby': 'query-problem' })}
            onChange={(event) => {
              setText(event.target.value);
              follow(event);
              store.setActiveId(null);
              store.show();
            }}
            onSelect={follow}
            onClick={() => store.show()}
            onKeyDown={onKeyDown}
            onScroll={(event) => {
              if (mirror.current !== null) mirror.current.scrollLeft = event.currentTarget.scrollLeft;
            }}
          />
          <Ariakit.ComboboxPopover
            store={store}
            className={styles.popover}
            aria-label={t('query.proposals')}
            gutter={4}
            hidden={offered.length === 0}
            getAnchorRect={() => caretRect(mirror.current, input.current, place.from)}
            unmountOnHide
          >
            {offered.map((proposal) => (
              <Ariakit.ComboboxItem
                key={proposal.text}
                className={styles.item}
                focusOnHover
                hideOnClick={false}
                setValueOnClick={false}
                onClick={() => accept(proposal)}
              >
                <span className={styles.name}>{proposal.text}</span>
                {proposal.help !== '' && <span className={styles.help}>{proposal.help}</span>}
              </Ariakit.ComboboxItem>
            ))}
          </Ariakit.ComboboxPopover>
        </div>
        <Button onClick={() => submit()}>{t('query.submit')}</Button>
      </div>
      {shownFailure !== null && (
        <p id="query-problem" role="alert" className={styles.problem}>
          {shownFailure.message}
          {shownFailure.nearest !== null && shownFailure.part !== null && (
            <Button
              quiet
              onClick={() =>
                submit(replaced(text, shownFailure.part ?? { from: 0, to: 0 }, shownFailure.nearest ?? ''))
              }
            >
              {t('query.use', { word: shownFailure.nearest })}
            </Button>
          )}
        </p>
      )}
    </search>
  );
}

interface Part {
  readonly from: number;
  readonly to: number;
}

function replaced(text: string, { from, to }: Part, word: string): string {
  return text.slice(0, from) + word + text.slice(to);
}

/** The text as it stands behind the field, with what is wrong of it underlined. */
function marked(text: string, part: Part | null) {
  if (part === null) return text;
  // At the end of the query something is missing: a place to underline all the same.
  const wrong = text.slice(part.from, part.to) || '\u00A0\u00A0';
  return (
    <>
      {text.slice(0, part.from)}
      <span className={styles.wrong}>{wrong}</span>
      {text.slice(part.to)}
    </>
  );
}

/** Where the word begins that is completed: below it the proposals appear. */
function caretRect(mirror: HTMLElement | null, input: HTMLElement | null, at: number) {
  const rect = (input ?? mirror)?.getBoundingClientRect();
  const node = mirror?.firstChild;
  if (rect === undefined || node === null || node === undefined || node.nodeType !== Node.TEXT_NODE)
    return rect ?? null;
  const range = document.createRange();
  range.setStart(node, Math.min(at, node.textContent?.length ?? 0));
  range.collapse(true);
  const { left } = range.getBoundingClientRect();
  return { x: left === 0 ? rect.x : left, y: rect.y, width: 0, height: rect.height };
}

/** Names are loaded once, values once for each field: what is typed only chooses among them. */
const maxLoaded = 1000;

function useProposals(place: ReturnType<typeof completingAt>, active: boolean): readonly Proposal[] {
  const fields = useQuery({
    queryKey: ['fields'],
    queryFn: async ({ signal }) => (await get('fields', { params: { limit: maxLoaded }, signal })).fields,
    staleTime: 60_000,
  });
  const isKnown = fields.data?.some(({ name }) => name === place.field) ?? false;
  const values = useQuery({
    queryKey: ['values', place.field],
    queryFn: async ({ signal }) =>
      (await get('fields/{name}/values', { path: { name: place.field }, params: { limit: maxLoaded }, signal })).values,
    staleTime: 60_000,
    // Of what is half written there are no values.
    enabled: active && isKnown && (place.want === 'value' || place.want === 'operator'),
  });
  return active ? proposals(place, fields.data ?? [], values.data ?? []) : [];
}

/** A page that somebody came to in order to write a query. */
function useFocusOnArrival(input: { readonly current: HTMLInputElement | null }): void {
  const wanted = useRouterState({ select: ({ location }) => 'focusQuery' in location.state });
  useEffect(() => {
    if (wanted) input.current?.focus();
  }, [wanted, input]);
}
