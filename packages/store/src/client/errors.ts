import { ClickHouseError } from '@clickhouse/client';
import { StoreError } from '../errors.ts';

/**
 * Codes of ClickHouse that say "not now": time, memory, connections, too many parts, a start or a
 * stop in progress, a lost quorum. From src/Common/ErrorCodes.cpp.
 */
const unavailableCodes: ReadonlySet<string> = new Set([
  '159', // TIMEOUT_EXCEEDED
  '164', // READONLY
  '173', // CANNOT_ALLOCATE_MEMORY
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '203', // NO_FREE_CONNECTION
  '209', // SOCKET_TIMEOUT
  '210', // NETWORK_ERROR
  '236', // ABORTED
  '241', // MEMORY_LIMIT_EXCEEDED
  '242', // TABLE_IS_READ_ONLY
  '243', // NOT_ENOUGH_SPACE
  '252', // TOO_MANY_PARTS
  '279', // ALL_CONNECTION_TRIES_FAILED
  '285', // TOO_FEW_LIVE_REPLICAS
  '286', // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  '319', // UNKNOWN_STATUS_OF_INSERT
  '394', // QUERY_WAS_CANCELLED
  '425', // SYSTEM_ERROR
  '999', // KEEPER_EXCEPTION
]);

/** Codes that say that the data itself cannot be stored, however often it is sent. */
const refusedCodes: ReadonlySet<string> = new Set([
  '6', // CANNOT_PARSE_TEXT
  '27', // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  '32', // ATTEMPT_TO_READ_AFTER_EOF
  '33', // CANNOT_READ_ALL_DATA
  '53', // TYPE_MISMATCH
  '69', // ARGUMENT_OUT_OF_BOUND
  '70', // CANNOT_CONVERT_TYPE
  '117', // INCORRECT_DATA
  '128', // TOO_LARGE_ARRAY_SIZE
  '131', // TOO_LARGE_STRING_SIZE
  '321', // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
]);

/** Codes that say that the query is beyond its own limits: it would be next time, too. */
const exceededCodes: ReadonlySet<string> = new Set([
  '158', // TOO_MANY_ROWS
  '159', // TIMEOUT_EXCEEDED
  '160', // TOO_SLOW
  '241', // MEMORY_LIMIT_EXCEEDED
  '307', // TOO_MANY_BYTES
  '396', // TOO_MANY_ROWS_OR_BYTES
]);

/** CANNOT_COMPILE_REGEXP. */
const badPatternCode = '427';

/** Turns what the ClickHouse client threw into a {@link StoreError}; `doing` names the step. */
export function storeErrorOf(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StoreError(`${doing}: ${message}`, kindOf(error), { cause: error, fault: faultOf(error) });
}

function faultOf(error: unknown): 'exceeded' | 'pattern' | null {
  if (!(error instanceof ClickHouseError)) return null;
  if (error.code === badPatternCode) return 'pattern';
  return exceededCodes.has(error.code) ? 'exceeded' : null;
}

function kindOf(error: unknown): 'unavailable' | 'refused' | 'broken' {
  if (error instanceof ClickHouseError) {
    if (unavailableCodes.has(error.code)) return 'unavailable';
    return refusedCodes.has(error.code) ? 'refused' : 'broken';
  }
  // The client throws a plain Error for a request that timed out, was aborted or lost its socket.
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return 'broken';
  return 'unavailable';
}
