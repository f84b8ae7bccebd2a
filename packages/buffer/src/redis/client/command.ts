import { Command } from 'ioredis';

export type Argument = string | number | Buffer;

/** `*` or `$`, a length, and the end of the line. */
const headBytes = 1 + 10 + 2;
const [asterisk, dollar, cr, lf, zero] = [0x2a, 0x24, 0x0d, 0x0a, 0x30];

/**
 * A command of many arguments, in one piece of memory. The client's own way makes a buffer of each
 * argument and of each length, and a script of ours takes thousands. Answers are not decoded.
 */
export class WrittenCommand extends Command {
  readonly #bytes: Buffer;

  constructor(name: string, args: readonly Argument[]) {
    super(name, [], { replyEncoding: null });
    this.#bytes = written([name, ...args]);
  }

  override toWritable(): Buffer {
    return this.#bytes;
  }
}

/** As Redis reads it: https://redis.io/docs/latest/develop/reference/protocol-spec/#arrays. */
function written(parts: readonly Argument[]): Buffer {
  const texts = parts.map((part) => (typeof part === 'number' ? String(part) : part));
  let most = headBytes;
  for (const text of texts) most += headBytes + (typeof text === 'string' ? 3 * text.length : text.length) + 2;
  const bytes = Buffer.allocUnsafe(most);
  let at = writeHead(bytes, asterisk, texts.length, 0);
  for (const text of texts) at = typeof text === 'string' ? writeText(bytes, text, at) : writeBytes(bytes, text, at);
  return bytes.subarray(0, at);
}

function writeBytes(bytes: Buffer, part: Buffer, start: number): number {
  const at = writeHead(bytes, dollar, part.length, start);
  bytes.set(part, at);
  return writeEnd(bytes, at + part.length);
}

function writeText(bytes: Buffer, text: string, start: number): number {
  const at = writeHead(bytes, dollar, Buffer.byteLength(text), start);
  return writeEnd(bytes, at + bytes.write(text, at));
}

function writeHead(bytes: Buffer, sign: number, length: number, start: number): number {
  let at = start;
  bytes[at++] = sign;
  let unit = 1;
  while (unit * 10 <= length) unit *= 10;
  for (; unit >= 1; unit /= 10) bytes[at++] = zero + (Math.floor(length / unit) % 10);
  return writeEnd(bytes, at);
}

function writeEnd(bytes: Buffer, at: number): number {
  bytes[at] = cr;
  bytes[at + 1] = lf;
  return at + 2;
}
