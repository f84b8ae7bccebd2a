import { FieldReader } from '../protobuf/reader.ts';
import { maxDepth } from './grammar.ts';

/** Messages that are looked through to their last byte: what is accepted can be decoded. */
export const Message = {
  resource: 0,
  scope: 1,
  event: 2,
  link: 3,
  status: 4,
  keyValue: 5,
  anyValue: 6,
  array: 7,
  map: 8,
} as const;
export type Message = (typeof Message)[keyof typeof Message];

/** `inside[message * 16 + field]` is the message that the field holds, -1 for any other field. */
const inside: Int8Array = new Int8Array(16 * 16).fill(-1);
inside[Message.resource * 16 + 1] = Message.keyValue;
inside[Message.scope * 16 + 3] = Message.keyValue;
inside[Message.event * 16 + 3] = Message.keyValue;
inside[Message.link * 16 + 4] = Message.keyValue;
inside[Message.keyValue * 16 + 2] = Message.anyValue;
inside[Message.anyValue * 16 + 5] = Message.array;
inside[Message.anyValue * 16 + 6] = Message.map;
inside[Message.array * 16 + 1] = Message.anyValue;
inside[Message.map * 16 + 1] = Message.keyValue;

/** Whether the range is a well-formed message of this kind, nested less deep than {@link maxDepth}. */
export function isValid(bytes: Uint8Array, from: number, to: number, message: Message): boolean {
  return valid(bytes, from, to, message, 3);
}

/** Attributes are most of all bytes: what has short tags and lengths is checked without a reader. */
function valid(bytes: Uint8Array, from: number, to: number, message: number, depth: number): boolean {
  let at = from;
  while (at < to) {
    const start = at;
    const tag = bytes[at] as number;
    if (tag >= 0x80 || tag < 8 || at + 1 >= to) return validSlowly(bytes, start, to, message, depth);
    /** Of bytes; or the first byte of a number. */
    let length = bytes[at + 1] as number;
    at += 2;
    if ((tag & 7) === 2) {
      if (length >= 0x80) {
        const high = bytes[at] as number;
        if (at >= to || high >= 0x80) return validSlowly(bytes, start, to, message, depth);
        length = (length & 0x7f) | (high << 7);
        at += 1;
      }
      const end = at + length;
      if (end > to) return false;
      const child = inside[message * 16 + (tag >>> 3)] as number;
      if (child >= 0) {
        if (depth >= maxDepth) return false;
        if (!isShortText(bytes, at, end, child) && !valid(bytes, at, end, child, depth + 1)) return false;
      }
      at = end;
    } else if ((tag & 7) === 0) {
      // Numbers below 2^28; longer ones are seldom.
      for (let more = 0; length >= 0x80; more += 1) {
        if (more === 3 || at >= to) return validSlowly(bytes, start, to, message, depth);
        length = bytes[at] as number;
        at += 1;
      }
    } else return validSlowly(bytes, start, to, message, depth);
  }
  return true;
}

/** Whether an `AnyValue` is nothing but a string below 128 bytes, as most are. */
function isShortText(bytes: Uint8Array, at: number, end: number, message: number): boolean {
  if (message !== Message.anyValue || at + 2 > end) return false;
  const length = bytes[at + 1] as number;
  return bytes[at] === 0x0a && length < 0x80 && at + 2 + length === end;
}

function validSlowly(bytes: Uint8Array, from: number, to: number, message: number, depth: number): boolean {
  const reader = new FieldReader().open(bytes, from, to);
  while (reader.next()) {
    if (reader.type !== 2 || reader.number > 15) continue;
    const child = inside[message * 16 + reader.number] as number;
    if (child >= 0 && (depth >= maxDepth || !valid(bytes, reader.from, reader.to, child, depth + 1))) return false;
  }
  return !reader.malformed;
}
