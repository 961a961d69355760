import t from 'tap';
import { ServedZone } from '../../../src/dns/served/served-zone.js';
import type { ZoneChange } from '../../../src/dns/served/zone-change.js';
import type { Parcel } from '../../../src/dns/workers/parcel.js';
import { ZoneFeed } from '../../../src/dns/workers/zone-feed.js';
import { testSettings, webZone } from './support/workers.js';

/** What a worker knows that was told these. */
function known(parcels: readonly Parcel[]) {
  const zone = new ServedZone(testSettings(1).zone);
  for (const { text } of parcels) zone.apply(JSON.parse(text) as ZoneChange);
  return { serial: zone.serial, synced: zone.synced, names: [...zone.names()].map(({ name, A }) => [name, A.length]) };
}

t.test('whoever starts now or later knows the same as those who were told of every change', async (t) => {
  const zone = webZone();
  const told: Parcel[] = [];
  const feed = new ZoneFeed(zone.subscribe, (parcel) => told.push(parcel));
  const first = feed.whole();
  t.strictSame(known(first), { serial: 1, synced: true, names: [['web.mesos', 2]] });
  t.equal(feed.whole(), first, 'made once for all who start at the same time');

  zone.set([['api.mesos', { a: ['10.0.0.3'] }]]);
  zone.set([['web.mesos', null]]);
  const later = known(feed.whole());
  t.strictSame(later, { serial: 3, synced: true, names: [['api.mesos', 1]] });
  t.strictSame(known([...first, ...told]), later);

  const whole = feed.whole();
  feed.forgetWhole();
  t.not(feed.whole(), whole, 'nothing large is kept');
  t.strictSame(known(feed.whole()), later);
  t.equal(zone.followers, 1, 'who only looks does not follow');
  feed.stop();
  t.equal(zone.followers, 0);
});
