import type { ProvidedContext } from 'vitest';

/** A server that all tests share: use keys, topics and groups of your own, and never flush or stop it. */
export interface SharedRedis {
  readonly url: string;
}

/** A broker that all tests share. */
export interface SharedKafka {
  readonly brokers: readonly string[];
}

declare module 'vitest' {
  /** What `inject` gives to tests whose file name asks for an engine. */
  interface ProvidedContext {
    redis: SharedRedis;
    kafka: SharedKafka;
  }
}

/** Names what `inject` knows. */
export type Injected = keyof ProvidedContext;
