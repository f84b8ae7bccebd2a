/** The tests that every adapter of the log must pass. */
export { logContract, type LogFixture } from './contract.ts';
