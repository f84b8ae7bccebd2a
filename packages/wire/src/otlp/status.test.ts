import { describe, expect, test } from 'vitest';

import { encodeStatus, statusToJson } from './status.ts';

describe('google.rpc.Status', () => {
  // Worked out by hand from the .proto files of googleapis.
  test('in protobuf', () => {
    expect(Buffer.from(encodeStatus({ code: 3, message: 'no' })).toString('hex')).toBe('0803' + '12026e6f');
    expect(encodeStatus({ code: 0, message: '' })).toHaveLength(0);
  });

  test('with the delay after which to try again', () => {
    const url = Buffer.from('type.googleapis.com/google.rpc.RetryInfo').toString('hex');
    const duration = '0801' + '1080cab5ee01';
    expect(Buffer.from(encodeStatus({ code: 14, message: '', retryAfterMs: 1500 })).toString('hex')).toBe(
      '080e' + '1a36' + `0a28${url}` + '120a' + '0a08' + duration,
    );
  });

  test('in JSON', () => {
    expect(statusToJson({ code: 3, message: 'no' })).toEqual({ code: 3, message: 'no' });
    expect(statusToJson({ code: 8, message: 'full', retryAfterMs: 1500 })).toEqual({
      code: 8,
      message: 'full',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }],
    });
  });
});
