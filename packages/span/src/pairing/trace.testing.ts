/** Small traces for tests, written as lines of text, and figures as lines of text. */
import type { EdgeFigures, Figures, OperationFigures } from '../figures.ts';
import type { Service } from '../service.ts';
import { SpanKind } from '../span.ts';
import type { LinkTarget } from '../table.ts';
import { PeerKind, type SpanTable } from '../table.ts';

export const traceId = '0af7651916cd43dd8448eb211c80319c';
const startOfTestMs = 1_764_000_000_000;
export const minuteOfTest: number = startOfTestMs / 60_000;

/**
 * Adds a span a line: `id[<parent] service kind operation from-to [error] [x<weight>] [minute+<n>]
 * [database:|messaging:|external:|service:<peer>] [link:<id>] [link:<trace>/<id>]`. Ids are
 * hexadecimal; from and to are milliseconds; an environment may stand before a service: `prod/cart`.
 */
export function addSpans(table: SpanTable, lines: string): { from: number; to: number } {
  const from = table.length;
  for (const line of lines.split('\n')) if (line.trim() !== '') addSpan(table, line.trim());
  return { from, to: table.length };
}

function addSpan(table: SpanTable, line: string): void {
  const [ids = '', service = '', kind = '', operation = '', times = '', ...rest] = line.split(/\s+/);
  const [id = '0', parent = '0'] = ids.split('<');
  const [fromMs = 0, toMs = 0] = times.split('-').map(Number);
  const row = table.addRow();
  table.idLo[row] = Number.parseInt(id, 16);
  table.parentLo[row] = Number.parseInt(parent, 16);
  table.kind[row] = SpanKind[kind as keyof typeof SpanKind];
  table.service[row] = serviceId(table, service);
  table.operation[row] = stringId(table, operation);
  table.name[row] = stringId(table, operation);
  table.startMs[row] = startOfTestMs + Math.floor(fromMs);
  table.startSubNs[row] = Math.round((fromMs % 1) * 1e6);
  table.durationNs[row] = Math.max(0, Math.round((toMs - fromMs) * 1e6));
  table.minute[row] = minuteOfTest;
  for (const word of rest) applyWord(table, row, word);
}

function applyWord(table: SpanTable, row: number, word: string): void {
  const [key = '', value = ''] = word.split(/:(.*)/s);
  if (word === 'error') table.status[row] = 2;
  else if (word.startsWith('minute+')) table.minute[row] = minuteOfTest + Number(word.slice(7));
  else if (/^x\d/.test(word)) table.weight[row] = Number(word.slice(1));
  else if (key === 'link') table.links.set(row, [...(table.links.get(row) ?? []), linkTo(value)]);
  else {
    table.peerKind[row] = PeerKind[key as keyof typeof PeerKind];
    table.peer[row] = stringId(table, value);
  }
}

function linkTo(text: string): LinkTarget {
  const [span = '', trace] = text.split('/').toReversed();
  return {
    traceId: trace === undefined ? traceId : trace.padStart(32, '0'),
    spanId: span.padStart(16, '0'),
  };
}

function serviceId(table: SpanTable, text: string): number {
  const [name = '', environment = ''] = text.split('/').toReversed();
  return table.services.id(text, () => ({ environment, namespace: '', name }));
}

function stringId(table: SpanTable, text: string): number {
  return table.strings.id(text, () => text);
}

/** Edges as sorted lines: `client -> server kind operation`, and what is not 0. */
export function edgeLines(figures: Figures): string[] {
  return Array.from(figures.edges.values(), edgeLine).sort();
}

function edgeLine(edge: EdgeFigures): string {
  const parts = [`${nameOf(edge.client)} -> ${nameOf(edge.server)} ${edge.kind} ${edge.operation || "''"}`];
  if (edge.minute !== minuteOfTest) parts.push(`minute+${edge.minute - minuteOfTest}`);
  parts.push(`calls=${edge.calls}`);
  if (edge.sampledCalls !== edge.calls) parts.push(`sampled=${edge.sampledCalls}`);
  if (edge.clientErrors !== 0) parts.push(`clientErrors=${edge.clientErrors}`);
  if (edge.serverErrors !== 0) parts.push(`serverErrors=${edge.serverErrors}`);
  if (edge.unpaired !== 0) parts.push(`unpaired=${edge.unpaired}`);
  const sides = [edge.clientDuration, edge.serverDuration].map(sumOf);
  parts.push(`timed=${sides.join('/')}`);
  return parts.join(' ');
}

/** Operations as sorted lines: `service kind operation`, and what is not 0. Times are in milliseconds. */
export function operationLines(figures: Figures): string[] {
  return Array.from(figures.operations.values(), operationLine).sort();
}

function operationLine(figures: OperationFigures): string {
  const kind = Object.entries(SpanKind).find(([, value]) => value === figures.kind)?.[0];
  const parts = [`${nameOf(figures.service)} ${kind} ${figures.operation} calls=${figures.calls}`];
  if (figures.errors !== 0) parts.push(`errors=${figures.errors} began=${figures.originErrors}`);
  parts.push(`self=${figures.selfTimeNs / 1e6} path=${figures.criticalPathNs / 1e6}`);
  if (figures.localSpans !== 0) parts.push(`local=${figures.localSpans}`);
  return parts.join(' ');
}

function nameOf(service: Service | null): string {
  if (service === null) return '-';
  return service.environment === '' ? service.name : `${service.environment}/${service.name}`;
}

function sumOf(histogram: ReadonlyMap<number, number>): number {
  return Array.from(histogram.values()).reduce((sum, count) => sum + count, 0);
}
