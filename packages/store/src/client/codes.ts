import type { Fault } from '../errors.ts';

/** What ClickHouse's error codes mean for whoever sent the request. Numbers from its src/Common/ErrorCodes.cpp. */
export type Meaning = 'unavailable' | 'refused' | 'broken';

/**
 * "Not now": time, memory, disk, connections, too many parts, a start or a stop in progress,
 * replicas or Keeper away, a quorum missed.
 */
const unavailable: ReadonlySet<number> = new Set([
  75, // CANNOT_WRITE_TO_FILE_DESCRIPTOR
  95, // CANNOT_READ_FROM_SOCKET
  96, // CANNOT_WRITE_TO_SOCKET
  159, // TIMEOUT_EXCEEDED
  173, // CANNOT_ALLOCATE_MEMORY
  198, // DNS_ERROR
  201, // QUOTA_EXCEEDED
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  203, // NO_FREE_CONNECTION
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  225, // NO_ZOOKEEPER
  234, // NO_REPLICA_HAS_PART
  236, // ABORTED
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY
  243, // NOT_ENOUGH_SPACE
  244, // UNEXPECTED_ZOOKEEPER_ERROR
  252, // TOO_MANY_PARTS
  254, // NO_ACTIVE_REPLICAS
  255, // TOO_MANY_RETRIES_TO_FETCH_PARTS
  265, // NO_AVAILABLE_REPLICA
  279, // ALL_CONNECTION_TRIES_FAILED
  285, // TOO_FEW_LIVE_REPLICAS
  286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  289, // REPLICA_IS_NOT_IN_QUORUM
  319, // UNKNOWN_STATUS_OF_INSERT
  341, // UNFINISHED
  364, // RECEIVED_ERROR_TOO_MANY_REQUESTS
  369, // ALL_REPLICAS_ARE_STALE
  394, // QUERY_WAS_CANCELLED
  416, // REPLICA_STATUS_CHANGED
  425, // SYSTEM_ERROR
  439, // CANNOT_SCHEDULE_TASK
  473, // DEADLOCK_AVOIDED
  499, // S3_ERROR
  618, // LZ4_DECODER_FAILED: the block was whole when it was sent
  677, // THREAD_WAS_CANCELED
  692, // TOO_MANY_MUTATIONS
  695, // ASYNC_LOAD_FAILED
  696, // ASYNC_LOAD_CANCELED
  700, // USER_SESSION_LIMIT_EXCEEDED
  722, // ASYNC_LOAD_WAIT_FAILED
  735, // QUERY_WAS_CANCELLED_BY_CLIENT
  745, // SERVER_OVERLOADED
  749, // TCP_CONNECTION_LIMIT_REACHED
  762, // HTTP_CONNECTION_LIMIT_REACHED
  776, // RESOURCE_LIMIT_EXCEEDED
  777, // MEMORY_RESERVATION_KILLED
  778, // MEMORY_RESERVATION_FAILED
  999, // KEEPER_EXCEPTION
]);

/** The data itself cannot be stored, however often it is sent. */
const refused: ReadonlySet<number> = new Set([
  6, // CANNOT_PARSE_TEXT
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  32, // ATTEMPT_TO_READ_AFTER_EOF
  33, // CANNOT_READ_ALL_DATA
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  117, // INCORRECT_DATA
  128, // TOO_LARGE_ARRAY_SIZE
  131, // TOO_LARGE_STRING_SIZE
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
]);

/** The query is beyond its own limits: it would be next time, too. */
const exceeded: ReadonlySet<number> = new Set([
  158, // TOO_MANY_ROWS
  159, // TIMEOUT_EXCEEDED
  160, // TOO_SLOW
  241, // MEMORY_LIMIT_EXCEEDED
  307, // TOO_MANY_BYTES
  396, // TOO_MANY_ROWS_OR_BYTES
]);

/** CANNOT_COMPILE_REGEXP. */
const badPattern = 427;

const login = 'check clickhouse-user, clickhouse-password and clickhouse-tls-cert-file';
const schema = 'the tables are not what this version needs: run "spanloom migrate"';
const settings =
  'this user may not change settings that Spanloom sends with a query: a profile with readonly = 2, or none, lets it';

/** Errors that a person has to mend, and how. */
const advice: ReadonlyMap<number, string> = new Map([
  [16, schema], // NO_SUCH_COLUMN_IN_TABLE
  [60, schema], // UNKNOWN_TABLE
  [81, schema], // UNKNOWN_DATABASE
  [115, 'this ClickHouse is too old for a setting that Spanloom sends: see docs/clickhouse.md'], // UNKNOWN_SETTING
  [164, settings], // READONLY
  [192, login], // UNKNOWN_USER
  [193, login], // WRONG_PASSWORD
  [194, login], // REQUIRED_PASSWORD
  [195, 'this user may not connect from here'], // IP_ADDRESS_NOT_ALLOWED
  [452, settings], // SETTING_CONSTRAINT_VIOLATION
  [472, settings], // READONLY_SETTING
  [497, 'this user lacks a right: "spanloom migrate --print" lists what each service needs'], // ACCESS_DENIED
  [516, login], // AUTHENTICATION_FAILED
  [720, 'the login of this user has expired'], // USER_EXPIRED
  [774, 'a table of this database can only be read'], // TABLE_IS_PERMANENTLY_READ_ONLY
]);

/** READONLY, but of a replica that has lost Keeper or is starting, and will be back. */
const inactiveReplica = /replica is not active/i;

/** What an answer with this code means; `message` is ClickHouse's own. */
export function meaningOf(code: number, message: string): Meaning {
  if (unavailable.has(code) || (code === 164 && inactiveReplica.test(message))) return 'unavailable';
  return refused.has(code) ? 'refused' : 'broken';
}

/** What whoever asked can mend; see `StoreError.fault`. */
export function faultOf(code: number): Fault | null {
  if (code === badPattern) return 'pattern';
  return exceeded.has(code) ? 'exceeded' : null;
}

/** What a person can do about it, or null. */
export function adviceOn(code: number, message: string): string | null {
  return meaningOf(code, message) === 'unavailable' ? null : (advice.get(code) ?? null);
}
