import { expect, test } from 'vitest';
import { readSessionKey, ReadSessions } from './read-sessions.ts';
import type { Statement } from './statement.ts';

const read: Statement = {
  sql: 'SELECT {text:String}',
  defaultFormat: 'JSONEachRow',
  database: 'spanloom',
  settings: [['readonly', '2']],
  parameters: [['text', 'a']],
  cancellable: true,
  insert: null,
};

test('statements share sessions that were told the same, whatever the values of their parameters', () => {
  const key = readSessionKey(read);
  expect(key).not.toBeNull();
  expect(readSessionKey({ ...read, sql: '\n WITH 1 AS x SELECT {text:String}', parameters: [['text', 'b']] })).toBe(
    key,
  );
  const others: Statement[] = [
    { ...read, database: 'other' },
    { ...read, settings: [...read.settings, ['max_threads', '1']] },
    { ...read, parameters: [] },
    { ...read, parameters: [...read.parameters, ['more', 'a']] },
  ];
  expect(new Set([key, ...others.map(readSessionKey)]).size).toBe(5);
});

test('what might leave something behind, or could not be told its parameters, has a session of its own', () => {
  const alone: Statement[] = [
    { ...read, cancellable: false },
    { ...read, sql: 'SET max_threads = 1' },
    { ...read, sql: 'SELECT 1; SET max_threads = 1' },
    { ...read, sql: 'USE other' },
    { ...read, settings: [['readonly', '1']] },
    { ...read, settings: [] },
  ];
  expect(alone.map(readSessionKey)).toEqual(alone.map(() => null));
});

test('sessions are taken once, of their kind, and those that nobody takes are closed', () => {
  const closed: number[] = [];
  const sessions = new ReadSessions<{ id: number; close(): void }>();
  const give = (key: string, id: number): void =>
    sessions.giveBack(key, { session: { id, close: () => closed.push(id) }, mark: String(id) });
  give('a', 1);
  give('b', 2);
  give('a', 3);
  expect([sessions.take('a')?.mark, sessions.take('a')?.mark, sessions.take('a')]).toEqual(['3', '1', null]);
  for (let id = 10; id < 26; id++) give('c', id);
  expect(closed).toEqual([2]);
  sessions.close();
  expect(closed).toHaveLength(17);
  expect(sessions.take('c')).toBeNull();
});
