/** The fields that a query can name beside attributes, and what may be asked of them. */

/** What a field's values are. Attributes have no type of their own: they hold what was sent. */
export type FieldType = 'text' | 'choice' | 'duration' | 'number' | 'attribute';

export interface FieldInfo {
  readonly type: FieldType;
  /** The values of a `choice`. */
  readonly choices?: readonly string[];
  readonly help: string;
}

/** In the order of OTLP's `SpanKind`. */
export const kindNames: readonly string[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
/** In the order of OTLP's `StatusCode`. */
export const statusNames: readonly string[] = ['unset', 'ok', 'error'];
export const verdictNames: readonly string[] = ['complete', 'incomplete'];

export type SpanFieldName =
  | 'service'
  | 'namespace'
  | 'environment'
  | 'operation'
  | 'name'
  | 'kind'
  | 'status'
  | 'status.message'
  | 'duration'
  | 'peer';

export const spanFields: Readonly<Record<SpanFieldName, FieldInfo>> = {
  service: { type: 'text', help: 'Name of the service.' },
  namespace: { type: 'text', help: '`service.namespace`; empty where it was not sent.' },
  environment: { type: 'text', help: '`deployment.environment.name`; empty where it was not sent.' },
  operation: { type: 'text', help: 'What the span is counted under: its name without ids.' },
  name: { type: 'text', help: 'Name of the span as it was sent.' },
  kind: { type: 'choice', choices: kindNames, help: 'Kind of the span.' },
  status: { type: 'choice', choices: statusNames, help: 'Status of the span.' },
  'status.message': { type: 'text', help: 'Message of the status.' },
  duration: { type: 'duration', help: 'From the start of the span to its end.' },
  peer: { type: 'text', help: 'Database, queue or host that the span calls; empty where there is none.' },
};

export type TraceFieldName =
  | 'trace.duration'
  | 'trace.spans'
  | 'trace.errors'
  | 'trace.fragments'
  | 'trace.verdict'
  | 'root.service'
  | 'root.namespace'
  | 'root.environment'
  | 'root.operation';

export const traceFields: Readonly<Record<TraceFieldName, FieldInfo>> = {
  'trace.duration': { type: 'duration', help: 'From the first start to the last end of the trace.' },
  'trace.spans': { type: 'number', help: 'Spans of the trace.' },
  'trace.errors': { type: 'number', help: 'Spans with status error.' },
  'trace.fragments': { type: 'number', help: 'In how many pieces the trace came; more than 1 where spans were late.' },
  'trace.verdict': { type: 'choice', choices: verdictNames, help: 'Whether anything inside the trace is missing.' },
  'root.service': { type: 'text', help: 'Service of the root span, or of the earliest one where no root came.' },
  'root.namespace': { type: 'text', help: '`service.namespace` of the root span.' },
  'root.environment': { type: 'text', help: '`deployment.environment.name` of the root span.' },
  'root.operation': { type: 'text', help: 'Operation of the root span.' },
};

export const spanFieldNames: readonly SpanFieldName[] = Object.keys(spanFields) as SpanFieldName[];
export const traceFieldNames: readonly TraceFieldName[] = Object.keys(traceFields) as TraceFieldName[];

export function isSpanField(name: string): name is SpanFieldName {
  return Object.hasOwn(spanFields, name);
}

export function isTraceField(name: string): name is TraceFieldName {
  return Object.hasOwn(traceFields, name);
}

export function infoOf(field: { readonly type: string; readonly name?: string }): FieldInfo {
  const name = field.name ?? '';
  if (field.type === 'span' && isSpanField(name)) return spanFields[name];
  if (field.type === 'trace' && isTraceField(name)) return traceFields[name];
  return attributeInfo;
}

const attributeInfo: FieldInfo = { type: 'attribute', help: 'An attribute.' };

/** Which comparisons make sense for a type; `in` goes with `=`. */
export const operatorsOf: Readonly<Record<FieldType, readonly string[]>> = {
  text: ['=', '!=', '~', 'in'],
  choice: ['=', '!=', 'in'],
  duration: ['=', '!=', '<', '<=', '>', '>=', 'in'],
  number: ['=', '!=', '<', '<=', '>', '>=', 'in'],
  attribute: ['=', '!=', '<', '<=', '>', '>=', '~', 'in'],
};
