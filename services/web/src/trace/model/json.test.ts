import { expect, test } from 'vitest';

import { piecesOf, pieceText, wholeText } from './json.ts';
import type { OtlpTraces } from './otlp.ts';

const span = (spanId: string) => ({ spanId, name: 'with "quotes"\nand a line break' });

test.each<[string, OtlpTraces]>([
  ['nothing', {}],
  ['no resource', { resourceSpans: [] }],
  ['no spans', { resourceSpans: [{ scopeSpans: [] }, {}] }],
  [
    'a trace',
    {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'cart' } }] },
          scopeSpans: [{ scope: { name: 'a' }, spans: [span('1'), span('2')] }, { spans: [span('3')] }],
        },
        { scopeSpans: [{ spans: [span('4')] }] },
      ],
    },
  ],
])('the pieces together are the whole: %s', async (_, traces) => {
  expect(JSON.parse(piecesOf(traces).map(pieceText).join('\n'))).toEqual(traces);
  expect(JSON.parse(await (await wholeText(piecesOf(traces))).text())).toEqual(traces);
});

test('each line stands where it would in the whole', () => {
  const traces = { resourceSpans: [{ scopeSpans: [{ spans: [span('1'), span('2')] }] }] };
  expect(piecesOf(traces).map(pieceText).join('\n')).toBe(JSON.stringify(traces, null, 2));
});
