import type { SnippetName } from './snippet-names.ts';

export interface SnippetOptions {
  /** Where spans go: `http://host:4318`. */
  readonly endpoint: string;
  /** That the page looks for: of a span that is sent by hand. */
  readonly traceId: string;
}

/** What to type into a terminal to send spans to this very Spanloom. */
export const snippets: Readonly<Record<SnippetName, (options: SnippetOptions) => string>> = {
  node: ({ endpoint }) => `npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node

${environment(endpoint)} \\
node --require @opentelemetry/auto-instrumentations-node/register app.js`,

  python: ({ endpoint }) => `pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http
opentelemetry-bootstrap -a install

${environment(endpoint)} \\
opentelemetry-instrument python app.py`,

  java: ({
    endpoint,
  }) => `curl -LO https://github.com/open-telemetry/opentelemetry-java-instrumentation/releases/latest/download/opentelemetry-javaagent.jar

${environment(endpoint)} \\
java -javaagent:opentelemetry-javaagent.jar -jar app.jar`,

  go: ({
    endpoint,
  }) => `go get go.opentelemetry.io/otel/sdk go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp

# In main(), with trace "go.opentelemetry.io/otel/sdk/trace":
#   exporter, err := otlptracehttp.New(ctx)
#   provider := trace.NewTracerProvider(trace.WithBatcher(exporter))
#   defer provider.Shutdown(ctx)
#   otel.SetTracerProvider(provider)
#   ctx, span := otel.Tracer("app").Start(ctx, "hello"); span.End()

${environment(endpoint)} \\
go run .`,

  dotnet: ({
    endpoint,
  }) => `curl -LO https://github.com/open-telemetry/opentelemetry-dotnet-instrumentation/releases/latest/download/otel-dotnet-auto-install.sh
sh ./otel-dotnet-auto-install.sh
. "$HOME/.otel-dotnet-auto/instrument.sh"

${environment(endpoint)} \\
dotnet run`,

  curl: ({ endpoint, traceId }) => `curl ${endpoint}/v1/traces -H 'content-type: application/json' -d '{
  "resourceSpans": [{
    "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": "first-service" } }] },
    "scopeSpans": [{ "spans": [{
      "traceId": "${traceId}", "spanId": "${traceId.slice(0, 16)}",
      "name": "hello", "kind": 2,
      "startTimeUnixNano": "'$(date +%s)'000000000", "endTimeUnixNano": "'$(date +%s)'042000000"
    }] }]
  }]
}'`,
};

function environment(endpoint: string): string {
  return `OTEL_SERVICE_NAME=my-service \\
OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf \\
OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}`;
}
