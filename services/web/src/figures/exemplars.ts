import type { EdgeKind } from '../edge/params.ts';

/** A text as the query language has it. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function inEnvironment(environment: string | undefined): string {
  return environment === undefined ? '' : ` and environment = ${quoted(environment)}`;
}

/** Finds the spans of a service. */
export function serviceSpans(service: string, environment: string | undefined): string {
  return `service = ${quoted(service)}${inEnvironment(environment)}`;
}

/** Finds the spans of an operation; `$duration` stands where their bounds belong. */
export function operationSpans(service: string, operation: string, environment: string | undefined): string {
  return `service = ${quoted(service)} and operation = ${quoted(operation)}${inEnvironment(environment)} and $duration`;
}

/** The same whatever they took. */
export function ofAnyDuration(spans: string): string {
  return spans.replace(' and $duration', '');
}

export interface EdgeSpans {
  readonly client: string | undefined;
  readonly server: string;
  readonly kind: EdgeKind;
  readonly side: 'client' | 'server';
  readonly operation: string | undefined;
  readonly environment: string | undefined;
}

/**
 * Finds the spans of a call edge, or null where spans do not say what they called: then the slowest
 * and a failed trace of each step are what there is.
 */
export function edgeSpans({ client, server, kind, side, operation, environment }: EdgeSpans): string | null {
  const also = `${operation === undefined ? '' : ` and operation = ${quoted(operation)}`}${inEnvironment(environment)}`;
  if (side === 'client') {
    if (client === undefined || kind === 'rpc' || operation !== undefined) return null;
    // Of a message that a service took, the sender does not know who that was.
    if (kind === 'messaging') return null;
    return `service = ${quoted(client)} and peer = ${quoted(server)}${inEnvironment(environment)} and $duration`;
  }
  const taken = `service = ${quoted(server)} and kind = ${kind === 'messaging' ? 'consumer' : 'server'}${also} and $duration`;
  if (client === undefined) return `{${taken}} and root.service = ${quoted(server)}`;
  return `{service = ${quoted(client)}} >> {${taken}}`;
}
