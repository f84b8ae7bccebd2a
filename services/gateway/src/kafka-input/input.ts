import type { Log } from '@spanloom/log';
import type { Registry } from '@spanloom/runtime';
import type { Clock } from '@spanloom/span';
import kafkajs from 'kafkajs';
import type { EachBatchPayload, KafkaConfig } from 'kafkajs';
import type { Admission } from '../admission.ts';
import type { Intake } from '../intake.ts';
import type { GatewayLogger } from '../logger.ts';
import { handleBatch } from './batch.ts';
import type { BatchOptions } from './batch.ts';
import { registerCodecs, UnreadableCompressionError } from './codecs.ts';
import { createDeadLetters } from './dead-letters.ts';
import { lookUpBounds, lookUpGroup } from './look-up.ts';
import { createInputMetrics } from './metrics.ts';
import { judge, sentenceOf } from './positions.ts';
import type { Position } from './positions.ts';
import { refuseOwnTopics } from './settings.ts';

/** Where collectors write, and how. */
export interface KafkaInputConfig {
  /** Brokers and how to get in. Whatever it says about logging is overridden. */
  readonly kafka: KafkaConfig;
  readonly topics: readonly string[];
  /** The `encoding` of the collectors' exporter, the same for all topics. */
  readonly format: 'otlp_proto' | 'otlp_json';
  /** Put before the group's name, `gateway`. */
  readonly prefix: string;
  /** Silence after which the group gives our partitions to others. */
  readonly sessionTimeoutMs: number;
}

export interface KafkaInputOptions {
  readonly config: KafkaInputConfig;
  readonly log: Pick<Log, 'append'>;
  readonly intake: Pick<Intake, 'accept'>;
  readonly admission: Pick<Admission, 'enter'>;
  readonly maxRequestBytes: number;
  readonly registry: Registry;
  readonly logger: GatewayLogger;
  readonly clock: Clock;
}

/** Reads the topics of OpenTelemetry collectors into `spans`. */
export interface KafkaInput {
  /** Resolves when it reads. Rejects with a UserError where a topic is missing or our own. */
  start(): Promise<void>;
  /** Rejects when the consumer died for good: the process must exit. */
  ended(): Promise<never>;
  /** Finishes and commits what is inside, and leaves the group. */
  stop(): Promise<void>;
  /** Null, or why nothing is read at the moment. */
  problem(): string | null;
}

/** Below this a refusal is everyday back-pressure. */
const worryingWaitMs = 15_000;

const fetchLimits = {
  // Measured: half of the CPU that the defaults cost.
  maxBytesPerPartition: 512 * 1024,
  maxBytes: 4 * 1024 * 1024,
  // Idle, kafkajs beats once in this time at best.
  maxWaitTimeInMs: 300,
};

