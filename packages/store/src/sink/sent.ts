import type { ClickHouseSettings } from '@clickhouse/client';
import { defaultReadLimits, readSettings } from '../client/read-client.ts';
import { byQuorum, seesAcknowledged } from './consistency.ts';
import { oneBlock } from './insert.ts';

/** The settings that go with reads and, where there are any, with inserts: a user must be able to send them. */
export function settingsSent(what: { readonly inserts: boolean; readonly replicated: boolean }): ClickHouseSettings {
  return {
    ...readSettings(defaultReadLimits),
    ...seesAcknowledged,
    ...(what.inserts ? oneBlock : {}),
    ...(what.inserts && what.replicated ? byQuorum : {}),
  };
}
