import type { EdgeFigures, EdgeKind } from '../figures.ts';
import { addToBucket, bucketIndex } from '../histogram.ts';
import type { Service } from '../service.ts';
import type { TraceId } from '../span.ts';
import { SpanKind, StatusCode } from '../span.ts';
import type { SpanTable } from '../table.ts';
import { PeerKind } from '../table.ts';
import { boundedSum } from './bounded-sum.ts';
import { BucketSums } from './bucket-sums.ts';
import type { CallVisitor } from './calls.ts';
import { KeyedSums } from './keyed-sums.ts';

/** The service that stands for the other side of a call that has no span and names no peer. */
export const unknownPeer = '(unknown)';

const kinds: readonly EdgeKind[] = ['rpc', 'messaging', 'database', 'external', 'entry'];
const kindCode = {
  rpc: 0,
  messaging: 1,
  database: 2,
  external: 3,
  entry: 4,
} as const satisfies Record<EdgeKind, number>;

/** What the two middle parts of a key are: services, or strings that name a peer. */
const Sides = {
  services: 0,
  serverIsPeer: 1,
  clientIsPeer: 2,
  serverUnknown: 3,
  noClient: 4,
} as const;
type Sides = (typeof Sides)[keyof typeof Sides];

const Sum = { calls: 0, sampledCalls: 1, clientErrors: 2, serverErrors: 3, unpaired: 4 } as const;
const Side = { client: 0, server: 1 } as const;

/** Sums calls by minute, both sides, kind and operation. */
export class EdgeSums implements CallVisitor {
  readonly #table: SpanTable;
  readonly #sums: KeyedSums = new KeyedSums(5);
  /** Series: twice the edge, and the side. */
  readonly #buckets: BucketSums = new BucketSums();
  readonly #slowestNs: number[] = [];
  readonly #slowest: TraceId[] = [];
  readonly #failed: (TraceId | null)[] = [];
  #traceId: TraceId = '';
  #sign: 1 | -1 = 1;

  constructor(table: SpanTable) {
    this.#table = table;
  }

  /** The trace that the next visits belong to, and whether they add or take away. */
  begin(traceId: TraceId, sign: 1 | -1): void {
    this.#traceId = traceId;
    this.#sign = sign;
  }

  pair(client: number, server: number): void {
    const messaging = this.#isKind(client, SpanKind.producer) || this.#isKind(server, SpanKind.consumer);
    const edge = this.#between(client, client, server, messaging ? kindCode.messaging : kindCode.rpc);
    const weight = this.#weight(client);
    this.#count(edge, weight);
    this.#clientSide(edge, client, weight);
    this.#serverSide(edge, server, weight);
    this.#exemplify(edge, this.#durationNs(client), this.#isError(client) || this.#isError(server));
  }

  plain(caller: number, server: number): void {
    const kind = this.#isKind(server, SpanKind.consumer) ? kindCode.messaging : kindCode.rpc;
    this.#served(this.#between(server, caller, server, kind), server);
  }

  entry(server: number): void {
    const { service, operation } = this.#table;
    const rest = pack(operation[server] ?? 0, kindCode.entry, Sides.noClient);
    this.#served(this.#edge(server, 0, service[server] ?? 0, rest), server);
  }

  fromDestination(consumer: number): void {
    const { peer, service, operation } = this.#table;
    const rest = pack(operation[consumer] ?? 0, kindCode.messaging, Sides.clientIsPeer);
    this.#served(this.#edge(consumer, peer[consumer] ?? 0, service[consumer] ?? 0, rest), consumer);
  }

