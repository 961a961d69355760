import * as dnsPacket from 'dns-packet';
import type { Answer, Packet } from 'dns-packet';
import fc from 'fast-check';
import t from 'tap';
import type { Query } from '../../../src/dns/answer/query.js';
import { emptyReply } from '../../../src/dns/answer/reply.js';
import type { Reply, ReplyRecord } from '../../../src/dns/answer/reply.js';
import type { ParsedMessage } from '../../../src/dns/servers/dns2.js';
import { encodeReply } from '../../../src/dns/servers/encode.js';
import { answersTo, hasDotInLabel, headerOnlyReply, truncatedToQuestion } from '../../../src/dns/servers/wire.js';

const question = { name: 'Web.Marathon.mesos', type: 1, class: 1 };
const query: Query = {
  opcode: 0,
  questions: [question],
  edns: { version: 0, udpPayloadBytes: 4096, dnssecOk: true },
  transport: 'udp',
  mayRecurse: false,
  mayTransfer: false,
};
const message: ParsedMessage = {
  header: { id: 4711, opcode: 0, rd: 1, cd: 1 },
  questions: [question],
  authorities: [],
  additionals: [],
  errors: [],
  bytes: Buffer.alloc(0),
};
const settings = { ttlSeconds: 60, srvWeight: 3 };
const reply: Reply = { ...emptyReply(query, 0, true), authoritative: true };

function encoded(sections: Partial<Reply>, maxBytes = 65_535): Buffer {
  return encodeReply(message, { ...reply, ...sections }, settings, maxBytes);
}

t.test('another implementation reads what we write', (t) => {
  const bytes = encoded({
    answers: [
      { type: 'A', name: 'Web.Marathon.mesos', address: '10.0.0.1' },
      { type: 'AAAA', name: 'Web.Marathon.mesos', address: 'fd00::8:1' },
      { type: 'SRV', name: '_web._tcp.marathon.mesos', target: 'web.marathon.mesos', port: 31000 },
      { type: 'NS', name: 'mesos', nameServer: 'ns1.mesos' },
    ],
    authorities: [
      {
        type: 'SOA',
        name: 'mesos',
        nameServer: 'ns1.mesos',
        mailbox: 'root.ns1.mesos',
        serial: 4_000_000_000,
        refreshSeconds: 60,
        retrySeconds: 600,
        expireSeconds: 86_400,
        minimumTtlSeconds: 60,
      },
    ],
    additionals: [{ type: 'A', name: 'web.marathon.mesos', address: '10.0.0.1' }],
  });
  t.match(dnsPacket.decode(bytes), {
    id: 4711,
    flag_qr: true,
    flag_aa: true,
    flag_tc: false,
    flag_rd: true,
    flag_ra: true,
    flag_cd: true,
    flag_ad: false,
    rcode: 'NOERROR',
    questions: [{ name: 'Web.Marathon.mesos', type: 'A', class: 'IN' }],
    answers: [
      { name: 'Web.Marathon.mesos', type: 'A', ttl: 60, data: '10.0.0.1' },
      { type: 'AAAA', data: 'fd00::8:1' },
      { type: 'SRV', data: { priority: 0, weight: 3, port: 31000, target: 'web.marathon.mesos' } },
      { type: 'NS', data: 'ns1.mesos' },
    ],
    authorities: [{ type: 'SOA', data: { mname: 'ns1.mesos', rname: 'root.ns1.mesos', serial: 4_000_000_000 } }],
    additionals: [{ type: 'A' }, { type: 'OPT', udpPayloadSize: 1232, flag_do: true }],
  });
  const target = Buffer.from('\x03web\x08marathon\x05mesos\x00', 'latin1');
  t.ok(bytes.includes(target), 'the target of an SRV record is not compressed (RFC 2782)');
  t.match(dnsPacket.decode(encodeReply(message, { ...reply, rcode: 16 }, settings, 512)), {
    additionals: [{ type: 'OPT', extendedRcode: 1 }],
  });
  t.end();
});

