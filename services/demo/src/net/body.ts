import type { IncomingMessage } from 'node:http';

/** The shop's own messages are a few hundred bytes. */
const maxBodyBytes = 64 * 1024;

/** A request or response body as parsed JSON; `undefined` for an empty one. Rejects if it is too large or no JSON. */
export async function readJson(message: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBodyBytes) throw new Error(`body is larger than ${maxBodyBytes} bytes`);
    parts.push(part);
  }
  return bytes === 0 ? undefined : (JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown);
}

/** A field of parsed JSON that has to be text. */
export function textField(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const field = (value as Record<string, unknown>)[name];
  return typeof field === 'string' ? field : undefined;
}

/** A field of parsed JSON that has to be a number. */
export function numberField(value: unknown, name: string): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const field = (value as Record<string, unknown>)[name];
  return typeof field === 'number' ? field : undefined;
}
