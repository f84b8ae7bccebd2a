/** What a server says of itself: `INFO`, lines of `name:value`. Managed servers leave some out. */
export interface ServerInfo {
  /** Null when it does not say. */
  readonly version: string | null;
  /** `standalone`, `sentinel` or `cluster`. */
  readonly mode: string | null;
  readonly evictionPolicy: string | null;
  readonly memory: RedisMemory | null;
}

/** Memory of the server. */
export interface RedisMemory {
  readonly usedBytes: number;
  /** `maxmemory`; null if it has no limit. */
  readonly maxBytes: number | null;
}

export function parseInfo(text: string): ServerInfo {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const used = count(fields.get('used_memory'));
  const max = count(fields.get('maxmemory'));
  return {
    version: fields.get('redis_version') ?? null,
    mode: fields.get('redis_mode') ?? null,
    evictionPolicy: fields.get('maxmemory_policy') ?? null,
    memory: used === null ? null : { usedBytes: used, maxBytes: max === 0 ? null : max },
  };
}

function count(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