  unanswered(client: number): void {
    const { service, peer, peerKind } = this.#table;
    const named = peerKind[client] ?? PeerKind.none;
    const isService = named === PeerKind.none || named === PeerKind.service;
    const kind = isService ? this.#callKind(client) : peerKindCode(named);
    const sides = named === PeerKind.none ? Sides.serverUnknown : Sides.serverIsPeer;
    const server = named === PeerKind.none ? 0 : (peer[client] ?? 0);
    const edge = this.#edge(client, service[client] ?? 0, server, pack(0, kind, sides));
    const weight = this.#weight(client);
    this.#count(edge, weight);
    this.#clientSide(edge, client, weight);
    if (isService) this.#sums.add(edge, Sum.unpaired, this.#sign * weight);
    this.#exemplify(edge, this.#durationNs(client), this.#isError(client));
  }

  /** The sums by key, without those that are all zero. */
  figures(): Map<string, EdgeFigures> {
    const edges = new Map<string, EdgeFigures>();
    const ofEdge = Array.from({ length: this.#sums.count }, (_, edge) => this.#merge(edges, edge));
    this.#buckets.visit((series, bucket, count) => {
      const figures = ofEdge[series >> 1];
      if (figures === undefined) return;
      addToBucket((series & 1) === Side.client ? figures.clientDuration : figures.serverDuration, bucket, count);
    });
    for (const [key, figures] of edges) if (isZero(figures)) edges.delete(key);
    return edges;
  }

