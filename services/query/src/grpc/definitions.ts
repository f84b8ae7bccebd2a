import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { load, type PackageDefinition } from '@grpc/proto-loader';

/** The definitions, beside `src` and `dist` alike. */
const folder = fileURLToPath(new URL('../../proto/', import.meta.url));

/** Jaeger's two query services, by their full names. */
export interface QueryDefinitions {
  readonly v2: ServiceDefinition;
  readonly v3: ServiceDefinition;
}

/**
 * Reads the definitions. Messages are objects with names in camelCase, every field there; 64-bit
 * numbers are strings, enums their names, messages that were not sent null.
 */
export async function loadDefinitions(): Promise<QueryDefinitions> {
  const loaded = await load(['jaeger/query_v2.proto', 'jaeger/query_v3.proto'], {
    includeDirs: [folder],
    longs: String,
    enums: String,
    defaults: true,
  });
  return {
    v2: serviceOf(loaded, 'jaeger.api_v2.QueryService'),
    v3: withTracesAsBytes(serviceOf(loaded, 'jaeger.api_v3.QueryService')),
  };
}

function serviceOf(loaded: PackageDefinition, name: string): ServiceDefinition {
  const definition = loaded[name];
  if (definition === undefined || 'format' in definition) throw new Error(`${name} is not in the definitions`);
  return definition;
}

/** `TracesData` is written by what writes OTLP everywhere else. */
function withTracesAsBytes(service: ServiceDefinition): ServiceDefinition {
  const responseSerialize = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      name === 'GetTrace' || name === 'FindTraces' ? { ...method, responseSerialize } : method,
    ]),
  );
}
