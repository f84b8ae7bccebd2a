/** A window of one rollup: half-open, in UTC. */
export interface RollupWindow {
  readonly name: string;
  /** Unix seconds. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** Picks the rows of one window; its fields are the parameters. */
export const ofWindow = `name = {name:String} AND window_from = toDateTime({fromSeconds:UInt32}, 'UTC')
       AND window_to = toDateTime({toSeconds:UInt32}, 'UTC')`;
