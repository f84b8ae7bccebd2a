import type { ConnectionOptions } from 'node:tls';

/** How to reach a cluster and to log in to it. */
export interface KafkaConnection {
  /** `host:port` of some brokers; they name the others. */
  readonly brokers: readonly string[];
  /** Name that brokers write into their logs and quotas. */
  readonly clientId: string;
  /** TLS with these options (`ca`, `cert`, `key`, …; empty: the machine's authorities), or none. */
  readonly ssl?: ConnectionOptions | false;
  readonly sasl?: KafkaLogin;
}

export type KafkaLogin =
  | { readonly mechanism: 'plain'; readonly username: string; readonly password: string }
  | { readonly mechanism: 'scram-sha-256'; readonly username: string; readonly password: string }
  | { readonly mechanism: 'scram-sha-512'; readonly username: string; readonly password: string }
  | {
      readonly mechanism: 'oauthbearer';
      /** Asked for at each login and when a broker wants a new one. See {@link clientCredentials}. */
      readonly token: () => Promise<string>;
    };
