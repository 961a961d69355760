import * as dnsPacket from 'dns-packet';
import fc from 'fast-check';
import t from 'tap';
import { keyOf, readClientQuery, upstreamQuery } from '../../../src/dns/forward/client-query.js';
import { AnswerCache } from '../../../src/dns/forward/answer-cache.js';
import { replyTo, sharedAnswerOf } from '../../../src/dns/forward/shared-answer.js';
import { shortened } from '../../../src/dns/forward/shorten.js';
import { answersTo } from '../../../src/dns/servers/wire.js';

const questions = [{ type: 'A', name: 'www.example' }] as const;
const opt: dnsPacket.OptAnswer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: 1232,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};
const query = dnsPacket.encode({ type: 'query', id: 5, flags: 0x100, questions: [...questions], additionals: [opt] });
const reply = dnsPacket.encode({
  type: 'response',
  id: 5,
  flags: 0x180,
  questions: [...questions],
  answers: Array.from({ length: 30 }, (_, i) => ({ type: 'A', name: 'www.example', ttl: 60, data: `10.0.0.${i}` })),
  authorities: [{ type: 'NS', name: 'example', ttl: 60, data: 'ns.example' }],
  additionals: [{ type: 'A', name: 'ns.example', ttl: 60, data: '10.0.0.99' }, opt],
});

t.test('whatever a resolver sends is passed on or passed over', (t) => {
  const client = readClientQuery(query);
  if (client === undefined) throw new Error('not read');
  const change = fc.tuple(fc.nat(reply.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fc.nat(reply.length), (changes, cut) => {
      const bytes = Buffer.from(cut < 12 ? reply : reply.subarray(0, cut));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      if (!answersTo(query, bytes)) return true;
      const answer = sharedAnswerOf(bytes);
      const passed = answer === undefined ? bytes : replyTo(client, answer, 3);
      const short = shortened(passed, 512);
      return short.length <= 512 && short.subarray(0, 2).equals(query.subarray(0, 2));
    }),
    { numRuns: 2_000 },
  );
  t.end();
});

t.test('whatever a client sends has a key, or none', (t) => {
  const change = fc.tuple(fc.nat(query.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), fc.integer({ min: 12, max: query.length }), (changes, cut) => {
      const bytes = Buffer.from(query.subarray(0, cut));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const client = readClientQuery(bytes);
      if (client === undefined) return true;
      const again = readClientQuery(upstreamQuery(client, 77));
      return again !== undefined && keyOf(again) === keyOf(client);
    }),
    { numRuns: 2_000 },
  );
  t.end();
});

t.test('cut to what fits, with EDNS', (t) => {
  const short = shortened(reply, 512);
  t.ok(short.length <= 512);
  t.match(dnsPacket.decode(short), {
    flag_tc: true,
    answers: { length: 17 },
    authorities: { length: 0 },
    additionals: [{ type: 'OPT' }],
  });
  t.end();
});

t.test('the cache has limits', (t) => {
  const answer = sharedAnswerOf(reply);
  if (answer === undefined) throw new Error('not shared');
  const few = new AnswerCache({ maxEntries: 3, maxBytes: 1 << 20 }, () => 0);
  for (const key of ['a', 'b', 'c']) few.set(key, answer);
  t.ok(few.get('a'));
  few.set('d', answer);
  t.equal(few.size, 3);
  t.ok(few.get('a') && few.get('d'));
  t.notOk(few.get('b'), 'what was not asked for longest is gone');
  few.set('a', answer);
  t.equal(few.size, 3);
  const each = few.bytes / 3;
  t.ok(each > reply.length);
  const small = new AnswerCache({ maxEntries: 100, maxBytes: each * 2 }, () => 0);
  for (const key of ['a', 'b', 'c', 'd', 'e']) small.set(key, answer);
  t.equal(small.size, 2);
  t.equal(small.bytes, each * 2);
  for (const key of ['a', 'b', 'c', 'd', 'e']) small.get(key);
  t.equal(small.bytes, each * 2, 'looking changes nothing');
  const tiny = new AnswerCache({ maxEntries: 100, maxBytes: each - 1 }, () => 0);
  tiny.set('a', answer);
  t.equal(tiny.size + tiny.bytes, 0);
  t.end();
});
