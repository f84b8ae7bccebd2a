/** What applications import: their spans go to Kafka without a gateway in between. */
export { createKafkaSpanExporter } from './exporter.ts';
export type { KafkaSpanExporterOptions } from './exporter.ts';
