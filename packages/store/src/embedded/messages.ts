import type { EngineOptions } from './engine.ts';

/** What the supervisor tells the process of the engine. */
export type ToServer =
  | {
      readonly type: 'start';
      readonly engine: EngineOptions;
      /** 0: any free port. */
      readonly port: number;
      readonly secret: string;
    }
  | { readonly type: 'stop' };

/** What the process of the engine tells its supervisor. */
export type FromServer =
  | { readonly type: 'ready'; readonly port: number; readonly version: string }
  | {
      readonly type: 'failed';
      readonly reason: 'missing' | 'locked' | 'other';
      readonly message: string;
    };
