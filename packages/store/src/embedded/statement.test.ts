import { expect, test } from 'vitest';
import { scriptOf, statementOf } from './statement.ts';
import type { Statement } from './statement.ts';

function read(search: Record<string, string>, body = ''): Statement {
  const url = new URL(`http://localhost/?${new URLSearchParams(search).toString()}`);
  const statement = statementOf(url, () => body);
  if (!statement.ok) throw new Error(statement.error.message);
  return statement.value;
}

test('settings and parameters stand before the statement, quoted', () => {
  const statement = read(
    { database: 'a`b', max_threads: '1', param_text: `it's\n\\N`, query_id: 'q' },
    'SELECT {text:String}',
  );
  expect(scriptOf(statement, null)).toBe(
    ['USE `a\\`b`', `SET max_threads = '1', param_text = 'it\\'s\\n\\\\N'`, 'SELECT {text:String}'].join(';\n'),
  );
});

test('only what cannot write ends with its caller', () => {
  const cancels = { cancel_http_readonly_queries_on_client_close: '1' };
  expect(read({ ...cancels, readonly: '2' }, 'SELECT 1').cancellable).toBe(true);
  expect(read({ ...cancels, readonly: '0' }, 'SELECT 1').cancellable).toBe(false);
  expect(read(cancels, 'SELECT 1').cancellable).toBe(false);
  expect(read({ readonly: '2' }, 'SELECT 1').cancellable).toBe(false);
});

test('the data of an insert is read from its file', () => {
  const statement = read({ query: 'INSERT INTO `t` (a, b) FORMAT Native', insert_deduplication_token: 'x' });
  expect(statement.insert).toEqual({ into: '`t` (a, b)', format: 'Native' });
  expect(scriptOf(statement, "/tmp/it's")).toBe(
    `SET insert_deduplication_token = 'x';\nINSERT INTO \`t\` (a, b) SELECT * FROM file('/tmp/it\\'s', Native)`,
  );
});

test('data inside the text of an insert is refused: a blank line in it would end it and run what follows', () => {
  const url = new URL('http://localhost/');
  const refused = statementOf(url, () => 'INSERT INTO t VALUES (1)');
  expect(refused).toMatchObject({ ok: false, error: { code: 48 } });
  expect(statementOf(url, () => 'INSERT INTO t SELECT 1')).toMatchObject({ ok: true });
});

test('a setting whose name is no identifier is refused', () => {
  const url = new URL(`http://localhost/?${encodeURIComponent('x = 1; DROP TABLE t; SET y')}=1`);
  expect(statementOf(url, () => 'SELECT 1')).toMatchObject({ ok: false });
});
