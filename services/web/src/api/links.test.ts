import { expect, it } from 'vitest';

import { linkUrl } from './links.ts';

const logs = {
  name: 'Logs',
  url: 'https://logs.example/?q={trace.id}&service={resource.service.name}',
  fields: ['trace.id', 'resource.service.name'],
};
const valuesOf = (values: Record<string, string>) => (field: string) => values[field];

it('has its values encoded: they add no parameter and no path', () => {
  expect(linkUrl(logs, valuesOf({ 'trace.id': 'ab', 'resource.service.name': 'a b&x=1/../#{trace.id}' }))).toBe(
    'https://logs.example/?q=ab&service=a%20b%26x%3D1%2F..%2F%23%7Btrace.id%7D',
  );
});

it('is none where a value is missing, or where it is no web address', () => {
  expect(linkUrl(logs, valuesOf({ 'trace.id': 'ab' }))).toBeNull();
  expect(linkUrl(logs, valuesOf({ 'trace.id': 'ab', 'resource.service.name': '' }))).toBeNull();
  expect(linkUrl({ name: 'x', url: 'javascript:alert(1)', fields: [] }, valuesOf({}))).toBeNull();
});
