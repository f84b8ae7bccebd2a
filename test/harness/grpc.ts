import { Client, Metadata, compressionAlgorithms, credentials } from '@grpc/grpc-js';

const exportMethod = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

/** Sends an `ExportTraceServiceRequest` over gRPC and resolves with the response's bytes; rejects with the status. */
export function exportOverGrpc(port: number, request: Uint8Array, gzip = false): Promise<Buffer> {
  const algorithm = gzip ? compressionAlgorithms.gzip : compressionAlgorithms.identity;
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': algorithm,
  });
  const asIs = (bytes: Buffer): Buffer => bytes;
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(exportMethod, asIs, asIs, Buffer.from(request), new Metadata(), (error, response) => {
      if (error === null && response !== undefined) resolve(response);
      else reject(error ?? new Error('no response'));
    });
  }).finally(() => {
    client.close();
  });
}
