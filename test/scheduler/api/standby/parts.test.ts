import fc from 'fast-check';
import t from 'tap';
import { leaderTargetOf } from '../../../../src/scheduler/api/standby/leader-target.js';
import {
  hasBody,
  hasPassed,
  headersForClient,
  headersForLeader,
} from '../../../../src/scheduler/api/standby/passed-headers.js';
import type { PassedRequest } from '../../../../src/scheduler/api/standby/passed-headers.js';

t.test('addresses of leaders', async (t) => {
  const cases: [address: string, host: string | undefined, port?: number][] = [
    ['marathon-1.example.org:8080', 'marathon-1.example.org', 8080],
    ['host_with_underscore:1', 'host_with_underscore', 1],
    ['10.0.0.7:80', '10.0.0.7', 80],
    ['[2001:db8::1]:65535', '2001:db8::1', 65_535],
    ['', undefined],
    ['host', undefined],
    ['host:', undefined],
    [':80', undefined],
    ['host:0', undefined],
    ['host:65536', undefined],
    ['host:80/path', undefined],
    ['user@host:80', undefined],
    ['http://host:80', undefined],
    ['2001:db8::1:80', undefined],
    ['[host]:80', undefined],
    ['a b:80', undefined],
    ['h\u00f6st:80', undefined],
    ['host:80\r\nX: y', undefined],
  ];
  for (const [address, host, port] of cases) {
    t.same(leaderTargetOf(address), host === undefined ? undefined : { address, host, port }, address);
  }
});

/** A request with these headers, as Node would have read it. */
function requestWith(raw: readonly (readonly [string, string])[], method = 'POST', isOwnPage = false): PassedRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of raw) {
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  return { method, headers, rawHeaders: raw.flat(), from: '192.0.2.1', isOwnPage };
}

/** Names and values, as pairs. */
function pairs(headers: readonly string[]): readonly (readonly [string, string])[] {
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ''] as const] : []));
}

t.test('what a client names in Connection cannot take our own headers away', async (t) => {
  const raw = [
    ['Connection', 'close, X-Marathon-Via, x-forwarded-for,Host, content-length , authorization'],
    ['X-Marathon-Via', '1.1 a:1'],
    ['X-Forwarded-For', '192.0.2.9'],
    ['Authorization', 'Basic x'],
    ['Content-Length', '3'],
  ] as const;
  t.same(pairs(headersForLeader(requestWith(raw), 'leader:1', 'own:1')), [
    ['Host', 'leader:1'],
    ['Content-Length', '3'],
    ['X-Forwarded-For', '192.0.2.9, 192.0.2.1'],
    ['X-Marathon-Via', '1.1 own:1'],
  ]);
});

t.test('the origin of an own page is left out, no other', async (t) => {
  const raw = [['Origin', 'http://x']] as const;
  const originOf = (isOwnPage: boolean): unknown =>
    pairs(headersForLeader(requestWith(raw, 'GET', isOwnPage), 'l:1', 'o:1')).find(([name]) => name === 'Origin');
  t.equal(originOf(true), undefined);
  t.same(originOf(false), ['Origin', 'http://x']);
});

t.test('which requests have a body, and where they have been', async (t) => {
  t.equal(hasBody({ headers: {} }), false);
  t.equal(hasBody({ headers: { 'content-length': '0' } }), false);
  t.equal(hasBody({ headers: { 'content-length': '1' } }), true);
  t.equal(hasBody({ headers: { 'transfer-encoding': 'chunked' } }), true);
  t.equal(hasPassed({ 'x-marathon-via': '1.1 a:1, 1.1 b:2' }, 'b:2'), true);
  t.equal(hasPassed({ 'x-marathon-via': ['1.1 a:1', '1.1 b:2'] }, 'a:1'), true);
  t.equal(hasPassed({ 'x-marathon-via': '1.1 a:12, 1.0 a:1' }, 'a:1'), false);
  t.equal(hasPassed({}, 'a:1'), false);
});

const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

t.test('every other header is passed on as it is, in its order', async () => {
  const name = fc.oneof(
    fc.constantFrom('Accept', 'x-marathon-leader', 'COOKIE', 'Set-Cookie', 'Location', 'Vary', 'Upgrade', 'TE', 'Date'),
    fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/),
  );
  const named = fc.array(fc.constantFrom('Accept', 'x-hop', 'vary'), { maxLength: 2 });
  const headers = fc.array(fc.tuple(name, fc.string({ unit: 'grapheme-ascii', maxLength: 8 })), { maxLength: 12 });
  fc.assert(
    fc.property(headers, named, (given, connection) => {
      const raw = given.filter(([key]) => !['connection', 'host', 'expect'].includes(key.toLowerCase()));
      const answer = headersForClient(raw.flat(), connection.join(', '), 'own:1');
      const left = [...hopByHop, ...connection.map((key) => key.toLowerCase())];
      const expected = raw.filter(([key]) => !left.includes(key.toLowerCase()));
      const wanted = [...expected, ['X-Marathon-Via', '1.1 own:1']];
      if (JSON.stringify(pairs(answer)) !== JSON.stringify(wanted)) throw new Error(JSON.stringify(answer));
    }),
    { numRuns: 300 },
  );
});
