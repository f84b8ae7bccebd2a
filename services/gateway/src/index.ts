export { createGateway } from './gateway.ts';
export type { Gateway, GatewayConfig, GatewayOptions } from './gateway.ts';
export type { GatewayLogger } from './logger.ts';
export type { KafkaInputConfig } from './kafka-input/input.ts';
/** The setting `kafka-input-topics` as names. */
export { inputTopicsOf } from './kafka-input/settings.ts';
