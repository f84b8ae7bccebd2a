import type { Config } from '@spanloom/runtime';

import type { MigrationStep } from './step.ts';

type Operation = 'Read' | 'Write' | 'Describe' | 'DescribeConfigs';

/** What a service does with topics and with its consumer group. */
interface KafkaAccess {
  readonly topics: Readonly<Record<string, readonly Operation[]>>;
  /** Its name without the prefix. */
  readonly group?: string;
}

const look: readonly Operation[] = ['Describe', 'DescribeConfigs'];

/** Ticks are why the assembler writes to `spans`; dead letters are why others write to `spans.dlq`. */
const accesses: Readonly<Record<string, KafkaAccess>> = {
  gateway: { topics: { spans: ['Write', ...look], 'spans.dlq': ['Write', ...look] }, group: 'gateway' },
  assembler: {
    topics: {
      spans: ['Read', 'Write', ...look],
      traces: ['Read', 'Write', ...look],
      'spans.dlq': ['Write', ...look],
    },
    group: 'assembler',
  },
  sink: { topics: { traces: ['Read', ...look], 'spans.dlq': ['Write', ...look] }, group: 'sink' },
  // Of dead letters the page shows how many there are.
  query: { topics: { spans: ['Read', ...look], traces: ['Read', ...look], 'spans.dlq': look } },
  audit: {
    topics: { spans: ['Read', ...look], traces: ['Read', ...look], 'spans.dlq': ['Read', ...look] },
  },
};

const command =
  'kafka-acls.sh --bootstrap-server "$KAFKA_BOOTSTRAP" ${KAFKA_COMMAND_CONFIG:+--command-config "$KAFKA_COMMAND_CONFIG"}';

/** Rights at Kafka, which only an administrator gives: there is a script, and nothing to apply. */
export function kafkaAclsStep(config: Config): MigrationStep {
  return {
    name: 'kafka rights',
    plan: () => (config.kafkaBrokers === '' ? ['# the embedded log has no rights to give'] : script(config)),
    async *apply() {},
  };
}

function script(config: Config): string[] {
  const inputs = config.kafkaInputTopics.split(',').flatMap((topic) => (topic.trim() === '' ? [] : [topic.trim()]));
  return [
    '# Only where the brokers authorize. Principals are User:spanloom-SERVICE: change them to yours.',
    `: "\${KAFKA_BOOTSTRAP:=${config.kafkaBrokers.split(',')[0] ?? ''}}"`,
    ...Object.entries(accesses).flatMap(([service, { topics, group }]) => [
      '',
      ...Object.entries({ ...topics, 'spans.stream': ['Read', ...look] as const }).map(([topic, operations]) =>
        allow(service, operations, `--topic ${literal(config.prefix + topic)}`),
      ),
      ...(service === 'gateway'
        ? inputs.map((topic) => allow(service, ['Read', ...look], `--topic ${literal(topic)}`))
        : []),
      ...(group === undefined || (service === 'gateway' && inputs.length === 0)
        ? []
        : [allow(service, ['Read', 'Describe'], `--group ${literal(config.prefix + group)}`)]),
    ]),
  ];
}

function allow(service: string, operations: readonly Operation[], resource: string): string {
  const what = operations.map((operation) => `--operation ${operation}`).join(' ');
  return `${command} --add --allow-principal User:spanloom-${service} ${what} ${resource}`;
}

function literal(name: string): string {
  return `'${name.replaceAll("'", "'\\''")}'`;
}
