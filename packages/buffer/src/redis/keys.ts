/** The keys of one partition. What stands in braces decides where Redis Cluster keeps them: all in one place. */
export interface PartitionKeys {
  readonly metadata: string;
  readonly index: string;
  /** What the keys of its traces begin with; the trace id follows. */
  readonly traces: string;
}

export function partitionKeys(prefix: string, stream: string, partition: number): PartitionKeys {
  const base = `${prefix}spanloom:{${stream}/${partition}}:`;
  return { metadata: `${base}meta`, index: `${base}index`, traces: `${base}t:` };
}
