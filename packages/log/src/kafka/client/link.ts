import { LogError } from '../../errors.ts';
import { typeOf } from './errors.ts';
import { createCluster, REQUEST_TIMEOUT_MS, type Broker, type Cluster } from './kafkajs.ts';
import type { KafkaConnection } from './connection.ts';

/**
 * Connections to the brokers of a cluster, two to each: one for fetches, one for all else. A broker
 * answers one request of a connection after the other, so what may wait gets a link of its own.
 */
export interface Link {
  /** The brokers that lead these partitions, with the partitions. */
  leaders(topic: string, partitions: readonly number[]): Promise<Map<Broker, number[]>>;
  leader(topic: string, partition: number): Promise<Broker>;
  coordinator(group: string): Promise<Broker>;
  /** Some broker. */
  any(): Promise<Broker>;
  /** Numbers of the partitions; empty where there is no such topic. */
  partitions(topic: string): Promise<number[]>;
  /** Says that a request to this broker failed: the metadata is read again before the next one. */
  failed(broker: Broker | null, error: unknown): void;
  close(): Promise<void>;
}

/** What a broker answered, as opposed to a connection that broke. Its answers are LogErrors where we read them. */
const ANSWERED = /^[A-Z_]+$/;

/** @param requestTimeoutMs after which a broker that is silent is taken for dead */
export function openLink(
  connection: KafkaConnection,
  topics: readonly string[],
  requestTimeoutMs: number = REQUEST_TIMEOUT_MS,
): Link {
  const cluster: Cluster = createCluster(connection, requestTimeoutMs);
  let ready: Promise<void> | null = null;
  let closed = false;
  const leadersOf = new Map<string, Map<number, number>>();

  /** Connects or refreshes where that is due; whoever comes meanwhile waits for the same. */
  function connected(): Promise<void> {
    if (closed) throw new LogError('The connection to Kafka is closed.', false);
    if (ready === null) {
      const attempt = connect();
      attempt.catch(() => {
        if (ready === attempt) ready = null;
      });
      ready = attempt;
    }
    return ready;
  }

  async function connect(): Promise<void> {
    leadersOf.clear();
    await cluster.connect();
    // The first time it reads the metadata itself; that it does not do so again is why it is asked to.
    await cluster.addMultipleTargetTopics([...topics]);
    await cluster.refreshMetadata();
  }

  function leaderIds(topic: string): Map<number, number> {
    let ids = leadersOf.get(topic);
    if (ids === undefined) {
      ids = new Map(cluster.findTopicPartitionMetadata(topic).map(({ partitionId, leader }) => [partitionId, leader]));
      leadersOf.set(topic, ids);
    }
    return ids;
  }

  async function leaders(topic: string, partitions: readonly number[]): Promise<Map<Broker, number[]>> {
    await connected();
    const ids = leaderIds(topic);
    const grouped = new Map<number, number[]>();
    for (const partition of partitions) {
      const id = ids.get(partition) ?? -1;
      if (id < 0) {
        ready = null;
        throw new LogError(`${topic}/${partition} has no leader.`, true);
      }
      const group = grouped.get(id);
      if (group === undefined) grouped.set(id, [partition]);
      else group.push(partition);
    }
    const found = new Map<Broker, number[]>();
    for (const [nodeId, group] of grouped) found.set(await find(() => cluster.findBroker({ nodeId })), group);
    return found;
  }

  async function find(search: () => Promise<Broker>): Promise<Broker> {
    try {
      return await search();
    } catch (error) {
      ready = null;
      throw error;
    }
  }

  return {
    leaders,
    async leader(topic, partition) {
      const [broker] = (await leaders(topic, [partition])).keys();
      // It rejects where it finds none.
      return broker as Broker;
    },
    async coordinator(groupId) {
      await connected();
      return find(() => cluster.findGroupCoordinator({ groupId }));
    },
    async any() {
      await connected();
      return find(() => cluster.findControllerBroker());
    },
    async partitions(topic) {
      await connected();
      return [...leaderIds(topic).keys()].toSorted((a, b) => a - b);
    },
    failed(broker, error) {
      ready = null;
      if (broker === null || error instanceof LogError || ANSWERED.test(typeOf(error))) return;
      const { host, port } = broker.connectionPool;
      cluster.removeBroker({ host, port });
      // It waits for what is in progress, and nobody waits for it.
      broker.disconnect().catch(() => undefined);
    },
    async close() {
      if (closed) return;
      closed = true;
      await cluster.disconnect();
    },
  };
}
