/** What is wrong with topics as they are; pure. */
import { MAX_BATCH_BYTES, streamTopicName, topicName } from './plan.ts';

/** A topic as the brokers describe it. */
export interface FoundTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Null where we may not read them. */
  readonly configs: ReadonlyMap<string, string> | null;
}

/** A setting that must be another. */
export interface TopicProblem {
  readonly topic: string;
  readonly setting: string;
  readonly found: string;
  readonly wanted: string;
}

export interface Findings {
  readonly problems: readonly TopicProblem[];
  readonly warnings: readonly string[];
}

export interface Wanted {
  readonly prefix: string;
  readonly partitions: number;
}

export function findProblems(found: readonly FoundTopic[], { prefix, partitions }: Wanted): Findings {
  const problems: TopicProblem[] = [];
  const warnings: string[] = [];
  const spans = topicName(prefix, 'spans');
  const traces = topicName(prefix, 'traces');
  const deadLetters = topicName(prefix, 'spans.dlq');
  const expected = new Map([
    [spans, partitions],
    [traces, partitions],
    [deadLetters, 1],
    [streamTopicName(prefix), 1],
  ]);
  for (const [name, count] of expected) {
    const topic = found.find((one) => one.name === name);
    if (topic === undefined) {
      problems.push({ topic: name, setting: 'topic', found: 'none', wanted: 'one' });
      continue;
    }
    if (topic.partitions !== count) {
      problems.push({ topic: name, setting: 'partitions', found: String(topic.partitions), wanted: String(count) });
    }
    if (topic.configs === null)
      warnings.push(`The settings of the topic ${name} may not be read, and are not checked.`);
    else checkConfigs(topic, topic.configs, name === streamTopicName(prefix) ? 'compact' : 'delete');
  }
  checkRetention();
  return { problems, warnings };

  function checkConfigs(topic: FoundTopic, configs: ReadonlyMap<string, string>, policy: 'compact' | 'delete'): void {
    const must = (setting: string, wanted: string, holds: (value: string) => boolean): void => {
      const value = configs.get(setting);
      if (value !== undefined && !holds(value)) problems.push({ topic: topic.name, setting, found: value, wanted });
    };
    must('cleanup.policy', policy, (value) => value === policy);
    must('unclean.leader.election.enable', 'false', (value) => value === 'false');
    const copies = topic.replicationFactor;
    must('min.insync.replicas', `at most ${copies}, of which there are copies`, (value) => Number(value) <= copies);
    if (copies > 1 && configs.get('min.insync.replicas') === '1') {
      warnings.push(
        `${topic.name} has ${copies} copies but acknowledges what one has (min.insync.replicas = 1): ` +
          'a broker that is lost can take acknowledged spans with it.',
      );
    }
    if (policy === 'compact') return;
    must('message.timestamp.type', 'LogAppendTime', (value) => value === 'LogAppendTime');
    must('max.message.bytes', `at least ${MAX_BATCH_BYTES}`, (value) => Number(value) >= MAX_BATCH_BYTES);
    must('retention.bytes', '-1: only their age lets records go', (value) => Number(value) < 0);
  }

  /** What is in `traces` is what tells whether a chunk of `spans` was assembled. */
  function checkRetention(): void {
    const of = (name: string): number | null => {
      const value = found.find((topic) => topic.name === name)?.configs?.get('retention.ms');
      if (value === undefined) return null;
      return Number(value) < 0 ? Number.POSITIVE_INFINITY : Number(value);
    };
    const [kept, needed] = [of(traces), of(spans)];
    if (kept === null || needed === null || kept >= needed) return;
    const wanted = `at least ${needed === Number.POSITIVE_INFINITY ? -1 : needed}, that of ${spans}`;
    problems.push({ topic: traces, setting: 'retention.ms', found: String(kept), wanted });
  }
}

/** For people: what was found, what must be, and what to do. */
export function describeProblems(problems: readonly TopicProblem[]): string {
  const lines = problems.map(({ topic, setting, found, wanted }) => {
    if (setting === 'topic') return `The topic ${topic} is missing. Run: spanloom migrate`;
    if (setting === 'partitions') {
      return (
        `The topic ${topic} has ${found} partitions, and must have ${wanted}: the count of a stream never changes. ` +
        'For another count, delete the topics and run: spanloom migrate --new-stream'
      );
    }
    const command = `kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config ${setting}=…`;
    return `The topic ${topic} has ${setting} = ${found}, and must have ${wanted}. Change it with: ${command}`;
  });
  return lines.join('\n');
}
