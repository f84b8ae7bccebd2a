import { ClickHouseError } from '@clickhouse/client';
import { StoreError } from '../errors.ts';
import { adviceOn, faultOf, meaningOf } from './codes.ts';

/** An answer that is no success. */
export interface Refusal {
  readonly status: number;
  /** What the server says of itself, beside the body: ClickHouse names its code there. */
  readonly code: string | undefined;
  readonly body: string;
}

/** Turns whatever went wrong while `doing` something into a {@link StoreError}. */
export function storeErrorOf(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  if (error instanceof ClickHouseError) return codedError(Number(error.code), error.message, doing, error);
  const message = error instanceof Error ? error.message : String(error);
  const code = failureCode(error, message);
  if (tlsFailure.test(code))
    return new StoreError(advised(`${doing}: ${message}`, tlsAdvice(code)), 'broken', { cause: error });
  // The client throws a plain Error for a request that timed out, was aborted or lost its socket.
  const ours = error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
  return new StoreError(`${doing}: ${message || code}`, ours ? 'broken' : 'unavailable', { cause: error });
}

/** Turns an answer into a {@link StoreError}: ClickHouse's own by its code, a proxy's by its status. */
export function refusalError({ status, code, body }: Refusal, doing: string): StoreError {
  const text = body.trim();
  const number = Number(code ?? /Code: (\d+)\./.exec(text)?.[1]);
  if (Number.isInteger(number)) return codedError(number, text, doing);
  const says = `HTTP ${status}, not from ClickHouse: ${text
    .replaceAll(/<[^>]*>|\s+/g, ' ')
    .trim()
    .slice(0, 200)}`;
  const passing = status >= 500 || passingStatuses.has(status);
  return new StoreError(
    advised(`${doing}: ${says}`, statusAdvice.get(status) ?? null),
    passing ? 'unavailable' : 'broken',
  );
}

/** Request Timeout, Too Early, Too Many Requests. */
const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429]);

const statusAdvice: ReadonlyMap<number, string> = new Map([
  [404, 'is the path of clickhouse-url right?'],
  [413, 'a proxy limits bodies: Spanloom sends up to 64 MB'],
]);

/** The code of an error of Node.js; of TLS it may be in the text alone, as OpenSSL's words. */
function failureCode(error: unknown, message: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code !== 'EPROTO') return code;
  if (message.includes('wrong version number')) return 'ERR_SSL_WRONG_VERSION_NUMBER';
  return /alert (?:.*certificate|unknown ca)/.test(message) ? 'ERR_SSL_ALERT_CERTIFICATE' : code;
}

/** Certificates that are not trusted, and servers that speak no TLS: trying again does not help. */
const tlsFailure =
  /^(ERR_TLS_|CERT_|UNABLE_TO_(GET|VERIFY|DECODE)_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH$|INVALID_CA$|ERR_SSL_WRONG_VERSION_NUMBER$|ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA)|ERR_OSSL_)/;

function tlsAdvice(code: string): string {
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'the server speaks no TLS at that port';
  if (code.includes('ALERT')) return 'the server wants another certificate: see clickhouse-tls-cert-file';
  return "the server's certificate is not trusted: see clickhouse-tls-ca-file";
}

function codedError(code: number, message: string, doing: string, cause?: Error): StoreError {
  // ClickHouse repeats the query in some messages; whole pages of it help nobody.
  const short = message.length > 2_000 ? `${message.slice(0, 2_000)}…` : message;
  const options = { code, fault: faultOf(code), ...(cause === undefined ? {} : { cause }) };
  return new StoreError(advised(`${doing}: ${short}`, adviceOn(code, message)), meaningOf(code, message), options);
}

function advised(message: string, advice: string | null): string {
  return advice === null ? message : `${message.replace(/[.\s]+$/, '')} (${advice})`;
}
