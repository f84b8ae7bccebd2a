import { LogError } from '../../errors.ts';

/** Errors of kafkajs that no other try can mend: their `type`, or their name where they have none. */
const FATAL: ReadonlySet<string> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'INVALID_SESSION_TIMEOUT',
  'INCONSISTENT_GROUP_PROTOCOL',
  'INVALID_GROUP_ID',
  'GROUP_MAX_SIZE_REACHED',
  'INVALID_TOPIC_EXCEPTION',
  'UNSUPPORTED_VERSION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'OFFSET_METADATA_TOO_LARGE',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_PARTITIONS',
  'INVALID_CONFIG',
  'INVALID_REPLICA_ASSIGNMENT',
  'POLICY_VIOLATION',
  'KafkaJSSASLAuthenticationError',
  'KafkaJSServerDoesNotSupportApiKey',
  'KafkaJSNotImplemented',
]);

/** Defects of a program, of ours or of kafkajs. */
const DEFECTS: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);

/** What a broker called the error, through what kafkajs wrapped around it; or the error's name. */
export function typeOf(error: unknown): string {
  let name = '';
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('type' in cause && typeof cause.type === 'string') return cause.type;
    // What lies deepest says most, but for what Node tells of sockets.
    if (name === '' || cause.name.startsWith('KafkaJS')) name = cause.name;
  }
  return name;
}

/** Says what failed, and whether to try again. What is a LogError already stays as it is. */
export function toLogError(what: string, error: unknown): LogError {
  if (error instanceof LogError) return error;
  const type = typeOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  return new LogError(`${what}: ${reason}`, !FATAL.has(type) && !DEFECTS.has(type), { cause: error });
}
