/** The signal's URL under a base endpoint, by the rules of `OTEL_EXPORTER_OTLP_ENDPOINT`. */
export function tracesUrl(otlpEndpoint: string): string {
  return `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces`;
}
