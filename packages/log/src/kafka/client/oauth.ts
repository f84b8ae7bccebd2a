import type { Clock } from '@spanloom/span';
import { LogError } from '../../errors.ts';

export interface ClientCredentials {
  /** The token endpoint of the authorization server. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
  readonly clock: Clock;
}

/** A token is not used in the last fifth of its life, and not in its last 30 s where it lives longer than that. */
const LAST_PART = 0.2;
const LAST_MS = 30_000;
/** Where the server does not say how long it lives. */
const LIFE_MS = 60_000;
const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Tokens by OAuth 2 client credentials (RFC 6749, section 4.4), for a {@link KafkaLogin}. One is
 * used until shortly before it expires, by all connections; then the next one is asked for.
 * Rejects with a LogError: not retryable where the server refuses the credentials.
 */
export function clientCredentials(options: ClientCredentials): () => Promise<string> {
  const { clock } = options;
  let current: Promise<{ token: string; untilMs: number }> | null = null;

  async function next(): Promise<{ token: string; untilMs: number }> {
    const askedMs = clock.now();
    const { token, lifeMs } = await askForToken(options);
    return { token, untilMs: askedMs + lifeMs - Math.min(LAST_MS, lifeMs * LAST_PART) };
  }

  return async () => {
    for (;;) {
      const asked = (current ??= next());
      try {
        const { token, untilMs } = await asked;
        if (clock.now() < untilMs) return token;
      } catch (error) {
        if (current === asked) current = null;
        throw error;
      }
      if (current === asked) current = null;
    }
  };
}

async function askForToken(options: ClientCredentials): Promise<{ token: string; lifeMs: number }> {
  const { tokenUrl, clientId, clientSecret, scope } = options;
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scope !== undefined && scope !== '') form.set('scope', scope);
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  let response: Response;
  let text: string;
  try {
    response = await fetch(tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
      body: form,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    text = await response.text();
  } catch (error) {
    throw new LogError(`No token from ${tokenUrl}: ${reasonOf(error)}`, true, { cause: error });
  }
  if (!response.ok) {
    // 4xx is about what we sent, but for "too many" and "too slow".
    const refused = response.status < 500 && response.status !== 429 && response.status !== 408;
    throw new LogError(`No token from ${tokenUrl}: status ${response.status}, ${text.slice(0, 200)}`, !refused);
  }
  const { access_token: token, expires_in: lifeS } = parse(text);
  if (typeof token !== 'string') throw new LogError(`No token from ${tokenUrl}: its answer has none.`, true);
  return { token, lifeMs: typeof lifeS === 'number' ? lifeS * 1000 : LIFE_MS };
}

function parse(text: string): { access_token?: unknown; expires_in?: unknown } {
  try {
    // Anything but an object has no such fields.
    return (JSON.parse(text) as { access_token?: unknown; expires_in?: unknown } | null) ?? {};
  } catch {
    return {};
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
