import { describe, expect, it } from 'vitest';

import { parseLinks } from './links.ts';

describe('a link', () => {
  it('has a name, an address, and the fields in it', () => {
    const logs = 'https://logs.example/?q={trace.id}&from={trace.start}&s={resource.service.name}&t={trace.id}';
    expect(parseLinks(`Logs = ${logs}\n\nPod=http://k8s:8080/pods/{resource.k8s.pod.name}#{span.thread.name}`)).toEqual(
      {
        ok: true,
        value: [
          { name: 'Logs', url: logs, fields: ['trace.id', 'trace.start', 'resource.service.name'] },
          {
            name: 'Pod',
            url: 'http://k8s:8080/pods/{resource.k8s.pod.name}#{span.thread.name}',
            fields: ['resource.k8s.pod.name', 'span.thread.name'],
          },
        ],
      },
    );
    expect(parseLinks('')).toEqual({ ok: true, value: [] });
  });

  it.each([
    ['https://logs.example/', 'it has no name'],
    ['=https://logs.example/', 'it has no name'],
    ['Logs=logs.example', 'it has no scheme'],
    ['Logs=javascript:alert({trace.id})', 'it is no web address'],
    ['Logs=data:text/html,{span.x}', 'it is no web address'],
    ['Logs=https://{resource.host}/', 'a value would choose the host'],
    ['Logs=https://logs.example{span.x}/', 'a value would choose the host'],
    ['Logs=https://{span.user}@logs.example/', 'a value would choose the user'],
    ['Logs=https://logs.example/{trace.name}', 'there is no such field'],
    ['Logs=https://logs.example/{}', 'there is no such field'],
    ['Logs=https://logs.example/{trace.id', 'a brace is open'],
    ['Logs=https://logs.example/a b', 'it has a space'],
    ['Logs=https:///x', 'it has no host'],
  ])('%s is none: %s', (text) => expect(parseLinks(text).ok).toBe(false));
});
