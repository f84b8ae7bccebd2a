import { BufferSetupError } from '../../errors.ts';
import type { ServerInfo } from './info.ts';

/** Scripts say in their first line what they may do at the memory limit: since 7.0. */
const oldestMajor = 7;

/**
 * What an operator should know of a server; null for `info` if it does not tell.
 * @throws BufferSetupError if open traces are not safe in it.
 */
export function judgeServer(info: ServerInfo | null, where: string): readonly string[] {
  if (info === null) {
    return [
      `Redis at ${where} does not let us use INFO: whether it evicts keys and how full it is remain unknown. ` +
        `Its eviction policy must be noeviction. Allow +info to be sure.`,
    ];
  }
  const { version, mode, evictionPolicy, memory } = info;
  if (version !== null && Number.parseInt(version, 10) < oldestMajor) {
    throw new BufferSetupError(`Redis at ${where} is version ${version}; ${oldestMajor}.0 or later is needed.`);
  }
  if (mode === 'cluster') {
    throw new BufferSetupError(`Redis at ${where} is a cluster; use one server, or one with replicas and sentinels.`);
  }
  if (evictionPolicy !== null && evictionPolicy !== 'noeviction') {
    throw new BufferSetupError(
      `Redis at ${where} evicts keys when it is full (maxmemory-policy ${evictionPolicy}): open traces would be lost, ` +
        `and read again from the log over and over. Set maxmemory-policy to noeviction, or use another Redis.`,
    );
  }
  const warnings: string[] = [];
  if (evictionPolicy === null) {
    warnings.push(`Redis at ${where} does not say whether it evicts keys. Its eviction policy must be noeviction.`);
  }
  if (memory?.maxBytes === null) {
    warnings.push(
      `Redis at ${where} has no maxmemory: it grows until its machine has no memory left. ` +
        `Set it, so that Spanloom waits instead.`,
    );
  }
  return warnings;
}
