import * as Ariakit from '@ariakit/react';
import { type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { nowMs } from '../clock.ts';
import { localTime } from '../format/time.ts';
import { Button } from './button.tsx';
import { type Range, fixedHref, momentMs, momentText, quickRanges, relativeLength } from './range.ts';
import styles from './range-picker.module.css';

export interface RangePickerProps {
  readonly range: Range;
  readonly onChange: (range: Range) => void;
}

/** The window of a page: relative, and staying so, or between two moments. */
export function RangePicker({ range, onChange }: RangePickerProps) {
  const { t, i18n } = useTranslation();
  const popover = Ariakit.usePopoverStore();
  const [text, setText] = useState(range);
  const [problem, setProblem] = useState<string | null>(null);
  const [copied, setCopied] = useState(false);
  const said = (from: string) => {
    const length = relativeLength(from);
    return length === null ? from : t('range.last', { range: t(`range.${length.unit}`, { count: length.count }) });
  };
  const moment = (at: string) =>
    at === 'now' ? t('range.now') : localTime(momentMs(at, nowMs()) ?? nowMs(), nowMs(), i18n.language);
  const label =
    range.to === 'now' && relativeLength(range.from) !== null
      ? said(range.from)
      : `${moment(range.from)} – ${moment(range.to)}`;
  const choose = (next: Range) => {
    setProblem(null);
    popover.hide();
    onChange(next);
  };
  const apply = (event: SubmitEvent) => {
    event.preventDefault();
    const [from, to] = [momentText(text.from, nowMs()), momentText(text.to, nowMs())];
    if (from === null || to === null) return setProblem(t('range.invalid'));
    if ((momentMs(from, nowMs()) ?? 0) >= (momentMs(to, nowMs()) ?? 0)) return setProblem(t('range.order'));
    choose({ from, to });
  };
  const copyFixed = async () => {
    await navigator.clipboard.writeText(fixedHref(location.href, nowMs()));
    setCopied(true);
  };
  return (
    <Ariakit.PopoverProvider store={popover}>
      <Ariakit.PopoverDisclosure
        className={styles.button}
        aria-label={`${t('range.label')}: ${label}`}
        onClick={() => {
          setText(range);
          setCopied(false);
        }}
      >
        <span aria-hidden>◷ </span>
        {label}
      </Ariakit.PopoverDisclosure>
      <Ariakit.Popover className={styles.popover} gutter={4} portal unmountOnHide aria-label={t('range.label')}>
        <ul className={styles.quick}>
          {quickRanges.map((from) => (
            <li key={from}>
              <Button
                quiet
                pressed={range.from === from && range.to === 'now'}
                onClick={() => choose({ from, to: 'now' })}
              >
                {said(from)}
              </Button>
            </li>
          ))}
        </ul>
        <form className={styles.form} onSubmit={apply}>
          <label>
            {t('range.from')}
            <input value={text.from} onChange={(event) => setText({ ...text, from: event.target.value })} />
          </label>
          <label>
            {t('range.to')}
            <input value={text.to} onChange={(event) => setText({ ...text, to: event.target.value })} />
          </label>
          {problem !== null && (
            <p role="alert" className={styles.problem}>
              {problem}
            </p>
          )}
          <Button type="submit">{t('range.apply')}</Button>
          <Button quiet onClick={() => void copyFixed()}>
            {copied ? t('range.copied') : t('range.copyFixed')}
          </Button>
        </form>
      </Ariakit.Popover>
    </Ariakit.PopoverProvider>
  );
}
