import * as dnsPacket from 'dns-packet';
import t from 'tap';
import { noCounts } from '../../../src/dns/metrics/answer-counts.js';
import { countReply, countTime } from '../../../src/dns/metrics/count-reply.js';

function reply(flags: number, extendedRcode?: number): Buffer {
  return dnsPacket.encode({
    type: 'response',
    flags,
    questions: [{ type: 'A', name: 'web.mesos' }],
    additionals:
      extendedRcode === undefined
        ? []
        : [
            {
              type: 'OPT',
              name: '.',
              udpPayloadSize: 1232,
              extendedRcode,
              ednsVersion: 0,
              flags: 0,
              flag_do: false,
              options: [],
            },
          ],
  });
}

t.test('replies by rcode, the upper bits of which are in the OPT record', (t) => {
  const counts = noCounts();
  for (const code of [0, 1, 2, 3, 4, 5, 9]) countReply(counts, reply(code));
  countReply(counts, reply(0x0200));
  countReply(counts, reply(0, 0));
  t.match(counts, {
    noerror: 3,
    formerr: 1,
    servfail: 1,
    nxdomain: 1,
    notimp: 1,
    refused: 1,
    otherRcode: 1,
    truncated: 1,
  });
  countReply(counts, reply(0, 1));
  t.match(counts, { noerror: 3, otherRcode: 2 }, 'BADVERS');
  for (let length = 12; length < 60; length++) countReply(counts, reply(0, 1).subarray(0, length));
  t.end();
});

t.test('times, each in all the bounds that it keeps', (t) => {
  const counts = noCounts();
  for (const milliseconds of [0.01, 0.05, 0.2, 5, 2000]) countTime(counts, milliseconds);
  t.match(counts, { timed: 5, timedMicros: 2_005_260, within50us: 2, within100us: 2, within250us: 3, within1ms: 3 });
  t.match(counts, { within10ms: 4, within100ms: 4, within1s: 4 });
  t.end();
});
