import { describe, expect, it } from 'vitest';
import { projectionOf, sharesOf } from './storage-share.ts';

const service = (name: string): { environment: string; namespace: string; name: string } => ({
  environment: '',
  namespace: '',
  name,
});
const today = 20_000;
const nowMs = today * 86_400_000 + 6 * 3_600_000;
const day = (at: number, traceBytes: number): { day: number; traceBytes: number; figureBytes: number } => ({
  day: at,
  traceBytes,
  figureBytes: traceBytes / 10,
});

describe('a share of the disk', () => {
  it('is by spans and by how large they are', () => {
    const services = [
      { day: today, service: service('big'), spans: 10 },
      { day: today, service: service('small'), spans: 20 },
    ];
    const sampled = [
      { service: service('big'), operation: 'a', spans: 1, bytes: 400 },
      { service: service('small'), operation: 'a', spans: 1, bytes: 150 },
      { service: service('small'), operation: 'b', spans: 1, bytes: 50 },
    ];
    expect(sharesOf(services, 6000, sampled).map(({ bytes }) => bytes)).toEqual([4000, 2000]);
  });

  it('of a service that is not in the sample is by its spans', () => {
    const services = ['a', 'b'].map((name) => ({ day: today, service: service(name), spans: 5 }));
    expect(sharesOf(services, 100, []).map(({ bytes }) => bytes)).toEqual([50, 50]);
    expect(sharesOf([], 100, [])).toEqual([]);
  });
});

describe('what a day takes', () => {
  it('is the mean of the last whole days, without the first of all', () => {
    const days = [day(today - 3, 5), day(today - 2, 100), day(today - 1, 300), day(today, 7)];
    expect(projectionOf(days, nowMs, nowMs)).toEqual({ basedOnDays: 2, traceBytesPerDay: 200, figureBytesPerDay: 20 });
  });

  it('looks at a week at most', () => {
    const days = Array.from({ length: 20 }, (_, at) => day(today - 20 + at, at < 13 ? 1000 : 200));
    expect(projectionOf(days, nowMs, null)).toMatchObject({ basedOnDays: 7, traceBytesPerDay: 200 });
  });

  it('is what today comes to where there is no other', () => {
    const firstMs = nowMs - 3 * 3_600_000;
    expect(projectionOf([day(today, 100)], nowMs, firstMs)).toMatchObject({ basedOnDays: 0, traceBytesPerDay: 800 });
  });

  it('is not known after a minute, or without a trace', () => {
    expect(projectionOf([day(today, 100)], nowMs, nowMs - 60_000)).toBeNull();
    expect(projectionOf([], nowMs, null)).toBeNull();
  });
});
