import { PeerKind, operationName, peerName, shortened } from '@spanloom/span';
import type { SpanTable } from '@spanloom/span';
import { textOf } from '../protobuf/reader.ts';
import { Key, keyCount } from './keys.ts';
import { RangeCache } from './range-cache.ts';

/** Ranges of the attributes of a span that name something; -1 where it has none. */
export class NamingAttributes {
  readonly from: Int32Array = new Int32Array(keyCount);
  readonly to: Int32Array = new Int32Array(keyCount);

  clear(): void {
    this.from.fill(-1);
  }

  has(key: number): boolean {
    return (this.from[key] as number) >= 0 && (this.to[key] as number) > (this.from[key] as number);
  }

  /** The first of two keys that is set, or -1. */
  either(one: number, other: number): number {
    if (this.has(one)) return one;
    return this.has(other) ? other : -1;
  }
}

/** Names of spans, operations and peers of a table, each worked out once. */
export class Names {
  readonly #table: SpanTable;
  /** Values are indexes into the table's strings. */
  readonly #names: RangeCache = new RangeCache();
  /** By number of a name: its operation where no route matters, and whether a route would. */
  readonly #operations: number[] = [];
  readonly #routed: boolean[] = [];
  readonly #texts: RangeCache = new RangeCache();
  /** By one text or two: the peer. */
  readonly #peers: Map<number, number> = new Map();
  /** By texts of route and method: the operation. */
  readonly #routes: Map<number, number> = new Map();

  constructor(table: SpanTable) {
    this.#table = table;
  }

  /** A number for the name of a span. */
  name(bytes: Uint8Array, from: number, to: number): number {
    return this.#names.id(bytes, from, to, this.#newName);
  }

  /** Index into the table's strings. */
  stringOf(name: number): number {
    return this.#names.values[name] ?? 0;
  }

  /** Whether the operation of this name depends on the route: it does only where the name has an id in it. */
  isRouted(name: number): boolean {
    return this.#routed[name] ?? false;
  }

  /** The operation of a span, as an index into the table's strings. */
  operation(name: number, bytes: Uint8Array, attributes: NamingAttributes): number {
    const plain = this.#operations[name] ?? 0;
    if (!this.isRouted(name)) return plain;
    const route = attributes.either(Key.httpRoute, Key.urlTemplate);
    if (route < 0) return plain;
    const method = attributes.either(Key.httpRequestMethod, Key.httpMethod);
    // Where the route matters, all of the name but that is forgotten.
    const key = pairOf(this.#text(bytes, attributes, route), method < 0 ? -1 : this.#text(bytes, attributes, method));
    let operation = this.#routes.get(key);
    if (operation === undefined) {
      operation = this.#string(
        operationName({
          name: this.#table.strings.values[this.stringOf(name)] ?? '',
          httpRoute: textOf(bytes, attributes.from[route], attributes.to[route]),
          httpMethod: method < 0 ? undefined : textOf(bytes, attributes.from[method], attributes.to[method]),
        }),
      );
      this.#routes.set(key, operation);
    }
    return operation;
  }

  /** Sets the columns of the peer that the span names, if it names one. */
  peer(row: number, bytes: Uint8Array, attributes: NamingAttributes): void {
    const service = attributes.has(Key.peerService) ? Key.peerService : -1;
    const database = attributes.either(Key.dbSystemName, Key.dbSystem);
    const messaging = attributes.has(Key.messagingSystem) ? Key.messagingSystem : -1;
    if (database >= 0) {
      if (service >= 0) this.#set(row, PeerKind.database, bytes, attributes, service, -1);
      else
        this.#set(row, PeerKind.database, bytes, attributes, database, attributes.either(Key.dbNamespace, Key.dbName));
    } else if (messaging >= 0) {
      // Not by peer.service: producer and consumer must give the destination one name.
      const destination = attributes.has(Key.messagingDestination) ? Key.messagingDestination : -1;
      this.#set(row, PeerKind.messaging, bytes, attributes, messaging, destination);
    } else if (service >= 0) {
      this.#set(row, PeerKind.service, bytes, attributes, service, -1);
    } else {
      const address = attributes.either(Key.serverAddress, Key.netPeerName);
      const external = address >= 0 ? address : attributes.either(Key.rpcService, Key.rpcService);
      if (external >= 0) this.#set(row, PeerKind.external, bytes, attributes, external, -1);
    }
  }

  /** A peer is named `first`, or `first/second`. */
  #set(
    row: number,
    kind: number,
    bytes: Uint8Array,
    attributes: NamingAttributes,
    first: number,
    second: number,
  ): void {
    const one = this.#text(bytes, attributes, first);
    const other = second < 0 ? -1 : this.#text(bytes, attributes, second);
    const key = pairOf(one, other);
    let peer = this.#peers.get(key);
    if (peer === undefined) {
      const name = this.#texts.text(one);
      peer = this.#string(peerName(other < 0 ? name : `${name}/${this.#texts.text(other)}`));
      this.#peers.set(key, peer);
    }
    this.#table.peerKind[row] = kind;
    this.#table.peer[row] = peer;
  }

  #text(bytes: Uint8Array, attributes: NamingAttributes, key: number): number {
    return this.#texts.id(bytes, attributes.from[key] as number, attributes.to[key] as number, zero);
  }

  #string(text: string): number {
    return this.#table.strings.id(text, () => text);
  }

  readonly #newName = (bytes: Uint8Array, from: number, to: number): number => {
    const name = from === to ? 'empty-span-name' : textOf(bytes, from, to);
    const operation = operationName({ name });
    this.#operations.push(this.#string(operation));
    this.#routed.push(operation !== shortened(name));
    return this.#string(name);
  };
}

/** Both numbers are below 2^26: a table has no more texts than that. -1 stands for no second. */
function pairOf(one: number, other: number): number {
  return one * 67_108_864 + other + 1;
}

function zero(): number {
  return 0;
}
