/**
 * OTLP's trace messages, as far as they are told apart here (opentelemetry-proto 1.x, trace/v1,
 * common/v1, resource/v1). Fields that are not listed are kept wherever bytes are copied.
 *
 *   ExportTraceServiceRequest, TracesData = resource_spans:1 ResourceSpans*
 *   ResourceSpans        = resource:1 Resource, scope_spans:2 ScopeSpans*, schema_url:3 string
 *   ScopeSpans           = scope:1 InstrumentationScope, spans:2 Span*, schema_url:3 string
 *   Resource             = attributes:1 KeyValue*, dropped_attributes_count:2 uint32
 *   InstrumentationScope = name:1 string, version:2 string, attributes:3 KeyValue*, dropped_attributes_count:4 uint32
 *   Span                 = trace_id:1 bytes, span_id:2 bytes, trace_state:3 string, parent_span_id:4 bytes,
 *                          name:5 string, kind:6 enum, start:7 fixed64, end:8 fixed64, attributes:9 KeyValue*,
 *                          dropped_attributes_count:10 uint32, events:11 Event*, dropped_events_count:12 uint32,
 *                          links:13 Link*, dropped_links_count:14 uint32, status:15 Status, flags:16 fixed32
 *   Event                = time:1 fixed64, name:2 string, attributes:3 KeyValue*, dropped_attributes_count:4 uint32
 *   Link                 = trace_id:1 bytes, span_id:2 bytes, trace_state:3 string, attributes:4 KeyValue*,
 *                          dropped_attributes_count:5 uint32, flags:6 fixed32
 *   Status               = message:2 string, code:3 enum
 *   KeyValue             = key:1 string, value:2 AnyValue
 *   AnyValue             = string:1 | bool:2 | int:3 int64 | double:4 | array:5 ArrayValue | kvlist:6 KeyValueList | bytes:7
 *   ArrayValue           = values:1 AnyValue*
 *   KeyValueList         = values:1 KeyValue*
 */
export const Field = {
  request: { resourceSpans: 1 },
  resourceSpans: { resource: 1, scopeSpans: 2, schemaUrl: 3 },
  scopeSpans: { scope: 1, spans: 2, schemaUrl: 3 },
  resource: { attributes: 1, droppedAttributesCount: 2 },
  scope: { name: 1, version: 2, attributes: 3, droppedAttributesCount: 4 },
  span: {
    traceId: 1,
    spanId: 2,
    traceState: 3,
    parentSpanId: 4,
    name: 5,
    kind: 6,
    start: 7,
    end: 8,
    attributes: 9,
    droppedAttributesCount: 10,
    events: 11,
    droppedEventsCount: 12,
    links: 13,
    droppedLinksCount: 14,
    status: 15,
    flags: 16,
  },
  event: { time: 1, name: 2, attributes: 3, droppedAttributesCount: 4 },
  link: { traceId: 1, spanId: 2, traceState: 3, attributes: 4, droppedAttributesCount: 5, flags: 6 },
  status: { message: 2, code: 3 },
  keyValue: { key: 1, value: 2 },
  anyValue: { string: 1, bool: 2, int: 3, double: 4, array: 5, map: 6, bytes: 7 },
  list: { values: 1 },
} as const;

/** Wire types of the fields of `AnyValue`, by number. */
const valueTypes: readonly number[] = [-1, 2, 0, 0, 1, 2, 2, 2];

/** Whether the field at hand of an `AnyValue` is one of its values; the last of them counts. */
export function isValue({ number, type }: { readonly number: number; readonly type: number }): boolean {
  return valueTypes[number] === type;
}

/** Messages may be nested this deep, as in protobuf's own parsers. */
export const maxDepth = 100;
