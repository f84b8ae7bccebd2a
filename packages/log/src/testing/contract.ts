/**
 * What every log must do, as tests: each adapter calls this from a test file of its own.
 */
import { afterEach, beforeEach, describe } from 'vitest';
import type { Log } from '../port.ts';
import { appendContract } from './append-contract.ts';
import { joinContract } from './join-contract.ts';

/** A log that holds nothing yet, in a new stream with two partitions. */
export interface LogFixture {
  readonly log: Log;
  /** Removes what {@link Log.close} leaves. */
  discard(): Promise<void>;
}

export function logContract(name: string, makeLog: () => Promise<LogFixture>): void {
  describe(`${name} keeps the promises of a log`, () => {
    let fixture: LogFixture | null = null;

    beforeEach(async () => {
      fixture = await makeLog();
    });

    afterEach(async () => {
      await fixture?.log.close();
      await fixture?.discard();
      fixture = null;
    });

    function log(): Log {
      if (fixture === null) throw new Error('There is a log only while a test runs.');
      return fixture.log;
    }

    appendContract(log);
    joinContract(log);
  });
}
