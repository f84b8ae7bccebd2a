import { describe, expect, it } from 'vitest';
import { parseGoDuration } from './duration.ts';
import { parseTraceId } from './ids.ts';
import { parseTraces } from './params.ts';

const nowMs = 1_700_000_000_000;
const search = (query: Record<string, string | string[]>): ReturnType<typeof parseTraces> =>
  parseTraces({ service: 'shop', ...query }, nowMs, 1500);

describe('Go durations', () => {
  it.each([
    ['100ms', 1e8],
    ['1m5s', 65e9],
    ['1.5s', 1.5e9],
    ['.5us', 500],
    ['7µs', 7000],
    ['0', 0],
    ['-2ns', -2],
  ])('reads %s', (text, ns) => expect(parseGoDuration(text)).toEqual({ ok: true, value: ns }));

  it.each([
    ['5', 'time: missing unit in duration "5"'],
    ['5d', 'time: unknown unit "d" in duration "5d"'],
    ['5constructor', 'time: unknown unit "constructor" in duration "5constructor"'],
    ['', 'time: invalid duration ""'],
    ['x', 'time: invalid duration "x"'],
    ['9999999h', 'time: invalid duration "9999999h"'],
  ])('refuses %j as Go does', (text, error) => expect(parseGoDuration(text)).toEqual({ ok: false, error }));
});

describe('trace ids', () => {
  it.each([
    ['1', '00000000000000000000000000000001'],
    ['4BF92F3577B34DA6A3CE929D0E0E4736', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['S/kvNXezTaajzpKdDg5HNg==', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['AAAAAAAAAAE=', '00000000000000000000000000000001'],
  ])('reads %s', (text, value) => expect(parseTraceId(text)).toEqual({ ok: true, value }));

  it('refuses what is too long and what is no id', () => {
    expect(parseTraceId('a'.repeat(33))).toMatchObject({
      error: `TraceID cannot be longer than 32 hex characters: ${'a'.repeat(33)}`,
    });
    expect(parseTraceId('zz')).toMatchObject({ error: 'invalid length for TraceID' });
    expect(search({ traceID: ['1', 'zz'] })).toMatchObject({
      error: 'cannot parse traceID param: invalid length for TraceID',
    });
  });
});

describe('the parameters of a search', () => {
  it('has the defaults of Jaeger: two days until now, 100 traces', () => {
    expect(search({ lookback: '1h' })).toEqual({
      ok: true,
      value: {
        traceIds: [],
        raw: false,
        search: {
          service: 'shop',
          operation: '',
          tags: [],
          minDurationNs: 0,
          maxDurationNs: 0,
          startNs: BigInt(nowMs - 172_800_000) * 1_000_000n,
          endNs: BigInt(nowMs) * 1_000_000n + 999n,
          limit: 100,
        },
      },
    });
  });

  it('needs no service and no limit where ids are given', () => {
    expect(search({ service: '', traceID: ['1', '01', 'B'], limit: '0' })).toMatchObject({
      value: { traceIds: ['1'.padStart(32, '0'), 'b'.padStart(32, '0')] },
    });
  });

  it('takes tags as an object and as pairs, with colons in the value', () => {
    expect(search({ tags: '{"http.status_code":"500"}', tag: ['url:http://a', 'error:true'] })).toMatchObject({
      value: {
        search: {
          tags: [
            ['url', 'http://a'],
            ['error', 'true'],
            ['http.status_code', '500'],
          ],
        },
      },
    });
  });

  it.each([
    [{ service: '' }, "parameter 'service' is required"],
    [{ start: 'x' }, `unable to parse param 'start': strconv.ParseInt: parsing "x": invalid syntax`],
    [{ minDuration: '5' }, `unable to parse param 'minDuration': time: missing unit in duration "5"`],
    [{ minDuration: '2s', maxDuration: '1s' }, "'maxDuration' should be greater than 'minDuration'"],
    [{ tags: '{"a":1}' }, `malformed 'tags' parameter, cannot unmarshal JSON: the value of "a" is not a string`],
    [{ tag: 'x' }, "malformed 'tag' parameter, expecting key:value, received: x"],
    [{ limit: '0' }, 'search depth must be greater than 0 and less than max traces'],
    [{ limit: '-1' }, 'search depth must be greater than 0 and less than max traces'],
    [{ limit: '1501' }, 'search depth must be greater than 0 and less than max traces'],
    [{ limit: 'x' }, 'strconv.ParseInt: parsing "x": invalid syntax'],
  ])('refuses %j', (query, error) => expect(search(query)).toEqual({ ok: false, error }));

  it('refuses JSON that is none, and a raw that is no boolean', () => {
    expect(search({ tags: '{' })).toMatchObject({
      error: expect.stringContaining("malformed 'tags' parameter, cannot unmarshal JSON: "),
    });
    expect(search({ raw: 'yes' })).toEqual({
      ok: false,
      error: `unable to parse param 'raw': strconv.ParseBool: parsing "yes": invalid syntax`,
    });
    expect(search({ raw: 'true' })).toMatchObject({ value: { raw: true } });
  });
});
