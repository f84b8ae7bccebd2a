export { LateWatch } from '../late-watch.ts';
/** The owner of one partition by itself, for whoever drives it without a group. */
export { type PartitionOptions, partitionAssembler } from '../partition.ts';
