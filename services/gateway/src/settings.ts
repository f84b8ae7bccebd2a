import { kafkaConfigOf } from '@spanloom/log';
import { kafkaConnectionOf, prefixOf } from '@spanloom/ports';
import type { Config } from '@spanloom/runtime';
import type { Clock } from '@spanloom/span';

import type { GatewayConfig } from './gateway.ts';
import type { KafkaInputConfig } from './kafka-input/input.ts';
import { inputTopicsOf } from './kafka-input/settings.ts';

/** What the gateway needs, from the settings. */
export function gatewayConfigOf(config: Config, clock: Clock): GatewayConfig {
  const { host, otlpHttpPort, otlpGrpcPort, maxRequestBytes, maxInflightBytes } = config;
  const kafkaInput = kafkaInputOf(config, clock);
  return {
    host,
    httpPort: otlpHttpPort,
    grpcPort: otlpGrpcPort,
    maxRequestBytes,
    maxInflightBytes,
    ...(kafkaInput !== null && { kafkaInput }),
  };
}

/** The topics that collectors write, on the Kafka that the settings name; null where there are none. */
function kafkaInputOf(config: Config, clock: Clock): KafkaInputConfig | null {
  const topics = inputTopicsOf(config.kafkaInputTopics);
  if (topics.length === 0) return null;
  return {
    kafka: kafkaConfigOf(kafkaConnectionOf(config, clock)),
    topics,
    format: config.kafkaInputFormat,
    prefix: prefixOf(config),
    sessionTimeoutMs: config.kafkaSessionTimeout,
  };
}
