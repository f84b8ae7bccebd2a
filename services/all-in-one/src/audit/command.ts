import { existsSync } from 'node:fs';

import { type LogReader, openEmbeddedLogReadOnly } from '@spanloom/log';
import { openLogReader, openStorage } from '@spanloom/ports';
import { type Config, UserError, systemClock } from '@spanloom/runtime';
import { type Store, StoreError, openStore } from '@spanloom/store';

import { connect } from '../connection.ts';
import { logDir } from '../engines.ts';
import { gather } from './gather.ts';
import { printed } from './print.ts';
import { type AuditReport, reportOf, totalsOf } from './report.ts';

/** Prints and records the audit of a cluster, or of a data folder; answers the exit code, 0 only when clean. */
export async function audit(config: Config, json: boolean): Promise<number> {
  const { log, store, traceRetentionMs, close } = await (config.kafkaBrokers === ''
    ? ofFolder(config)
    : ofCluster(config));
  try {
    const startedMs = systemClock.now();
    const sinceMs = startedMs - traceRetentionMs;
    const findings = await gather({ log, store: store.read, sinceMs, onProgress: progressBar() });
    const report = reportOf(log.stream.id, findings);
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : printed(report)}\n`);
    await record(store, report, startedMs);
    return report.clean ? 0 : 1;
  } finally {
    await close();
  }
}

/** What was found holds without it: the pages show the audit before, and the log of this command says why. */
async function record(store: Store, report: AuditReport, startedMs: number): Promise<void> {
  const endedMs = systemClock.now();
  try {
    await store.recordAudit({ ...totalsOf(report), endedMs, durationMs: endedMs - startedMs });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    process.stderr.write(`spanloom: this audit is not recorded, so no page shows it: ${error.message}\n`);
  }
}

/** What an audit looks at. */
interface Audited {
  readonly log: LogReader;
  readonly store: Store;
  /** How long ClickHouse keeps traces. */
  readonly traceRetentionMs: number;
  close(): Promise<void>;
}

async function ofCluster(config: Config): Promise<Audited> {
  const log = await openLogReader(
    config,
    systemClock,
    (message) => void process.stderr.write(`spanloom: ${message}\n`),
  );
  const store = await openStorage({ config, clock: systemClock }, 'audit');
  return {
    log,
    store,
    traceRetentionMs: config.traceRetention,
    async close() {
      await store.close();
      await log.close();
    },
  };
}

/** Running or stopped. */
async function ofFolder(config: Config): Promise<Audited> {
  const dir = logDir(config.dataDir);
  if (!existsSync(dir)) {
    throw new UserError(`There is no pipeline's data in ${config.dataDir}.`, {
      hint: 'Name its folder with --data-dir, or a cluster with --kafka-brokers and --clickhouse-url.',
    });
  }
  const log = await openEmbeddedLogReadOnly(dir);
  const connection = await connect(config);
  const store = openStore(connection);
  return {
    log,
    store,
    traceRetentionMs: connection.traceRetentionMs,
    async close() {
      await store.close();
      await connection.engine?.close();
      await log.close();
    },
  };
}

/** On a terminal only, and no more than ten times a second. */
function progressBar(): (done: number) => void {
  if (!process.stderr.isTTY) return () => undefined;
  let shownMs = 0;
  return (done) => {
    const nowMs = systemClock.now();
    if (nowMs - shownMs < 100) return;
    shownMs = nowMs;
    const filled = Math.round(done * 40);
    process.stderr.write(
      `\r  reading the log ${'█'.repeat(filled)}${'░'.repeat(40 - filled)} ${Math.round(done * 100)} %\r`,
    );
  };
}
