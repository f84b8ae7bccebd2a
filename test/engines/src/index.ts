/** The real engines that tests run against: containers where Docker works, else processes of this machine. */
export { type Engine, type EngineName, startEngine } from './engine.ts';
export type { SharedKafka, SharedRedis } from './provided.ts';
export { type GroupOptions, type ProcessGroup, startGroup } from './group.ts';
export { type KafkaBroker, type KafkaOptions, kafkaJars, startKafka } from './kafka.ts';
export { freePort } from './ports.ts';
export { accepts } from './ready.ts';
export { type RedisOptions, type RedisServer, startRedis } from './redis.ts';
