import { describe, expect, test } from 'vitest';
import { SpanTable } from '../table.ts';
import { figuresOf } from './figure-sums.ts';
import { addSpans, edgeLines, traceId } from './trace.testing.ts';

function edges(lines: string): string[] {
  const table = new SpanTable();
  return edgeLines(figuresOf(table, [{ traceId, ...addSpans(table, lines) }]));
}

const rules: readonly { rule: string; spans: string; edges: readonly string[] }[] = [
  {
    rule: 'a client and its server are one call, an unknown caller is an entry',
    spans: `
      1   web  server GET/ 0-100
      2<1 web  client GET  10-90
      3<2 cart server /cart 20-80`,
    edges: ['- -> web entry GET/ calls=1 timed=0/1', 'web -> cart rpc /cart calls=1 timed=1/1'],
  },
  {
    rule: 'errors count on the side that says so',
    spans: `
      2   web  client GET  10-90 error
      3<2 cart server /cart 20-80
      4   web  client GET  10-90
      5<4 cart server /cart 20-80 error`,
    edges: ['web -> cart rpc /cart calls=2 clientErrors=1 serverErrors=1 timed=2/2'],
  },
  {
    rule: 'the minute is that of the client span',
    spans: `
      2   web  client GET  10-90
      3<2 cart server /cart 20-80 minute+1
      4<9 cart server /cart 20-80 minute+1`,
    edges: ['- -> cart entry /cart minute+1 calls=1 timed=0/1', 'web -> cart rpc /cart calls=1 timed=1/1'],
  },
  {
    rule: 'a server under the id of its client (Zipkin) is its child; their children are told apart by service',
    spans: `
      1   web  server GET/  0-100
      2<1 web  client GET   10-90
      2<1 cart server /cart 20-80
      3<2 cart client query 30-40 database:carts
      4<2 web  internal dns 11-12`,
    edges: [
      '- -> web entry GET/ calls=1 timed=0/1',
      "cart -> carts database '' calls=1 timed=1/0",
      'web -> cart rpc /cart calls=1 timed=1/1',
    ],
  },
  {
    rule: 'a shared server span without a parent id is no entry',
    spans: `
      2   web  client GET   10-90
      2   cart server /cart 20-80`,
    edges: ['web -> cart rpc /cart calls=1 timed=1/1'],
  },
  {
    rule: 'a service that calls itself over the network',
    spans: `
      2   cart client GET   10-90
      3<2 cart server /cart 20-80`,
    edges: ['cart -> cart rpc /cart calls=1 timed=1/1'],
  },
  {
    rule: 'the same name in two environments is two services',
    spans: `
      1        prod/web     client GET   10-90
      2<1      staging/cart server /cart 20-80
      3<2      staging/cart client query 30-40 database:carts`,
    edges: [
      'prod/web -> staging/cart rpc /cart calls=1 timed=1/1',
      "staging/cart -> staging/carts database '' calls=1 timed=1/0",
    ],
  },
  {
    rule: 'a producer and each of its consumers',
    spans: `
      1   shop  producer publish 0-1
      2<1 mail  consumer process 50-60
      3<1 audit consumer process 70-75 error`,
    edges: [
      'shop -> audit messaging process calls=1 serverErrors=1 timed=1/1',
      'shop -> mail messaging process calls=1 timed=1/1',
    ],
  },
  {
    rule: 'a producer by link, once even where it is parent and link, and linked twice',
    spans: `
      1   shop producer publish 0-1
      2   mail consumer process 50-60 link:1 link:1
      3<1 mail consumer process 50-60 link:1`,
    edges: ['shop -> mail messaging process calls=2 timed=2/2'],
  },
  {
    rule: 'a consumer of several messages of its trace is a call for each',
    spans: `
      1   shop producer publish 0-1
      2   shop producer publish 1-2
      3   mail consumer process 50-60 link:1 link:2`,
    edges: ['shop -> mail messaging process calls=2 timed=2/2'],
  },
  {
    rule: 'a link to another trace is a call from the destination, once a message',
    spans: `
      3 prod/mail consumer process 50-60 messaging:orders link:a/1 link:b/1 link:a/1`,
    edges: ['prod/orders -> prod/mail messaging process calls=2 timed=0/2'],
  },
  {
    rule: 'a linked consumer does not also count its parent as caller, unless that is a producer',
    spans: `
      1   shop server   POST/   0-9
      2<1 mail consumer process 50-60 messaging:orders link:a/1
      3<1 shop producer publish 1-2
      4<3 mail consumer process 50-60 messaging:orders link:b/1`,
    edges: [
      '- -> shop entry POST/ calls=1 timed=0/1',
      'orders -> mail messaging process calls=2 timed=0/2',
      'shop -> mail messaging process calls=1 timed=1/1',
    ],
  },
  {
    rule: 'a consumer that knows neither parent nor destination is an entry',
    spans: `
      3   mail consumer process 50-60 link:a/1
      4<9 mail consumer process 50-60 messaging:orders
      5   mail consumer process 50-60 messaging:orders link:77`,
    edges: ['- -> mail entry process calls=3 timed=0/3'],
  },
  {
    rule: 'a receive span and the process span below it are one service at work',
    spans: `
      1   shop producer publish 0-1
      2   mail client   receive 10-20 messaging:orders
      3<2 mail consumer process 12-18 link:1`,
    edges: ["mail -> orders messaging '' calls=1 timed=1/0", 'shop -> mail messaging process calls=1 timed=1/1'],
  },
  {
    rule: 'without another side, the peer that is named',
    spans: `
      1 cart client   query   0-5 database:carts
      2 cart client   GET     0-5 external:api.example.com error
      3 cart producer publish 0-5 messaging:orders`,
    edges: [
      "cart -> api.example.com external '' calls=1 clientErrors=1 timed=1/0",
      "cart -> carts database '' calls=1 timed=1/0",
      "cart -> orders messaging '' calls=1 timed=1/0",
    ],
  },
  {
    rule: 'a call to a service whose span never came is unpaired, and has no server duration',
    spans: `
      1 web client   GET     0-5 service:cart
      2 web client   GET     0-5
      3 web producer publish 0-5 x4`,
    edges: [
      "web -> (unknown) messaging '' calls=4 sampled=1 unpaired=4 timed=4/0",
      "web -> (unknown) rpc '' calls=1 unpaired=1 timed=1/0",
      "web -> cart rpc '' calls=1 unpaired=1 timed=1/0",
    ],
  },
  {
    rule: 'a peer that is named counts only where no span answers',
    spans: `
      1   web  client GET   0-5 external:cart.svc
      2<1 cart server /cart 1-4`,
    edges: ['web -> cart rpc /cart calls=1 timed=1/1'],
  },
  {
    rule: 'a nameless client span around another one is not a call of its own',
    spans: `
      1   web  client PutItem 0-9
      2<1 web  client POST    1-8 external:db.example.com
      3   web  client Get     0-9 service:cart
      4<3 web  client GET     1-8
      5<4 cart server /cart   2-7`,
    edges: [
      "web -> cart rpc '' calls=1 unpaired=1 timed=1/0",
      'web -> cart rpc /cart calls=1 timed=1/1',
      "web -> db.example.com external '' calls=1 timed=1/0",
    ],
  },
  {
    rule: 'across services without client and server spans, a plain call',
    spans: `
      1   web   internal work   0-9
      2<1 cart  internal add    1-8
      3<2 cart  internal store  2-7
      4<3 price server   /price 3-6
      5<4 stock client   take   4-5 database:stock
      6<3 mail  consumer send   6-7`,
    edges: [
      'cart -> mail messaging send calls=1 timed=0/1',
      'cart -> price rpc /price calls=1 timed=0/1',
      'price -> stock rpc take calls=1 timed=0/1',
      "stock -> stock database '' calls=1 timed=1/0",
      'web -> cart rpc add calls=1 timed=0/1',
    ],
  },
  {
    rule: 'a client is answered by a span of another service, whatever its kind',
    spans: `
      1   web   client   GET 0-9
      2<1 proxy client   GET 1-8
      3<2 cart  internal add 2-7`,
    edges: ['proxy -> cart rpc add calls=1 timed=1/1', 'web -> proxy rpc GET calls=1 timed=1/1'],
  },
  {
    rule: 'work inside one service is no call',
    spans: `
      1   web server   GET/ 0-9
      2<1 web internal work 1-8
      3<1 web server   sub  1-8`,
    edges: ['- -> web entry GET/ calls=1 timed=0/1'],
  },
  {
    rule: 'each server that a client reached is a call',
    spans: `
      1   web  client GET   0-90
      2<1 cart server /cart 1-30 error
      3<1 cart server /cart 31-80`,
    edges: ['web -> cart rpc /cart calls=2 serverErrors=1 timed=2/2'],
  },
  {
    rule: 'a pair counts with the weight of its client, an entry with its own',
    spans: `
      1   web  client GET   0-9 x10 error
      2<1 cart server /cart 1-8 x3 error
      3   cart server /cart 1-8 x3`,
    edges: [
      '- -> cart entry /cart calls=3 sampled=1 timed=0/3',
      'web -> cart rpc /cart calls=10 sampled=1 clientErrors=10 serverErrors=10 timed=10/10',
    ],
  },
  {
    rule: 'of duplicates the first counts',
    spans: `
      1   web  client GET   0-9
      2<1 cart server /cart 1-8
      2<1 cart server /late 1-8 error
      1   web  client GET   0-9 error`,
    edges: ['web -> cart rpc /cart calls=1 timed=1/1'],
  },
  {
    rule: 'a span that is its own ancestor is a gap, and no endless loop',
    spans: `
      1<1 web  server GET/  0-9
      2<3 cart server /a    1-8
      3<2 web  server /b    1-8`,
    edges: [
      '- -> web entry GET/ calls=1 timed=0/1',
      'cart -> web rpc /b calls=1 timed=0/1',
      'web -> cart rpc /a calls=1 timed=0/1',
    ],
  },
];

describe('calls of a trace', () => {
  test.each(rules)('$rule', ({ spans, edges: expected }) => {
    expect(edges(spans)).toEqual(expected);
  });
});
