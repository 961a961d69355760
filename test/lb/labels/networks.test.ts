import t from 'tap';
import { readNetworks } from '../../../src/lb/labels/networks.js';

t.test('addresses and networks', (t) => {
  t.same(readNetworks('127.0.0.0/8  10.1.55.43 2001:db8::/32 127.0.0.0/8'), [
    '127.0.0.0/8',
    '10.1.55.43',
    '2001:db8::/32',
  ]);
  for (const text of [
    'localhost',
    '10.1',
    '10.0.0.0/33',
    '::/129',
    '-f /etc/hosts',
    '10.0.0.1,10.0.0.2',
    '10.0.0.0/8\nx',
    'fe80::1%eth0',
    '!10.0.0.1',
  ]) {
    t.throws(() => readNetworks(text), /is not an address or a network/, JSON.stringify(text));
  }
  t.throws(
    () => readNetworks(Array.from({ length: 501 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join(' ')),
    /more than 500/,
  );
  t.end();
});
