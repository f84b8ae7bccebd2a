import { describe, expect, it } from 'vitest';

import { type LoggerOptions, createLogger, prettyLine } from './logger.ts';

function logger(isTTY: boolean, options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const destination = { isTTY, write: (text: string) => void lines.push(text) };
  return { lines, log: createLogger({ level: 'info', format: 'auto', destination, ...options }) };
}

describe('a log line', () => {
  it('is for people on a terminal', () => {
    const { lines, log } = logger(true);
    log.child({ component: 'gateway' }).warn({ partition: 3, why: 'disk full' }, 'refusing spans');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} warn {2}gateway {2}refusing spans {2}partition=3 {2}why="disk full"\n$/,
    );
  });

  it('is JSON elsewhere', () => {
    const { lines, log } = logger(false);
    log.child({ component: 'gateway' }).info({ partition: 3 }, 'open');
    const line: { time?: string } = JSON.parse(lines[0] ?? '');
    expect(line).toMatchObject({ level: 'info', component: 'gateway', partition: 3, msg: 'open' });
    expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('is as the format says, whatever the destination', () => {
    const pretty = logger(false, { format: 'pretty' });
    pretty.log.info('x');
    expect(pretty.lines[0]).toMatch(/ info {2}x\n$/);
    const json = logger(true, { format: 'json' });
    json.log.info('x');
    expect(JSON.parse(json.lines[0] ?? '')).toMatchObject({ msg: 'x' });
  });

  it('is not written below the level', () => {
    const { lines, log } = logger(true, { level: 'warn' });
    log.info('quiet');
    log.error('loud');
    expect(lines).toHaveLength(1);
  });

  it('shows an error with its message', () => {
    const { lines, log } = logger(true);
    log.error({ err: new Error('no route') }, 'the store does not answer');
    expect(lines[0]).toContain('the store does not answer');
    expect(lines[0]).toContain('no route');
    expect(lines[0]?.trimEnd()).not.toContain('\n');
  });

  it('has no gap where there is no component', () => {
    expect(prettyLine('{"time":"2026-11-23T12:00:01.250Z","level":"warn","msg":"x","n":1}')).toBe(
      '12:00:01.250 warn  x  n=1\n',
    );
  });
});
