export { createGateway } from './gateway.ts';
export type { Gateway, GatewayConfig, GatewayOptions } from './gateway.ts';
export type { GatewayLogger } from './logger.ts';
export { gatewayConfigOf } from './settings.ts';
export { runGateway } from './main.ts';
export type { KafkaInputConfig } from './kafka-input/input.ts';
