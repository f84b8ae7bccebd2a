import { FieldReader } from '@spanloom/wire';
import { scalarText } from './scalar.ts';

/** The string in field `number` of a message; empty where there is none. */
export function textField(message: Uint8Array, number: number): string {
  const reader = new FieldReader().open(message, 0, message.length);
  let text = '';
  while (reader.next()) if (reader.is(number, 2)) text = utf8(message, reader.from, reader.to);
  return text;
}

/** The attributes in the repeated field `number` that are a string, bool, int or double, as text. */
export function attributeTexts(message: Uint8Array, number: number): [key: string, text: string][] {
  const texts: [string, string][] = [];
  const reader = new FieldReader().open(message, 0, message.length);
  const pair = new FieldReader();
  const value = new FieldReader();
  while (reader.next()) {
    if (!reader.is(number, 2)) continue;
    pair.open(message, reader.from, reader.to);
    if (!pair.next() || !pair.is(1, 2)) continue;
    const key = utf8(message, pair.from, pair.to);
    if (!pair.next() || !pair.is(2, 2)) continue;
    value.open(message, pair.from, pair.to);
    if (!value.next()) continue;
    const text = value.is(1, 2) ? utf8(message, value.from, value.to) : scalarText(value);
    if (text !== null) texts.push([key, text]);
  }
  return texts;
}

function utf8(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}
