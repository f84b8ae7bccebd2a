import { readFileSync } from 'node:fs';

import { type Config, UserError } from '@spanloom/runtime';
import type { Clock } from '@spanloom/span';
import {
  type ConnectionOptions,
  type MigrateOptions,
  type StoreOptions,
  type TlsOptions,
  deduplicationWindowOf,
  namedReplicaPath,
  replicatedTables,
} from '@spanloom/store';

/** The store at the ClickHouse that the settings name, as `openStore` takes it. */
export function storeOptions(config: Config, clock: Clock): StoreOptions {
  return { ...storeConnection(config), ...(config.clickhouseReplicated ? { replicated: { clock } } : {}) };
}

/** How to reach the ClickHouse that the settings name. Throws a `UserError` for a PEM file that cannot be read. */
export function storeConnection(config: Config): ConnectionOptions {
  const tls = tlsOf(config);
  return {
    url: config.clickhouseUrl,
    username: config.clickhouseUser,
    password: config.clickhousePassword,
    database: storeDatabase(config),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
}

/** The database's name, with the prefix that all names have. */
export function storeDatabase(config: Config): string {
  return `${config.prefix}${config.clickhouseDatabase}`;
}

/** How the settings want tables to be. */
export function storeTables(config: Config): MigrateOptions {
  const { clickhouseReplicated: replicated, clickhouseCluster: cluster } = config;
  // Without a cluster it is the database that replicates, and it knows the places.
  const path = config.clickhouseReplicaPath || (cluster === '' ? null : namedReplicaPath);
  return {
    traceTtlDays: retentionDays(config.traceRetention),
    figureTtlDays: retentionDays(config.aggregateRetention),
    deduplicationWindow: deduplicationWindowOf(replicated),
    ...(replicated ? replicatedTables(path) : {}),
    cluster: cluster === '' ? null : cluster,
  };
}

/** Rows go by whole days: one more, so that the youngest of a day are kept as long as asked. */
export function retentionDays(retentionMs: number): number {
  return Math.ceil(retentionMs / 86_400_000) + 1;
}

function tlsOf(config: Config): TlsOptions {
  return {
    ...(config.clickhouseTlsCaFile === '' ? {} : { caPem: pem(config.clickhouseTlsCaFile) }),
    ...(config.clickhouseTlsCertFile === '' ? {} : { certPem: pem(config.clickhouseTlsCertFile) }),
    ...(config.clickhouseTlsKeyFile === '' ? {} : { keyPem: pem(config.clickhouseTlsKeyFile) }),
  };
}

function pem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`The certificate file ${path} cannot be read: ${why}`, {
      hint: 'Name a PEM file that is there and may be read.',
      cause,
    });
  }
}
