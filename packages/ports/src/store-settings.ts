import type { Config } from '@spanloom/runtime';
import type { Clock } from '@spanloom/span';
import {
  type ConnectionOptions,
  type MigrateOptions,
  type StoreOptions,
  deduplicationWindowOf,
  namedReplicaPath,
  replicatedTables,
} from '@spanloom/store';

import { tlsOf } from './pem.ts';
import { prefixOf } from './prefix.ts';

/** The store at the ClickHouse that the settings name, as `openStore` takes it. */
export function storeOptions(config: Config, clock: Clock): StoreOptions {
  return { ...storeConnection(config), ...(config.clickhouseReplicated ? { replicated: { clock } } : {}) };
}

/** How to reach the ClickHouse that the settings name. Throws a `UserError` for a PEM file that cannot be read. */
export function storeConnection(config: Config): ConnectionOptions {
  const files = {
    ca: config.clickhouseTlsCaFile,
    cert: config.clickhouseTlsCertFile,
    key: config.clickhouseTlsKeyFile,
  };
  const { ca: caPem, cert: certPem, key: keyPem } = tlsOf('clickhouse', files);
  const tls = {
    ...(caPem !== undefined && { caPem }),
    ...(certPem !== undefined && { certPem }),
    ...(keyPem !== undefined && { keyPem }),
  };
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
  return `${prefixOf(config)}${config.clickhouseDatabase}`;
}

/** How the settings want tables to be. */
export function storeTables(config: Config): MigrateOptions {
  const { clickhouseReplicated: replicated, clickhouseCluster: cluster } = config;
  // Without a cluster it is the database that replicates, and it knows the places.
  const path = config.clickhouseReplicaPath || (cluster === '' ? null : namedReplicaPath);
  return {
    traceTtlDays: retentionDays(config.traceRetention),
    figureTtlDays: retentionDays(config.aggregateRetention),
    hourTtlDays: retentionDays(config.hourRetention),
    dayTtlDays: retentionDays(config.dayRetention),
    deduplicationWindow: config.clickhouseDeduplicationWindow || deduplicationWindowOf(replicated),
    ...(replicated ? replicatedTables(path) : {}),
    cluster: cluster === '' ? null : cluster,
  };
}

/** Rows go by whole days: one more, so that the youngest of a day are kept as long as asked. */
function retentionDays(retentionMs: number): number {
  return Math.ceil(retentionMs / 86_400_000) + 1;
}
