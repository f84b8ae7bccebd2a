/**
 * Every setting of Spanloom. The name is the flag (`--settle`) and the key in a file; the
 * environment's name is derived (`SPANLOOM_SETTLE`), and so is the key in code (`settle`,
 * `otlpGrpcPort`). Defaults are written as a user would write them, and go through the same parser.
 */
export const configTable = {
  'data-dir': { type: 'string', default: '', section: 'General', help: 'Folder for everything that is kept' },
  host: { type: 'string', default: '127.0.0.1', section: 'General', help: 'Address that all listeners bind to' },
  demo: { type: 'bool', default: 'true', section: 'General', help: 'Send demo traffic' },
  prefix: {
    type: 'string',
    default: '',
    section: 'General',
    help: 'Put before the names of topics, groups, keys and the database; letters, digits and underscores',
  },
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
  'query-grpc-port': {
    type: 'port',
    default: '16685',
    section: 'Ports',
    help: "Jaeger's query API over gRPC; 0: any free port",
  },
  'query-base-path': {
    type: 'string',
    default: '/',
    section: 'General',
    help: 'Path that the query API and the page lie below, where no proxy takes it away',
  },
  link: {
    type: 'links',
    default: '',
    section: 'General',
    help: 'Link that the page shows at spans, NAME=URL with {trace.id}, {span.KEY}, {resource.KEY}; may be repeated',
  },
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
  'kafka-input-topics': {
    type: 'string',
    default: '',
    section: 'Intake',
    help: 'Topics that OpenTelemetry collectors write, comma-separated; the gateway reads them',
  },
  'kafka-input-format': {
    type: 'enum',
    values: ['otlp_proto', 'otlp_json'],
    default: 'otlp_proto',
    section: 'Intake',
    help: 'Encoding of those topics, as in the collector',
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
  'redis-url': {
    type: 'string',
    default: '',
    section: 'Traces',
    help: 'Redis, as redis://host:6379/0 or rediss://…; empty: open traces in memory',
  },
  'redis-username': { type: 'string', default: '', section: 'Traces', help: 'ACL user at that Redis' },
  'redis-password': { type: 'string', default: '', secret: true, section: 'Traces', help: 'Password of that user' },
  'redis-password-file': {
    type: 'string',
    default: '',
    section: 'Traces',
    help: 'File that holds the password instead',
  },
  'redis-sentinels': {
    type: 'string',
    default: '',
    section: 'Traces',
    help: 'Sentinels that know where Redis is, host:port, comma-separated',
  },
  'redis-sentinel-name': {
    type: 'string',
    default: 'mymaster',
    section: 'Traces',
    help: 'What the sentinels call that Redis',
  },
  'redis-sentinel-password': {
    type: 'string',
    default: '',
    secret: true,
    section: 'Traces',
    help: 'Password of the sentinels',
  },
  'redis-sentinel-password-file': {
    type: 'string',
    default: '',
    section: 'Traces',
    help: 'File that holds the password instead',
  },
  'redis-tls-ca-file': {
    type: 'string',
    default: '',
    section: 'Traces',
    help: "PEM file of the authority that signed Redis' certificate",
  },
  'redis-cache-bytes': {
    type: 'bytes',
    min: 0,
    default: '96MiB',
    section: 'Traces',
    help: 'Memory for open traces that need not be read back from Redis',
  },
  partitions: {
    type: 'int',
    min: 1,
    max: 1024,
    default: '1',
    section: 'Log',
    help: 'Partitions of a new log; fixed once it is made',
  },
  'kafka-brokers': {
    type: 'string',
    default: '',
    section: 'Log',
    help: 'Kafka brokers, host:port, comma-separated; empty: the embedded log',
  },
  'kafka-client-id': { type: 'string', default: 'spanloom', section: 'Log', help: 'Name that brokers know us by' },
  'kafka-partitions': {
    type: 'int',
    min: 1,
    max: 1024,
    default: '16',
    section: 'Log',
    help: 'Partitions of topics that migrate makes; fixed once they are made',
  },
  'kafka-replication-factor': {
    type: 'int',
    min: 1,
    max: 32_767,
    default: '3',
    section: 'Log',
    help: 'Copies of topics that migrate makes',
  },
  'kafka-min-insync-replicas': {
    type: 'int',
    min: 1,
    max: 32_767,
    default: '2',
    section: 'Log',
    help: 'Copies that must have a record before it is acknowledged',
  },
  'kafka-session-timeout': {
    type: 'duration',
    min: 1000,
    default: '15s',
    section: 'Log',
    help: 'Silence after which a worker has lost its partitions',
  },
  'kafka-sasl-mechanism': {
    type: 'enum',
    values: ['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'],
    default: 'none',
    section: 'Log',
    help: 'How to log in to Kafka',
  },
  'kafka-sasl-username': { type: 'string', default: '', section: 'Log', help: 'User, or OAuth client id, at Kafka' },
  'kafka-sasl-password': {
    type: 'string',
    default: '',
    secret: true,
    section: 'Log',
    help: 'Password, or OAuth client secret, of that user',
  },
  'kafka-sasl-password-file': {
    type: 'string',
    default: '',
    section: 'Log',
    help: 'File that holds the password instead',
  },
  'kafka-oauth-token-url': {
    type: 'url',
    default: '',
    section: 'Log',
    help: 'Where oauthbearer gets tokens, by client credentials',
  },
  'kafka-oauth-scope': { type: 'string', default: '', section: 'Log', help: 'Scope to ask for with a token' },
  'kafka-tls': { type: 'bool', default: 'false', section: 'Log', help: 'Speak TLS to Kafka' },
  'kafka-tls-ca-file': {
    type: 'string',
    default: '',
    section: 'Log',
    help: "PEM file of the authority that signed the brokers' certificates",
  },
  'kafka-tls-cert-file': { type: 'string', default: '', section: 'Log', help: 'PEM file of our own certificate' },
  'kafka-tls-key-file': { type: 'string', default: '', section: 'Log', help: 'PEM file of its key' },
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
    help: 'Time between batches to the store; like the next two, of a new stream',
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
  'hour-retention': {
    type: 'duration',
    min: 1,
    default: '400d',
    section: 'Store',
    help: 'Age at which figures by hour go, and results of rollups',
  },
  'day-retention': {
    type: 'duration',
    min: 1,
    default: '1830d',
    section: 'Store',
    help: 'Age at which figures by day go',
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
  'clickhouse-tls-ca-file': {
    type: 'string',
    default: '',
    section: 'Store',
    help: "PEM file of the authority that signed ClickHouse's certificate",
  },
  'clickhouse-tls-cert-file': {
    type: 'string',
    default: '',
    section: 'Store',
    help: 'PEM file of our own certificate',
  },
  'clickhouse-tls-key-file': { type: 'string', default: '', section: 'Store', help: 'PEM file of its key' },
  'clickhouse-replicated': {
    type: 'bool',
    default: 'false',
    section: 'Store',
    help: 'Make tables with Replicated engines',
  },
  'clickhouse-deduplication-window': {
    type: 'int',
    min: 0,
    default: '0',
    section: 'Store',
    help: 'Blocks whose tokens each table remembers; 0: as many as the partitions need',
  },
  'clickhouse-cluster': {
    type: 'string',
    default: '',
    section: 'Store',
    help: 'Make tables ON CLUSTER of this name; empty: on the one server, or as its database replicates',
  },
  'clickhouse-replica-path': {
    type: 'string',
    default: '',
    section: 'Store',
    help: 'Where replicas of a table meet in Keeper, with {table}; empty: by its name on a cluster, else as the database says',
  },
  'rollup-dir': {
    type: 'string',
    default: '',
    section: 'Rollups',
    help: 'Folder of your rollups, as YAML; empty: those that come with Spanloom',
  },
  'rollup-grace': {
    type: 'duration',
    min: 0,
    default: '10m',
    section: 'Rollups',
    help: 'Time after the end of a window until it is rolled up',
  },
  'rollup-interval': {
    type: 'duration',
    min: 1000,
    default: '1m',
    section: 'Rollups',
    help: 'Time between looks for windows that are due',
  },
  'rollup-timeout': {
    type: 'duration',
    min: 1000,
    default: '5m',
    section: 'Rollups',
    help: 'Time after which one run is given up',
  },
} as const;

/** Names of settings, as in a flag without its dashes. */
export type OptionName = keyof typeof configTable;

/** A row of the table, whatever its name. */
export interface OptionSpec {
  readonly type: 'string' | 'int' | 'port' | 'bytes' | 'duration' | 'bool' | 'enum' | 'url' | 'links';
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