export function createKafkaInput(options: KafkaInputOptions): KafkaInput {
  const { config, logger, clock } = options;
  const { topics, prefix, sessionTimeoutMs } = config;
  refuseOwnTopics(topics, prefix);
  registerCodecs();
  const groupId = `${prefix}gateway`;
  const metrics = createInputMetrics(options.registry);
  const kafka = new kafkajs.Kafka({
    ...config.kafka,
    logLevel: kafkajs.logLevel.ERROR,
    logCreator: errorsTo(logger),
  });
  const heartbeatMs = Math.min(3000, Math.floor(sessionTimeoutMs / 5));
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: Math.max(60_000, sessionTimeoutMs),
    heartbeatInterval: heartbeatMs,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 100, maxRetryTime: 5000, retries: 10 },
    ...fetchLimits,
  });
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  /** The offset after the last one that was handled since the group was joined, by partition. */
  let handled = new Map<string, number>();
  let broken: string | null = 'The Kafka input has not joined its group yet.';
  let waiting: { readonly reason: string; readonly sinceMs: number } | null = null;
  let die: (error: Error) => void = () => undefined;
  const death = new Promise<never>((_, reject) => (die = reject));
  death.catch(() => undefined);

  const batchOptions: BatchOptions = {
    ...options,
    format: config.format === 'otlp_json' ? 'json' : 'protobuf',
    bury: createDeadLetters(options.log),
    metrics,
    heartbeatMs,
    stopping: stopping.signal,
    onWaiting(reason) {
      if (reason === null) waiting = null;
      else waiting = { reason, sinceMs: waiting?.sinceMs ?? clock.now() };
    },
  };

  function report(position: Position): void {
    const finding = judge(position);
    if (finding.type === 'expired') metrics.expired(position.topic, finding.records);
    const sentence = sentenceOf(position, finding);
    if (sentence !== null) logger.error({ ...position }, sentence);
  }

  /** Sees where kafkajs has jumped by itself because the topic no longer had what we asked for. */
  async function checkJump(topic: string, partition: number, first: number): Promise<void> {
    const next = handled.get(`${topic}/${partition}`);
    if (next === undefined || next === first) return;
    report({ topic, partition, next, ...(await lookUpBounds({ kafka, clock }, topic, partition)) });
  }

  async function handle(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    await checkJump(topic, partition, Number(messages[0]?.offset));
    await handleBatch(payload, batchOptions);
    handled.set(`${topic}/${partition}`, Number(payload.batch.lastOffset()) + 1);
  }

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    if (stopping.signal.aborted) return;
    const handling = handle(payload);
    running.add(handling);
    await handling.finally(() => running.delete(handling));
  }

  consumer.on(consumer.events.GROUP_JOIN, () => {
    broken = null;
    handled = new Map();
    metrics.forgetLag();
  });
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    const unreadable = causeOf(error);
    const message =
      unreadable === null
        ? error.message
        : `In ${topics.length === 1 ? 'the topic' : 'one of the topics'} ${topics.join(', ')}: ${unreadable.message}`;
    const told = broken;
    broken = `The Kafka input does not read: ${message}`;
    if (told !== broken) logger.error({ err: error, topics, restart }, broken);
    if (!restart) die(new Error(message, { cause: error }));
  });

  return {
    async start() {
      for (const position of await lookUpGroup({ kafka, clock }, groupId, topics)) report(position);
      try {
        await consumer.connect();
        // Also for partitions that a topic gets later: the default would skip what is in them by then.
        await consumer.subscribe({ topics: [...topics], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          // Batches of several partitions share the appends to `spans`.
          partitionsConsumedConcurrently: 4,
          eachBatch,
        });
      } catch (error) {
        await consumer.disconnect();
        throw error;
      }
    },
    ended: () => death,
    async stop() {
      stopping.abort();
      // A consumer that has crashed refuses to.
      if (broken === null) consumer.pause(topics.map((topic) => ({ topic })));
      // Once kafkajs stops it answers commits without making them: so they come first.
      await Promise.allSettled(running);
      await consumer.disconnect();
    },
    problem() {
      if (broken !== null) return broken;
      if (waiting === null || clock.now() - waiting.sinceMs < worryingWaitMs) return null;
      return `The Kafka input waits: ${waiting.reason}`;
    },
  };
}

function causeOf(error: unknown): UnreadableCompressionError | null {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof UnreadableCompressionError) return at;
  return null;
}

/** What kafkajs does by itself, such as resetting a position. What it says of connections comes by the dozen; a crash tells. */
const telling = ['ConsumerGroup', 'Runner'];

function errorsTo(logger: GatewayLogger): NonNullable<KafkaConfig['logCreator']> {
  return () => (entry) => {
    if (entry.level !== kafkajs.logLevel.ERROR || !telling.includes(entry.namespace)) return;
    const { message, timestamp: _, logger: __, ...fields } = entry.log;
    logger.error({ namespace: entry.namespace, ...fields }, `Kafka input: ${message}`);
  };
}
