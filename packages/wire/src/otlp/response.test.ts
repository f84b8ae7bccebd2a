import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decodeExportResponse, encodeExportResponse } from './response.ts';

describe('ExportTraceServiceResponse', () => {
  test('is empty when there is nothing to say', () => {
    expect(encodeExportResponse({ rejectedSpans: 0, errorMessage: '' })).toHaveLength(0);
    expect(decodeExportResponse(new Uint8Array(0))).toEqual({
      ok: true,
      value: { rejectedSpans: 0, errorMessage: '' },
    });
  });

  // Worked out by hand from opentelemetry-proto's trace_service.proto.
  test('says how many spans were refused, and why', () => {
    expect(Buffer.from(encodeExportResponse({ rejectedSpans: 300, errorMessage: 'no' })).toString('hex')).toBe(
      '0a0708ac0212026e6f',
    );
  });

  test('comes back as it was', () => {
    fc.assert(
      fc.property(
        fc.record({ rejectedSpans: fc.maxSafeNat(), errorMessage: fc.string({ unit: 'grapheme' }) }),
        (response) => {
          expect(decodeExportResponse(encodeExportResponse(response))).toEqual({ ok: true, value: response });
        },
      ),
    );
  });

  test('malformed bytes are an error', () => {
    expect(decodeExportResponse(Uint8Array.of(0x0a, 5, 1)).ok).toBe(false);
    expect(decodeExportResponse(Uint8Array.of(0x0a, 2, 0x12, 5)).ok).toBe(false);
  });
});
