/** The tests that every adapter of the log must pass, and what other tests of a log need. */
export { logContract, type LogFixture } from './contract.ts';
export { machineClock, manualClock, type ManualClock } from './clock.ts';
export { embeddedLogOptions, makeDataDir, type DataDir } from './embedded.ts';
export { makeKafkaTopics, type KafkaTopics } from './kafka.ts';
