import { randomBytes } from 'node:crypto';

import { type PlannedTopic, type TopicOptions, createTopics, plannedTopics } from '@spanloom/log';
import { kafkaConnectionOf, prefixOf } from '@spanloom/ports';
import { type Config, systemClock } from '@spanloom/runtime';

import type { MigrationStep } from './step.ts';

/** The topics, and the stream that they hold. With `newStream` another one begins where there is one. */
export function topicsStep(config: Config, newStream: boolean): MigrationStep {
  const name = 'kafka';
  if (config.kafkaBrokers === '') {
    const nothing = 'the embedded log makes itself at the first start: nothing to do';
    return {
      name,
      plan: () => [`# ${nothing}`],
      async *apply() {
        yield nothing;
      },
    };
  }
  const options = topicsOf(config);
  return {
    name,
    plan: () => [
      '# The stream, which is a record in the last of them, is made by "spanloom migrate", which may then run with',
      '# no right but to read and write these topics.',
      `: "\${KAFKA_BOOTSTRAP:=${config.kafkaBrokers.split(',')[0] ?? ''}}"`,
      ...plannedTopics(options).map(createCommand),
    ],
    async *apply() {
      const warnings: string[] = [];
      const { stream, created } = await createTopics({
        ...options,
        connection: kafkaConnectionOf(config, systemClock),
        clock: systemClock,
        random: randomBytes,
        newStream,
        onWarning: (message) => warnings.push(message),
      });
      for (const { name: topic } of plannedTopics(options)) {
        yield `topic ${topic}: ${created.includes(topic) ? 'made' : 'is there'}`;
      }
      yield* warnings;
      yield `stream ${stream.id}: ${stream.partitions} partitions, a cut every ${stream.cut.intervalMs} ms`;
    },
  };
}

/** Batches of all partitions together are no more than 16 a second. */
const cutsPerSecond = 16;

function topicsOf(config: Config): TopicOptions {
  const partitions = config.kafkaPartitions;
  return {
    prefix: prefixOf(config),
    partitions,
    replicationFactor: config.kafkaReplicationFactor,
    minInsyncReplicas: config.kafkaMinInsyncReplicas,
    retentionMs: config.logRetention,
    cut: {
      intervalMs: Math.max(config.cutInterval, Math.ceil((partitions / cutsPerSecond) * 1000)),
      maxSpans: config.cutMaxSpans,
      maxBytes: config.cutMaxBytes,
    },
  };
}

function createCommand({ name, partitions, replicationFactor, configs }: PlannedTopic): string {
  const settings = Object.entries(configs).map(([setting, value]) => `--config ${setting}=${value}`);
  return [
    'kafka-topics.sh --bootstrap-server "$KAFKA_BOOTSTRAP" ${KAFKA_COMMAND_CONFIG:+--command-config "$KAFKA_COMMAND_CONFIG"}',
    `--create --if-not-exists --topic ${name} --partitions ${partitions} --replication-factor ${replicationFactor}`,
    ...settings,
  ].join(' \\\n  ');
}
