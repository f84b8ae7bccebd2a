import type { AuditReport, OffsetList } from './report.ts';

/** The report as a person reads it. */
export function printed(report: AuditReport): string {
  const rows = [['partition', 'acknowledged', 'in ClickHouse', 'dead letters', 'in flight', 'missing', 'doubled']];
  for (const p of report.partitions) {
    rows.push(
      [p.partition, p.acknowledged, p.stored, p.deadLettered, p.inFlight, p.missing.count, p.doubled.count].map((n) =>
        n.toLocaleString('en'),
      ),
    );
  }
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '));
  for (const p of report.partitions) {
    lines.push(...named(p.partition, 'missing', p.missing));
    lines.push(...named(p.partition, 'stored more than once', p.doubled));
    lines.push(...named(p.partition, 'stored, but not in the log', p.unknown));
    lines.push(...named(p.partition, 'expired from the log unread', p.expiredUnread));
  }
  lines.push(
    report.clean
      ? 'clean: every acknowledged chunk is stored once, dead-lettered, or in flight'
      : 'NOT CLEAN: the offsets above are of topic spans',
  );
  return lines.join('\n');
}

function named(partition: number, what: string, list: OffsetList): string[] {
  if (list.count === 0) return [];
  const more = list.offsets.length < list.count ? ' …' : '';
  return [`partition ${partition}, ${what}: ${list.offsets.join(', ')}${more}`];
}
