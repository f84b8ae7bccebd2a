import { LogError } from '../../errors.ts';
import { gathering, type Waiting } from '../client/gather.ts';
import type { Broker } from '../client/kafkajs.ts';
import { nameOf } from '../place.ts';
import { type PartitionBatch, type Produced, produceRequest } from '../wire/produce.ts';
import { sendRequest } from '../wire/request.ts';

/** Longer than the broker waits for its replicas: whose answer is late is asked again. */
const ACKNOWLEDGE_MS = 10_000;

/** Brokers take 100 MB; the answer to one is waited for before the next. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

/** A batch on its way to the leader of its partition. */
export interface Parcel extends PartitionBatch {
  /** Called immediately before the bytes are handed over; where it throws, this one stays behind. */
  readonly beforeSend: () => void;
}

/** Sends a batch, with those of other partitions that wait for the same broker. One of a partition at a time. */
export type Shipper = (broker: Broker, parcel: Parcel) => Promise<Produced>;

export function createShipper(): Shipper {
  const routes = new WeakMap<Broker, (parcel: Parcel) => Promise<Produced>>();
  return (broker, parcel) => {
    let route = routes.get(broker);
    if (route === undefined) {
      route = gathering(fitting, (together) => shipAll(broker, together));
      routes.set(broker, route);
    }
    return route(parcel);
  };
}

function fitting(waiting: readonly Waiting<Parcel, Produced>[]): number {
  let bytes = 0;
  const tooMany = waiting.findIndex(({ item }) => (bytes += item.batch.length) > MAX_REQUEST_BYTES);
  return tooMany === -1 ? waiting.length : Math.max(tooMany, 1);
}

async function shipAll(broker: Broker, together: readonly Waiting<Parcel, Produced>[]): Promise<void> {
  let sent: readonly Waiting<Parcel, Produced>[] = [];
  const answers = await sendRequest(
    broker.connectionPool,
    produceRequest({
      timeoutMs: ACKNOWLEDGE_MS,
      batches() {
        sent = together.filter(mayGo);
        if (sent.length === 0) throw new LogError('None of the batches may be sent any more.', true);
        return sent.map(({ item }) => item);
      },
    }),
  );
  for (const { item, resolve, reject } of sent) {
    const answer = answers.get(nameOf(item));
    if (answer === undefined) reject(new LogError(`Kafka did not answer for ${nameOf(item)}.`, true));
    else resolve(answer);
  }
}

function mayGo({ item, reject }: Waiting<Parcel, Produced>): boolean {
  try {
    item.beforeSend();
    return true;
  } catch (error) {
    reject(error);
    return false;
  }
}
