/**
 * Every setting of Spanloom. The name is the flag (`--settle`) and the key in a file; the
 * environment's name is derived (`SPANLOOM_SETTLE`), and so is the key in code (`settle`,
 * `otlpGrpcPort`). Defaults are written as a user would write them, and go through the same parser.
 */
export const configTable = {
  'data-dir': { type: 'string', default: '', section: 'General', help: 'Folder for everything that is kept' },
  host: { type: 'string', default: '127.0.0.1', section: 'General', help: 'Address that all listeners bind to' },
  demo: { type: 'bool', default: 'true', section: 'General', help: 'Send demo traffic' },
  'log-level': {
    type: 'enum',
    values: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    default: 'info',
    section: 'General',
    help: 'Least severe log line that is written',
  },
  'log-format': {
    type: 'enum',
    values: ['auto', 'pretty', 'json'],
    default: 'auto',
    section: 'General',
    help: 'Log lines; auto: pretty on a terminal, else JSON',
  },
  ports: { type: 'int', min: -65_535, max: 65_535, default: '+0', section: 'Ports', help: 'Added to every port' },
  'otlp-grpc-port': { type: 'port', default: '4317', section: 'Ports', help: 'OTLP over gRPC; 0: any free port' },
  'otlp-http-port': { type: 'port', default: '4318', section: 'Ports', help: 'OTLP over HTTP; 0: any free port' },
  'query-port': { type: 'port', default: '16686', section: 'Ports', help: 'Query API and web page; 0: any free port' },
  'health-port': { type: 'port', default: '18888', section: 'Ports', help: 'Health and metrics; 0: any free port' },
  'max-request-bytes': {
    type: 'bytes',
    min: 1,
    default: '32MiB',
    section: 'Intake',
    help: 'Bytes of one request, uncompressed',
  },
  'max-inflight-bytes': {
    type: 'bytes',
    min: 1,
    default: '128MiB',
    section: 'Intake',
    help: 'Bytes of all requests that are not yet durable',
  },
  settle: {
    type: 'duration',
    min: 1,
    default: '6s',
    section: 'Traces',
    help: 'Silence after which a whole trace is finished',
  },
  quiet: {
    type: 'duration',
    min: 1,
    default: '30s',
    section: 'Traces',
    help: 'Silence after which any trace is finished',
  },
  'max-age': { type: 'duration', min: 1, default: '5m', section: 'Traces', help: 'Age at which any trace is finished' },
  'max-trace-spans': {
    type: 'int',
    min: 1,
    max: 100_000,
    default: '100000',
    section: 'Traces',
    help: 'Spans at which a trace goes out in parts',
  },
  'max-trace-bytes': {
    type: 'bytes',
    min: 1,
    default: '32MiB',
    section: 'Traces',
    help: 'Bytes at which a trace goes out in parts, uncompressed',
  },
  'buffer-bytes': {
    type: 'bytes',
    min: 1,
    default: '512MiB',
    section: 'Traces',
    help: 'Memory for open traces, in bytes',
  },
  partitions: {
    type: 'int',
    min: 1,
    max: 1024,
    default: '1',
    section: 'Log',
    help: 'Partitions of a new log; fixed once it is made',
  },
  'log-retention': { type: 'duration', min: 1, default: '7d', section: 'Log', help: 'Age at which the log forgets' },
  'log-retention-bytes': {
    type: 'bytes',
    min: 1,
    default: '10GB',
    section: 'Log',
    help: 'Size at which the log forgets, in bytes',
  },
  'cut-interval': {
    type: 'duration',
    min: 1,
    default: '1s',
    section: 'Store',
    help: 'Time between batches to the store',
  },
  'cut-max-spans': {
    type: 'int',
    min: 1,
    max: 500_000,
    default: '50000',
    section: 'Store',
    help: 'Spans at which a batch is cut',
  },
  'cut-max-bytes': {
    type: 'bytes',
    min: 1,
    max: 67_108_864,
    default: '32MiB',
    section: 'Store',
    help: 'Bytes at which a batch is cut, uncompressed',
  },
  'trace-retention': {
    type: 'duration',
    min: 1,
    default: '7d',
    section: 'Store',
    help: 'Age at which stored traces go',
  },
  'aggregate-retention': {
    type: 'duration',
    min: 1,
    default: '90d',
    section: 'Store',
    help: 'Age at which stored figures go',
  },
  'max-operations': {
    type: 'int',
    min: 1,
    default: '500',
    section: 'Store',
    help: 'Operations of a service in one batch; more fold to (other)',
  },
  'max-peers': {
    type: 'int',
    min: 1,
    default: '200',
    section: 'Store',
    help: 'Peers of a service in one batch; more fold to (other)',
  },
  'clickhouse-url': {
    type: 'url',
    default: '',
    section: 'Store',
    help: 'ClickHouse over HTTP; empty: the embedded one',
  },
  'clickhouse-user': { type: 'string', default: 'default', section: 'Store', help: 'User at that ClickHouse' },
  'clickhouse-password': { type: 'string', default: '', secret: true, section: 'Store', help: 'Password of that user' },
  'clickhouse-password-file': {
    type: 'string',
    default: '',
    section: 'Store',
    help: 'File that holds the password instead',
  },
  'clickhouse-database': { type: 'string', default: 'spanloom', section: 'Store', help: 'Database at that ClickHouse' },
} as const;

/** Names of settings, as in a flag without its dashes. */
export type OptionName = keyof typeof configTable;

/** A row of the table, whatever its name. */
export interface OptionSpec {
  readonly type: 'string' | 'int' | 'port' | 'bytes' | 'duration' | 'bool' | 'enum' | 'url';
  readonly default: string;
  readonly section: string;
  readonly help: string;
  /** Of numbers: in bytes or milliseconds where the type has such a unit. */
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  /** Never printed. */
  readonly secret?: boolean;
}

type Camel<S extends string> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;
type ValueOf<O> = O extends { type: 'enum'; values: readonly (infer V)[] }
  ? V
  : O extends { type: 'bool' }
    ? boolean
    : O extends { type: 'int' | 'port' | 'bytes' | 'duration' }
      ? number
      : string;

/** The settings by their name in code. Durations are milliseconds, sizes bytes; ports have `--ports` added. */
export type Config = { readonly [N in OptionName as Camel<N>]: ValueOf<(typeof configTable)[N]> };

/** The rows by name, without their literal types. */
export const options: ReadonlyMap<string, OptionSpec> = new Map<string, OptionSpec>(Object.entries(configTable));

/** `otlp-grpc-port` → `otlpGrpcPort`. */
export function keyOf(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `otlp-grpc-port` → `SPANLOOM_OTLP_GRPC_PORT`. */
export function envNameOf(name: string): string {
  return `SPANLOOM_${name.toUpperCase().replaceAll('-', '_')}`;
}
