import t from 'tap';
import { matchOffer } from '../../../src/scheduler/core/match/match-offer.js';
import { Spreads } from '../../../src/scheduler/core/match/spread.js';
import type { AppDefinition } from '../../../src/scheduler/model/app-definition.js';
import type { Offer } from '../../../src/scheduler/model/offer.js';
import { anApp, anOffer } from '../../support/scheduler-fixtures.js';
import { settings } from '../../sim/simulated-world.js';

const rules = { nowMs: 0, settings };

function reasons(app: AppDefinition, offer: Offer, more: object = {}): readonly object[] {
  const match = matchOffer(app, offer, new Spreads(() => []), () => 0, { ...rules, ...more });
  return match.fits ? [] : match.refusals;
}

t.test('without a constraint on regions or zones only the local region is used', async (t) => {
  const at = (region?: string): Offer => ({ ...anOffer({}), ...(region === undefined ? {} : { region, zone: 'z1' }) });
  const local = { localRegion: 'eu' };
  t.same(reasons(anApp(), at('eu'), local), []);
  t.match(reasons(anApp(), at('us'), local), [
    { reason: 'UnfulfilledConstraint', needed: /^the local region eu,/, had: 'region us' },
  ]);
  t.same(reasons(anApp(), at(), local), [], 'an agent without a region is at home');
  t.same(reasons(anApp(), at('us')), [], 'so is every agent of a master without one');
  for (const constraint of [
    ['@region', 'LIKE', 'us|eu'],
    ['@zone', 'GROUP_BY', '2'],
  ]) {
    t.same(reasons(anApp({ constraints: [constraint] }), at('us'), local), [], constraint.join(' '));
  }
  const other = anApp({ constraints: [['hostname', 'UNIQUE']] });
  t.equal(reasons(other, at('us'), local).length, 1, 'other constraints do not open the world');
});

t.test('agents with GPUs are left to what asks for some, unless told otherwise', async (t) => {
  const offer = anOffer({ gpus: 2 });
  t.match(reasons(anApp(), offer), [{ reason: 'DeclinedScarceResources', had: '2 gpus' }]);
  t.same(reasons(anApp({ gpus: 1 }), offer), []);
  t.match(reasons(anApp({ gpus: 3 }), offer), [{ reason: 'InsufficientGpus' }]);
  t.same(reasons(anApp(), anOffer({ gpus: 0 })), []);
  t.same(reasons(anApp({ labels: { GPU_SCHEDULING_BEHAVIOR: 'unrestricted' } }), offer), []);
  const unrestricted = { settings: { ...settings, gpuScheduling: 'unrestricted' } };
  t.same(reasons(anApp(), offer, unrestricted), []);
  const restrictedByLabel = anApp({ labels: { GPU_SCHEDULING_BEHAVIOR: 'restricted' } });
  t.equal(reasons(restrictedByLabel, offer, unrestricted).length, 1);
});
