/** The attribute keys that figures are made of, told apart on their bytes. */
export const Key = {
  peerService: 0,
  dbSystemName: 1,
  dbSystem: 2,
  dbNamespace: 3,
  dbName: 4,
  messagingSystem: 5,
  messagingDestination: 6,
  serverAddress: 7,
  netPeerName: 8,
  rpcService: 9,
  httpRoute: 10,
  httpRequestMethod: 11,
  urlTemplate: 12,
  httpMethod: 13,
} as const;
export const keyCount = 14;

const names: readonly (readonly [string, number])[] = [
  ['peer.service', Key.peerService],
  ['db.system.name', Key.dbSystemName],
  ['db.system', Key.dbSystem],
  ['db.namespace', Key.dbNamespace],
  ['db.name', Key.dbName],
  ['messaging.system', Key.messagingSystem],
  ['messaging.destination.name', Key.messagingDestination],
  ['server.address', Key.serverAddress],
  ['net.peer.name', Key.netPeerName],
  ['rpc.service', Key.rpcService],
  ['http.route', Key.httpRoute],
  ['http.request.method', Key.httpRequestMethod],
  ['url.template', Key.urlTemplate],
  ['http.method', Key.httpMethod],
];

/** Candidates by length: at most four keys have the same. */
const byLength: readonly (readonly { readonly bytes: Uint8Array; readonly key: number }[])[] = Array.from(
  { length: 27 },
  (_, length) =>
    names.filter(([name]) => name.length === length).map(([name, key]) => ({ bytes: Buffer.from(name), key })),
);

/** The {@link Key} at `from` to `to`, or -1. */
export function keyOf(bytes: Uint8Array, from: number, to: number): number {
  const candidates = byLength[to - from];
  if (candidates === undefined) return -1;
  for (const candidate of candidates) if (equal(candidate.bytes, bytes, from)) return candidate.key;
  return -1;
}

function equal(name: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let at = 0; at < name.length; at += 1) if (name[at] !== bytes[from + at]) return false;
  return true;
}
