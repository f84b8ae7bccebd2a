/**
 * The Avro schemas of the log's records, one constant a version. The files in schemas/ hold the
 * same, for people and other languages. A schema that was published never changes.
 */
const codec = { type: 'enum', name: 'Codec', symbols: ['none', 'lz4'] };

/** Value of `spans`: the index first, the body last. */
export const spansV1: object = {
  type: 'record',
  name: 'Spans',
  namespace: 'spanloom.v1',
  doc: 'Some spans of one trace, as one request brought them.',
  fields: [
    { name: 'traceId', type: { type: 'fixed', name: 'TraceId', size: 16 } },
    { name: 'spanIds', type: 'bytes', doc: '8 bytes a span' },
    { name: 'parentIds', type: 'bytes', doc: '8 bytes a span, zero for a root' },
    { name: 'marks', type: 'bytes', doc: 'A byte a span: kind, is-remote, error' },
    { name: 'startNs', type: { type: 'fixed', name: 'Nanoseconds', size: 8 }, doc: 'Unix, big endian' },
    { name: 'endNs', type: 'Nanoseconds' },
    { name: 'bodyBytes', type: 'int', doc: 'Of the body before compression' },
    { name: 'truncated', type: 'boolean' },
    { name: 'codec', type: codec },
    { name: 'body', type: 'bytes', doc: 'OTLP TracesData, compressed' },
  ],
};

/** Value of `traces` for a finished trace, or a part of one. */
export const traceV1: object = {
  type: 'record',
  name: 'Trace',
  namespace: 'spanloom.v1',
  doc: 'A finished trace, or a numbered part of one.',
  fields: [
    { name: 'traceId', type: { type: 'fixed', name: 'TraceId', size: 16 } },
    {
      name: 'reason',
      type: {
        type: 'enum',
        name: 'CloseReason',
        symbols: ['complete', 'quiet', 'maxAge', 'maxSpans', 'maxBytes', 'pressure'],
      },
    },
    { name: 'complete', type: 'boolean' },
    { name: 'remoteRoot', type: 'boolean' },
    { name: 'roots', type: 'int' },
    { name: 'missingParents', type: 'bytes', doc: '8 bytes each' },
    { name: 'missingCount', type: 'int' },
    { name: 'part', type: 'int' },
    { name: 'parts', type: 'int' },
    { name: 'watermarkOffset', type: 'long' },
    { name: 'watermarkStreamTimeMs', type: 'long' },
    {
      name: 'chunks',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Chunk',
          fields: [
            { name: 'offset', type: 'long', doc: 'In spans' },
            { name: 'spanCount', type: 'int' },
            { name: 'bodyBytes', type: 'int' },
            { name: 'truncated', type: 'boolean' },
            { name: 'codec', type: codec },
            { name: 'body', type: 'bytes' },
          ],
        },
      },
    },
  ],
};

/** Value of `traces` without a key: how far it is complete. */
export const heartbeatV1: object = {
  type: 'record',
  name: 'Heartbeat',
  namespace: 'spanloom.v1',
  doc: 'How far the topic is complete when there is no trace to say it.',
  fields: [
    { name: 'watermarkOffset', type: 'long' },
    { name: 'watermarkStreamTimeMs', type: 'long' },
  ],
};
