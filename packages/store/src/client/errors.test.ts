import { describe, expect, test } from 'vitest';
import { refusalError, storeErrorOf } from './errors.ts';

const fromClickHouse = (code: number, message: string): ReturnType<typeof refusalError> =>
  refusalError({ status: 500, code: String(code), body: `Code: ${code}. DB::Exception: ${message}` }, 'inserting x');

describe('an answer of ClickHouse', () => {
  test.each([
    [159, 'Timeout exceeded'],
    [164, 'Replica is not active right now'],
    [210, 'Broken pipe, while writing to socket'],
    [225, 'Coordination is not configured or away'],
    [241, 'Memory limit exceeded'],
    [242, 'Table is in readonly mode'],
    [252, 'Too many parts (3001)'],
    [285, 'Number of alive replicas (1) is less than requested quorum (2/3)'],
    [286, 'Quorum for previous write has not been satisfied yet'],
    [289, "Replica doesn't have part"],
    [319, 'Unknown quorum status'],
    [745, 'The server is overloaded'],
    [999, 'Session expired'],
  ])('%i, %s: is worth another try', (code, message) => {
    expect(fromClickHouse(code, message)).toMatchObject({ retryable: true, refused: false, code });
  });

  test.each([
    [16, 'No such column x in table spans_data', 'spanloom migrate'],
    [60, 'Table spanloom.spans_data does not exist', 'spanloom migrate'],
    [81, 'Database spanloom does not exist', 'spanloom migrate'],
    [164, "Cannot modify 'max_execution_time' setting in readonly mode", 'readonly = 2'],
    [452, 'Setting async_insert should not be changed', 'readonly = 2'],
    [497, 'Not enough privileges', '--print'],
    [516, 'Authentication failed', 'clickhouse-password'],
  ])('%i, %s: needs a person, and says what to do', (code, message, advice) => {
    const error = fromClickHouse(code, message);
    expect(error).toMatchObject({ retryable: false, refused: false });
    expect(error.message).toContain(advice);
  });

  test('that refuses the data is told apart', () => {
    expect(fromClickHouse(117, 'Incorrect data')).toMatchObject({ retryable: false, refused: true });
  });

  test('is known by its text where a proxy drops the header', () => {
    const error = refusalError({ status: 500, code: undefined, body: 'Code: 241. DB::Exception: Memory' }, 'reading');
    expect(error).toMatchObject({ retryable: true, code: 241 });
  });
});

describe('a connection', () => {
  test.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH'])(
    'that fails with %s is worth another try',
    (code) => {
      expect(storeErrorOf(Object.assign(new Error('it failed'), { code }), 'reading').retryable).toBe(true);
    },
  );

  test.each([
    'SELF_SIGNED_CERT_IN_CHAIN',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  ])('that fails with %s needs a person', (code) => {
    const error = storeErrorOf(Object.assign(new Error('it failed'), { code }), 'reading');
    expect(error.retryable).toBe(false);
    expect(error.message).toMatch(/\(.+\)$/);
  });
});