t.test('every cut of every message is a message of whole records', (t) => {
  const host = fc.stringMatching(/^[a-z]{1,12}$/).map((label) => `${label}.marathon.mesos`);
  const record = fc.oneof(
    host.map((name): ReplyRecord => ({ type: 'A', name, address: '10.0.0.1' })),
    host.map((name): ReplyRecord => ({ type: 'AAAA', name, address: 'fd00::1' })),
    fc.tuple(host, host).map(([name, target]): ReplyRecord => ({ type: 'SRV', name, target, port: 80 })),
  );
  const list = fc.array(record, { maxLength: 40 });
  fc.assert(
    fc.property(list, list, list, fc.integer({ min: 512, max: 3000 }), (answers, authorities, additionals, max) => {
      const bytes = encoded({ answers, authorities, additionals }, max);
      const seen = dnsPacket.decode(bytes) as Packet & Record<'answers' | 'authorities' | 'additionals', Answer[]>;
      const counts = [seen.answers.length, seen.authorities.length, seen.additionals.length - 1] as const;
      if (bytes.length > max || seen.additionals.at(-1)?.type !== 'OPT') return false;
      const { flag_tc: truncated } = seen as unknown as { flag_tc: boolean };
      const wanted = [answers.length, authorities.length, additionals.length] as const;
      return truncated
        ? counts[2] === 0 && counts[0] + counts[1] < wanted[0] + wanted[1]
        : counts[0] === wanted[0] && counts[1] === wanted[1] && counts[2] <= wanted[2];
    }),
    { numRuns: 200 },
  );
  t.end();
});

t.test('an extended error takes the room that is left, never that of a record', (t) => {
  const text = 'ä'.repeat(40);
  const plain = encoded({ answers: [{ type: 'A', name: 'Web.Marathon.mesos', address: '10.0.0.1' }] });
  const withError = (room: number): { text: string; bytes: number } | undefined => {
    const bytes = encoded(
      {
        answers: [{ type: 'A', name: 'Web.Marathon.mesos', address: '10.0.0.1' }],
        error: { code: 3, text },
      },
      plain.length + room,
    );
    const { answers, additionals } = dnsPacket.decode(bytes);
    t.equal(answers?.length, 1);
    const opt = additionals?.at(-1) as { options?: { code: number; data: Buffer }[] } | undefined;
    const option = opt?.options?.[0];
    if (option === undefined) return undefined;
    t.equal(option.code, 15);
    t.equal(option.data.readUInt16BE(0), 3);
    return { text: option.data.toString('utf8', 2), bytes: bytes.length - plain.length };
  };
  t.equal(withError(0), undefined);
  t.equal(withError(5), undefined);
  t.strictSame(withError(6), { text: '', bytes: 6 });
  t.strictSame(withError(9), { text: 'ä', bytes: 8 }, 'whole characters');
  t.strictSame(withError(86), { text, bytes: 86 });
  t.equal(encoded({ error: { code: 0, text: 'x'.repeat(9000) } }).length, encoded({}).length + 6 + 256);
  const edns = undefined;
  t.equal(encoded({ edns, error: { code: 0, text } }).length, encoded({ edns }).length, 'nothing without EDNS');
  t.end();
});

t.test('raw messages', (t) => {
  const asked = dnsPacket.encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 'a.example' }] });
  const good = dnsPacket.encode({ type: 'response', id: 7, questions: [{ type: 'A', name: 'A.Example' }] });
  t.ok(answersTo(asked, good));
  t.notOk(answersTo(asked, asked), 'not a response');
  t.notOk(
    answersTo(asked, dnsPacket.encode({ type: 'response', id: 8, questions: [{ type: 'A', name: 'a.example' }] })),
  );
  t.notOk(
    answersTo(asked, dnsPacket.encode({ type: 'response', id: 7, questions: [{ type: 'A', name: 'b.example' }] })),
  );
  const other = Buffer.from(good);
  asked.writeUInt16BE(65, asked.length - 4);
  other.writeUInt16BE(97, other.length - 4);
  t.notOk(answersTo(asked, other), 'types that differ as letters do');
  asked.writeUInt16BE(1, asked.length - 4);
  t.notOk(answersTo(asked, good.subarray(0, 11)) || answersTo(asked, good.subarray(0, 20)));
  t.match(dnsPacket.decode(headerOnlyReply(asked, 1)), { id: 7, rcode: 'FORMERR', type: 'response' });
  t.match(dnsPacket.decode(truncatedToQuestion(good)), {
    flag_tc: true,
    questions: [{ name: 'A.Example' }],
  });
  t.notOk(hasDotInLabel(asked));
  t.ok(hasDotInLabel(Buffer.concat([asked.subarray(0, 12), Buffer.from('\x03a.b\x00\x00\x01\x00\x01', 'latin1')])));
  t.end();
});
