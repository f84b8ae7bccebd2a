/** OTLP/gRPC: https://opentelemetry.io/docs/specs/otlp/#otlpgrpc. */
import { Metadata, Server } from '@grpc/grpc-js';
import type { handleUnaryCall, MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { encodeExportResponse } from '@spanloom/wire';
import type { Admission } from './admission.ts';
import { statusBytes } from './status.ts';
import type { Intake } from './intake.ts';
import type { GatewayMetrics } from './metrics.ts';
import { answerCodes } from './outcome.ts';
import type { Outcome, Refused } from './outcome.ts';

export interface GrpcOptions {
  readonly intake: Intake;
  readonly admission: Admission;
  /** grpc-js itself answers RESOURCE_EXHAUSTED beyond it, compressed or not. */
  readonly maxRequestBytes: number;
  readonly metrics: GatewayMetrics;
}

const asIs = (bytes: Buffer): Buffer => bytes;

/** Bytes in, bytes out: a request is skimmed, never decoded to objects. */
const exportMethod: MethodDefinition<Buffer, Buffer> = {
  path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  requestStream: false,
  responseStream: false,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
};
const traceService = { Export: exportMethod } satisfies ServiceDefinition;

/** Not yet listening: connections are injected, so that listening is done in one way for all servers. */
export function createGrpcServer({ intake, admission, maxRequestBytes, metrics }: GrpcOptions): Server {
  async function take(bytes: Buffer): Promise<Outcome> {
    const hold = admission.enter(bytes.length);
    if ('type' in hold) return hold;
    metrics.requestBytes('grpc', bytes.length);
    try {
      return await intake.accept(bytes, 'protobuf');
    } finally {
      hold.leave();
    }
  }

  const handleExport: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    void take(call.request).then((outcome) => {
      metrics.request('grpc', outcome.type);
      if (outcome.type !== 'accepted') callback(statusOf(outcome));
      else
        callback(
          null,
          Buffer.from(
            encodeExportResponse({
              rejectedSpans: outcome.rejectedSpans,
              errorMessage: outcome.message,
            }),
          ),
        );
    });
  };

  const server = new Server({
    'grpc.max_receive_message_length': maxRequestBytes,
    // Bounds what one connection can have us hold before it is counted: messages come in whole.
    'grpc.max_concurrent_streams': 128,
  });
  server.addService(traceService, { Export: handleExport });
  return server;
}

function statusOf(refused: Refused): { code: number; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  if (refused.type === 'overloaded') metadata.set('grpc-status-details-bin', Buffer.from(statusBytes(refused)));
  return { code: answerCodes[refused.type].grpc, details: refused.message, metadata };
}
