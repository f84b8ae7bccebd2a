import type { Config } from '@spanloom/runtime';

import type { GatewayConfig } from './gateway.ts';

/** What the gateway needs, from the settings. */
export function gatewayConfigOf({
  host,
  otlpHttpPort,
  otlpGrpcPort,
  maxRequestBytes,
  maxInflightBytes,
}: Config): GatewayConfig {
  return { host, httpPort: otlpHttpPort, grpcPort: otlpGrpcPort, maxRequestBytes, maxInflightBytes };
}
