import { longestKnownNs, longestWhere, operationHash } from '@spanloom/store';
import { isJoined, isNot } from './ast.ts';
import type { Condition, SpanFilter } from './ast.ts';
import type { Binder } from './binder.ts';
import { nsOf, textOf } from './span-sql.ts';

/** A condition on `trace_id`. */
export interface ByLongest {
  readonly sql: string;
  /** It finds nothing else; else, what it finds has to be looked at. */
  readonly exact: boolean;
}

/**
 * The condition that some span of the trace meets the filter, where the longest spans of its fragments tell: any of
 * `service = …`, with it `operation = …`, `duration > …` or `>= …`, and `status = error`. Null elsewhere. `scope`:
 * conditions on `trace_id` beside it.
 */
export function longestSql(filter: SpanFilter, binder: Binder, scope: readonly string[]): ByLongest | null {
  const asked = askedOf(filter);
  if (asked === null) return null;
  const { service, operation, leastNs, failed } = asked;
  if (operation !== null && service === null) return null;
  const exact = leastNs <= longestKnownNs;
  const knownNs = exact ? leastNs : BigInt(longestKnownNs);
  const query = {
    service: service === null ? null : binder.bind(service, 'String'),
    operation: operation === null ? null : binder.bind(operationHash(service ?? '', operation), 'UInt64'),
    leastNs: knownNs === 0n ? null : binder.bind(knownNs, 'UInt64'),
    failed,
  };
  return { sql: longestWhere(query, scope), exact };
}

interface Asked {
  service: string | null;
  operation: string | null;
  leastNs: bigint;
  failed: boolean;
}

/** Null where it asks for anything else. */
function askedOf(filter: SpanFilter): Asked | null {
  if (filter.type === 'any' || isNot<Condition>(filter)) return null;
  if (isJoined<Condition>(filter) && filter.type === 'or') return null;
  const asked: Asked = { service: null, operation: null, leastNs: 0n, failed: false };
  const operands = isJoined<Condition>(filter) ? filter.operands : [filter];
  return operands.every((operand) => isTaken(operand, asked)) ? asked : null;
}

/** Whether it is a condition that can be told, and does not say otherwise than one before it. */
function isTaken(condition: SpanFilter, asked: Asked): boolean {
  if (condition.type !== 'compare' || condition.field.type !== 'span') return false;
  const { field, operator, value } = condition;
  switch (field.name) {
    case 'service':
    case 'operation': {
      const before = asked[field.name];
      const text = textOf(value);
      asked[field.name] = text;
      return operator === '=' && (before === null || before === text);
    }
    case 'duration': {
      const leastNs = BigInt(nsOf(value)) + (operator === '>' ? 1n : 0n);
      if (leastNs > asked.leastNs) asked.leastNs = leastNs;
      return operator === '>' || operator === '>=';
    }
    case 'status':
      asked.failed = true;
      return operator === '=' && textOf(value) === 'error';
    default:
      return false;
  }
}
