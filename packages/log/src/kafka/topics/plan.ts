import type { StreamCut, Topic } from '../../port.ts';

/** What the topics are to be. */
export interface TopicOptions {
  /** Put before the names of topics. */
  readonly prefix: string;
  /** Of `spans` and of `traces`. */
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Copies that must have a record before it is acknowledged. */
  readonly minInsyncReplicas: number;
  readonly retentionMs: number;
  readonly cut: StreamCut;
}

export interface PlannedTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** A record may have 4 MiB; around it are the batch, and what lz4 adds to what it cannot compress. */
export const MAX_BATCH_BYTES: number = 4 * 1024 * 1024 + 128 * 1024;

export function topicName(prefix: string, topic: Topic): string {
  return `${prefix}${topic}`;
}

/** Holds the identity of the stream, and what every process must agree on. */
export function streamTopicName(prefix: string): string {
  return `${prefix}spans.stream`;
}

/** The topics as they must be, for `spanloom migrate --print` and for {@link createTopics}. */
export function plannedTopics(options: TopicOptions): PlannedTopic[] {
  const { prefix, partitions, replicationFactor } = options;
  const kept = {
    'min.insync.replicas': String(options.minInsyncReplicas),
    'unclean.leader.election.enable': 'false',
  };
  const stream = {
    ...kept,
    'cleanup.policy': 'delete',
    'max.message.bytes': String(MAX_BATCH_BYTES),
    'message.timestamp.type': 'LogAppendTime',
    'retention.bytes': '-1',
    'retention.ms': String(options.retentionMs),
  };
  return [
    { name: topicName(prefix, 'spans'), partitions, replicationFactor, configs: stream },
    { name: topicName(prefix, 'traces'), partitions, replicationFactor, configs: stream },
    { name: topicName(prefix, 'spans.dlq'), partitions: 1, replicationFactor, configs: stream },
    {
      name: streamTopicName(prefix),
      partitions: 1,
      replicationFactor,
      configs: { ...kept, 'cleanup.policy': 'compact' },
    },
  ];
}