  #between(minuteOf: number, client: number, server: number, kind: number): number {
    const { service, operation } = this.#table;
    const rest = pack(operation[server] ?? 0, kind, Sides.services);
    return this.#edge(minuteOf, service[client] ?? 0, service[server] ?? 0, rest);
  }

  /** The entry of an edge in the minute of a row. Client and server: see {@link Sides}. */
  #edge(minuteOf: number, client: number, server: number, packed: number): number {
    const edge = this.#sums.entry(this.#table.minute[minuteOf] ?? 0, client, server, packed);
    if (edge === this.#slowestNs.length) {
      this.#slowestNs.push(-1);
      this.#slowest.push('');
      this.#failed.push(null);
    }
    return edge;
  }

  /** A call that only its server's span tells of: it counts with that one's weight. */
  #served(edge: number, server: number): void {
    const weight = this.#weight(server);
    this.#count(edge, weight);
    this.#serverSide(edge, server, weight);
    this.#exemplify(edge, this.#durationNs(server), this.#isError(server));
  }

  #count(edge: number, weight: number): void {
    this.#sums.add(edge, Sum.calls, this.#sign * weight);
    this.#sums.add(edge, Sum.sampledCalls, this.#sign);
  }

  #clientSide(edge: number, row: number, weight: number): void {
    if (this.#isError(row)) this.#sums.add(edge, Sum.clientErrors, this.#sign * weight);
    this.#duration(edge, Side.client, row, weight);
  }

  #serverSide(edge: number, row: number, weight: number): void {
    if (this.#isError(row)) this.#sums.add(edge, Sum.serverErrors, this.#sign * weight);
    this.#duration(edge, Side.server, row, weight);
  }

  #duration(edge: number, side: number, row: number, weight: number): void {
    this.#buckets.add(2 * edge + side, bucketIndex(this.#durationNs(row)), this.#sign * weight);
  }

  /** Only what is added: a trace that is taken away here was an example of something that is not so. */
  #exemplify(edge: number, durationNs: number, failed: boolean): void {
    if (this.#sign < 0) return;
    if (durationNs > (this.#slowestNs[edge] ?? 0)) {
      this.#slowestNs[edge] = durationNs;
      this.#slowest[edge] = this.#traceId;
    }
    if (failed) this.#failed[edge] ??= this.#traceId;
  }

  /** Adds an edge's sums to the figures of its key. Different entries share a key where a peer is named as a service is. */
  #merge(edges: Map<string, EdgeFigures>, edge: number): EdgeFigures {
    const made = this.#emptyFigures(edge);
    const { minute, client, server, kind, operation } = made;
    const key = JSON.stringify([minute, kind, client, server, operation]);
    const figures = edges.get(key) ?? made;
    edges.set(key, figures);
    figures.calls = boundedSum(figures.calls, this.#sums.get(edge, Sum.calls));
    figures.sampledCalls += this.#sums.get(edge, Sum.sampledCalls);
    figures.clientErrors = boundedSum(figures.clientErrors, this.#sums.get(edge, Sum.clientErrors));
    figures.serverErrors = boundedSum(figures.serverErrors, this.#sums.get(edge, Sum.serverErrors));
    figures.unpaired = boundedSum(figures.unpaired, this.#sums.get(edge, Sum.unpaired));
    const durationNs = this.#slowestNs[edge] ?? -1;
    if (durationNs > (figures.slowest?.durationNs ?? -1)) {
      figures.slowest = { durationNs, traceId: this.#slowest[edge] ?? '' };
    }
    figures.failed ??= this.#failed[edge] ?? null;
    return figures;
  }

  #emptyFigures(edge: number): EdgeFigures {
    const packed = this.#sums.key(edge, 3);
    const sides = (packed >>> 3) & 7;
    const [client, server] = this.#sidesOf(edge, sides);
    const hasOperation = sides !== Sides.serverIsPeer && sides !== Sides.serverUnknown;
    return {
      minute: this.#sums.key(edge, 0),
      client,
      server,
      kind: kinds[packed & 7] ?? 'rpc',
      operation: hasOperation ? this.#string(packed >>> 6) : '',
      calls: 0,
      sampledCalls: 0,
      clientErrors: 0,
      serverErrors: 0,
      unpaired: 0,
      clientDuration: new Map(),
      serverDuration: new Map(),
      slowest: null,
      failed: null,
    };
  }

  #sidesOf(edge: number, sides: number): [Service | null, Service] {
    const client = this.#sums.key(edge, 1);
    const server = this.#sums.key(edge, 2);
    if (sides === Sides.noClient) return [null, this.#service(server)];
    if (sides === Sides.serverUnknown) return [this.#service(client), this.#peerOf(client, unknownPeer)];
    if (sides === Sides.serverIsPeer) return [this.#service(client), this.#peerOf(client, this.#string(server))];
    if (sides === Sides.clientIsPeer) return [this.#peerOf(server, this.#string(client)), this.#service(server)];
    return [this.#service(client), this.#service(server)];
  }

  /** A peer belongs to the environment of the service that names it. */
  #peerOf(service: number, name: string): Service {
    return { environment: this.#service(service).environment, namespace: '', name };
  }

  #service(index: number): Service {
    const { environment, namespace, name } = this.#table.services.values[index] ?? nobody;
    return { environment, namespace, name };
  }

  #string(index: number): string {
    return this.#table.strings.values[index] ?? '';
  }

  #callKind(client: number): number {
    return this.#isKind(client, SpanKind.producer) ? kindCode.messaging : kindCode.rpc;
  }

  #isKind(row: number, kind: SpanKind): boolean {
    return this.#table.kind[row] === kind;
  }

  #isError(row: number): boolean {
    return this.#table.status[row] === StatusCode.error;
  }

  #weight(row: number): number {
    return this.#table.weight[row] ?? 1;
  }

  #durationNs(row: number): number {
    return this.#table.durationNs[row] ?? 0;
  }
}

/** Operation, kind and sides in 31 bits: 64 combinations of the last two leave 33 million operations. */
function pack(operation: number, kind: number, sides: Sides): number {
  return operation * 64 + sides * 8 + kind;
}

const nobody: Service = { environment: '', namespace: '', name: '' };

function peerKindCode(kind: number): number {
  if (kind === PeerKind.database) return kindCode.database;
  return kind === PeerKind.messaging ? kindCode.messaging : kindCode.external;
}

function isZero(edge: EdgeFigures): boolean {
  return (
    edge.calls === 0 &&
    edge.sampledCalls === 0 &&
    edge.clientErrors === 0 &&
    edge.serverErrors === 0 &&
    edge.unpaired === 0 &&
    edge.clientDuration.size === 0 &&
    edge.serverDuration.size === 0
  );
}
