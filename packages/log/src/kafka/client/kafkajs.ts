/**
 * kafkajs is used for connections, logins, metadata, groups and administration. It has no public
 * way to its connections but the cluster that it hands to the factory of a partition assigner, so a
 * consumer that never runs is where ours come from.
 */
import { createRequire } from 'node:module';
import kafkajs, { type KafkaConfig } from 'kafkajs';
import { LogError } from '../../errors.ts';
import type { Connections } from '../wire/request.ts';
import type { KafkaConnection, KafkaLogin } from './connection.ts';

/** The parts of a broker in kafkajs that are used here; not all of them are in its types. */
export interface Broker {
  readonly nodeId: number;
  readonly connectionPool: Connections;
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>> | null;
  disconnect(): Promise<void>;
  initProducerId(request: { transactionTimeout: number }): Promise<{ producerId: string; producerEpoch: number }>;
  listOffsets(request: {
    isolationLevel: number;
    topics: { topic: string; partitions: { partition: number; timestamp: number }[] }[];
  }): Promise<{ responses: { partitions: { partition: number; offset: string }[] }[] }>;
  joinGroup(request: {
    groupId: string;
    sessionTimeout: number;
    rebalanceTimeout: number;
    memberId: string;
    groupProtocols: { name: string; metadata: Buffer }[];
  }): Promise<JoinedGroup>;
  syncGroup(request: {
    groupId: string;
    generationId: number;
    memberId: string;
    groupAssignment: { memberId: string; memberAssignment: Buffer }[];
  }): Promise<{ memberAssignment: Buffer }>;
  heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
  offsetCommit(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: { topic: string; partitions: { partition: number; offset: string; metadata: string }[] }[];
  }): Promise<unknown>;
  offsetFetch(request: { groupId: string; topics: { topic: string; partitions: { partition: number }[] }[] }): Promise<{
    responses: { partitions: { partition: number; offset: string; metadata: string | null }[] }[];
  }>;
}

export interface JoinedGroup {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

export interface Cluster {
  connect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  addMultipleTargetTopics(topics: string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
  findBroker(node: { nodeId: number }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  findGroupCoordinator(group: { groupId: string }): Promise<Broker>;
  removeBroker(address: { host: string; port: number }): void;
  disconnect(): Promise<void>;
}

/** Longer than a broker needs for anything that it is not asked to wait for. */
export const REQUEST_TIMEOUT_MS = 15_000;

/** What kafkajs needs of a connection; clients made of it sleep while they are idle. */
export function kafkaConfigOf(connection: KafkaConnection, requestTimeoutMs: number = REQUEST_TIMEOUT_MS): KafkaConfig {
  sleepWhereNothingWaits();
  const config: KafkaConfig = {
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    // What matters is thrown, and told by whoever catches it.
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: 5_000,
    requestTimeout: requestTimeoutMs,
    // Whoever asks tries again, with a deadline and a clock of its own.
    retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 300 },
  };
  // An empty object asks for TLS with the machine's authorities.
  if (connection.ssl !== undefined && connection.ssl !== false) config.ssl = { ...connection.ssl };
  if (connection.sasl !== undefined) config.sasl = toSasl(connection.sasl);
  return config;
}

export function createKafka(connection: KafkaConnection, requestTimeoutMs?: number): kafkajs.Kafka {
  return new kafkajs.Kafka(kafkaConfigOf(connection, requestTimeoutMs));
}

function toSasl(login: KafkaLogin): NonNullable<KafkaConfig['sasl']> {
  if (login.mechanism === 'oauthbearer') {
    return { mechanism: login.mechanism, oauthBearerProvider: async () => ({ value: await login.token() }) };
  }
  return { ...login };
}

export function createCluster(connection: KafkaConnection, requestTimeoutMs: number): Cluster {
  let cluster: unknown;
  createKafka(connection, requestTimeoutMs).consumer({
    groupId: 'none',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (given) => {
        ({ cluster } = given);
        return {
          name: '',
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: '', metadata: Buffer.alloc(0) }),
        };
      },
    ],
  });
  if (cluster === undefined) throw new LogError('This version of kafkajs hands out no cluster.', false);
  // Its types leave out much of what is there; the version is pinned for that.
  return cluster as Cluster;
}

/**
 * In kafkajs 2.2.4 every connection that was ever used sets a timer of a negative time, again and
 * again: a thousand wake-ups a second and 3 % of a core each, and there are several to each broker.
 * A timer is needed only where requests wait.
 */
function sleepWhereNothingWaits(): void {
  const queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    prototype: { scheduleCheckPendingRequests(this: { pending: readonly unknown[] }): void; [patched]?: true };
  };
  const { prototype } = queue;
  if (prototype[patched] === true) return;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleWhereSomethingWaits() {
    if (this.pending.length > 0) schedule.call(this);
  };
  prototype[patched] = true;
}

const patched: unique symbol = Symbol('spanloom');
