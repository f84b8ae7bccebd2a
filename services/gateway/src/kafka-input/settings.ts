import { UserError } from '@spanloom/runtime';

/** The setting `kafka-input-topics`: names, comma-separated. */
export function inputTopicsOf(setting: string): string[] {
  return [...new Set(setting.split(',').map((name) => name.trim()))].filter((name) => name !== '');
}

/** Throws a {@link UserError} for a topic that is Spanloom's own: what the gateway writes it must not read. */
export function refuseOwnTopics(topics: readonly string[], prefix: string): void {
  const own = ['spans', 'traces', 'spans.dlq'].map((name) => `${prefix}${name}`);
  const taken = topics.find((topic) => own.includes(topic));
  if (taken === undefined) return;
  throw new UserError(`kafka-input-topics names ${taken}, which is a topic of Spanloom itself.`, {
    hint: 'Have the collectors write another topic, or give Spanloom a prefix.',
  });
}
