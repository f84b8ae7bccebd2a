export * from './records.ts';
export { partitionOf } from './partition.ts';
export * from './avro/index.ts';
export * from './compression.ts';
export { decodeSpans } from './otlp/decode.ts';
export { encodeSpans } from './otlp/encode.ts';
export * from './otlp/split.ts';
export * from './chunk-record.ts';
export { skimBody } from './otlp/skim.ts';
export { decodeExportResponse, encodeExportResponse } from './otlp/response.ts';
export type { ExportResponse } from './otlp/response.ts';
export { encodeStatus, statusToJson } from './otlp/status.ts';
export type { RpcStatus } from './otlp/status.ts';
export { jsonToRequest } from './otlp/json.ts';
/** Reads the fields of any protobuf message, where its bytes are. */
export { FieldReader } from './protobuf/reader.ts';
