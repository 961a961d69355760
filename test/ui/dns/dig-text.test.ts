import t from 'tap';
import type { DnsExplanation } from '../../../src/ui/api/dns.js';
import { digText } from '../../../src/ui/pages/dns/dig-text.js';

function explanation(change: Partial<DnsExplanation>): DnsExplanation {
  return {
    name: 'web.marathon.mesos',
    type: 'A',
    text: '',
    zone: 'mesos',
    isServed: true,
    resolvers: [],
    status: 'NOERROR',
    answer: [],
    authority: [],
    additional: [],
    serial: 1,
    staleSince: null,
    records: [],
    leftOut: [],
    apps: [],
    isCut: false,
    similar: [],
    ...change,
  };
}

t.test('an answer with all that belongs to it', (t) => {
  const text = digText(
    explanation({
      name: '_web._tcp.marathon.mesos',
      type: 'SRV',
      answer: ['_web._tcp.marathon.mesos. 60 IN SRV 0 1 31000 web-abcde-s0.marathon.mesos.'],
      additional: ['web-abcde-s0.marathon.mesos. 60 IN A 10.0.0.1'],
    }),
  );
  t.equal(
    text,
    [
      ';; ->>HEADER<<- opcode: QUERY, status: NOERROR',
      ';; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1',
      '',
      ';; QUESTION SECTION:',
      `${';_web._tcp.marathon.mesos.'.padEnd(28)} IN SRV`,
      '',
      ';; ANSWER SECTION:',
      `${'_web._tcp.marathon.mesos.'.padEnd(28)} 60 IN SRV 0 1 31000 web-abcde-s0.marathon.mesos.`,
      '',
      ';; ADDITIONAL SECTION:',
      'web-abcde-s0.marathon.mesos. 60 IN A 10.0.0.1',
    ].join('\n'),
  );
  t.end();
});

t.test('no such name: the SOA of the zone is in the authority section', (t) => {
  const text = digText(
    explanation({ status: 'NXDOMAIN', authority: ['mesos. 60 IN SOA ns1.mesos. root.ns1.mesos. 1 60 600 86400 60'] }),
  );
  t.match(text, /status: NXDOMAIN\n;; flags: qr aa rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 0/);
  t.match(text, /;; AUTHORITY SECTION:\nmesos\. +60 IN SOA ns1\.mesos\./);
  t.notMatch(text, /ANSWER SECTION/);
  t.end();
});

t.test('what is refused is not authoritative; what others answer is not known', (t) => {
  t.match(digText(explanation({ isServed: false, status: 'REFUSED' })), /status: REFUSED\n;; flags: qr rd;/);
  t.match(digText(explanation({ status: 'SERVFAIL' })), /flags: qr rd;/);
  t.equal(digText(explanation({ isServed: false, status: null, resolvers: ['9.9.9.9'] })), undefined);
  t.end();
});

t.test('a very long name does not push everything out of sight', (t) => {
  const name = `${'a'.repeat(63)}.${'b'.repeat(63)}.mesos`;
  const text = digText(
    explanation({ name, answer: [`${name}. 60 IN A 10.0.0.1`], additional: ['x.mesos. 60 IN A 10.0.0.2'] }),
  );
  t.match(text, new RegExp(`${name}\\. 60 IN A`));
  t.match(text, /x\.mesos\. {48} 60 IN A/);
  t.end();
});
