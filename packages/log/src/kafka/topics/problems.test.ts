import { expect, it } from 'vitest';
import { plannedTopics } from './plan.ts';
import { describeProblems, findProblems, type FoundTopic } from './problems.ts';

const options = {
  prefix: 'p_',
  partitions: 4,
  replicationFactor: 3,
  minInsyncReplicas: 2,
  retentionMs: 1_000,
  cut: { intervalMs: 1, maxSpans: 1, maxBytes: 1 },
};

function found(changes: Readonly<Record<string, Readonly<Record<string, string>>>> = {}): FoundTopic[] {
  return plannedTopics(options).map(({ configs, ...topic }) => ({
    ...topic,
    configs: new Map(Object.entries({ ...configs, ...changes[topic.name] })),
  }));
}

const wanted = { prefix: 'p_', partitions: 4 };

it('finds nothing wrong with what is planned', () => {
  expect(findProblems(found(), wanted)).toEqual({ problems: [], warnings: [] });
});

it.each([
  ['p_spans', 'cleanup.policy', 'compact', 'delete'],
  ['p_spans.dlq', 'cleanup.policy', 'compact,delete', 'delete'],
  ['p_spans.stream', 'cleanup.policy', 'delete', 'compact'],
  ['p_traces', 'message.timestamp.type', 'CreateTime', 'LogAppendTime'],
  ['p_spans', 'max.message.bytes', '1048588', 'at least 4325376'],
  ['p_spans', 'unclean.leader.election.enable', 'true', 'false'],
  ['p_traces', 'min.insync.replicas', '4', 'at most 3, of which there are copies'],
  ['p_spans', 'retention.bytes', '1000000', '-1: only their age lets records go'],
  ['p_traces', 'retention.ms', '999', 'at least 1000, that of p_spans'],
])('finds %s with %s = %s', (topic, setting, value, must) => {
  const { problems } = findProblems(found({ [topic]: { [setting]: value } }), wanted);
  expect(problems).toEqual([{ topic, setting, found: value, wanted: must }]);
  expect(describeProblems(problems)).toContain(`${topic} has ${setting} = ${value}, and must have ${must}`);
});

it('wants traces to be kept for ever where spans are', () => {
  const { problems } = findProblems(found({ p_spans: { 'retention.ms': '-1' } }), wanted);
  expect(problems).toMatchObject([{ topic: 'p_traces', wanted: 'at least -1, that of p_spans' }]);
  const both = found({ p_spans: { 'retention.ms': '-1' }, p_traces: { 'retention.ms': '-1' } });
  expect(findProblems(both, wanted).problems).toEqual([]);
});

it('warns of one acknowledged copy of several, and of what it may not read', () => {
  const one = findProblems(found({ p_spans: { 'min.insync.replicas': '1' } }), wanted);
  expect(one.problems).toEqual([]);
  expect(one.warnings).toEqual([expect.stringContaining('p_spans has 3 copies but acknowledges what one has')]);
  const unread = found().map((topic) => ({ ...topic, configs: null }));
  expect(findProblems(unread, wanted)).toMatchObject({ problems: [], warnings: { length: 4 } });
});
