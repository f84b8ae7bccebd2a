import { shortened } from './operation.ts';

/** Stands for all peers that are known by a bare IP address only: their number has no bound. */
export const externalIp = 'external (ip)';

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?$/;
const ipv6 = /^(?:\[[0-9a-f:.]+(?:%[\w.-]+)?\](?::\d{1,5})?|[0-9a-f]{0,4}:[0-9a-f:.]*:[0-9a-f:.]*(?:%[\w.-]+)?)$/i;
const hostAndPort = /^([^:/\s]+):\d{1,5}$/;

/**
 * The name that a called side is counted under: a bare IPv4 or IPv6 address, with or without a
 * port, is `external (ip)`; of `host:port` the host stays; anything else stays as it is, at most
 * `maxNameLength` long.
 */
export function peerName(peer: string): string {
  if (ipv4.test(peer) || ipv6.test(peer)) return externalIp;
  return shortened(hostAndPort.exec(peer)?.[1] ?? peer);
}
