import t from 'tap';
import { OfferLog } from '../../../src/scheduler/core/handlers/offer-log.js';
import { loadState } from '../../../src/scheduler/core/load.js';
import type { Refusal } from '../../../src/scheduler/core/match/reject-reason.js';
import type { OfferSummary, QueueEntry } from '../../../src/scheduler/core/state.js';
import { Tx } from '../../../src/scheduler/core/tx.js';
import { settings } from '../../sim/simulated-world.js';
import { anOffer } from '../../support/scheduler-fixtures.js';

const now = '2026-01-01T00:00:10.000Z';
const cpus: Refusal = { reason: 'InsufficientCpus', needed: '2 cpus', had: '1 cpus' };
const memory: Refusal = { reason: 'InsufficientMemory', needed: '2 MiB of memory', had: '1 MiB of memory' };
const nothing: OfferSummary = { processed: 0, unused: 0, declinedBy: new Map(), lastRefusals: new Map() };

function waiting(offers: OfferSummary = nothing): { readonly tx: Tx; readonly entry: QueueEntry } {
  const surroundings = { nowMs: Date.parse(now), uuid: () => 'id', random: () => 0 };
  const tx = new Tx(loadState(new Map()), settings, surroundings);
  const entry: QueueEntry = {
    appId: '/a',
    role: '*',
    configVersion: '2026-01-01T00:00:00.000Z',
    count: 3,
    since: '2026-01-01T00:00:00.000Z',
    offers,
  };
  tx.setQueueEntry('/a', entry);
  return { tx, entry };
}

const from = (agent: number): ReturnType<typeof anOffer> => anOffer({}, { id: `O${agent}`, agentId: `S${agent}` });

t.test('all offers that come together are counted, each by its first refusal', async (t) => {
  const before: OfferSummary = { ...nothing, processed: 5, unused: 5, declinedBy: new Map([['InsufficientCpus', 5]]) };
  const { tx, entry } = waiting(before);
  const log = new OfferLog(now);
  log.refused(entry, from(1), [cpus, memory]);
  log.refused(entry, from(2), [memory]);
  log.used(entry);
  tx.setQueueEntry('/a', { ...entry, count: 2 });
  log.refused(entry, from(1), [cpus]);
  t.same(tx.state.queue.get('/a')?.offers, before, 'nothing is written before the end');
  log.writeDown(tx);

  const after = tx.state.queue.get('/a');
  t.equal(after?.count, 2, 'what was launched meanwhile stays launched');
  t.match(after?.offers, { processed: 9, unused: 8, lastUsedAt: now, lastUnusedAt: now });
  t.same(
    after?.offers.declinedBy,
    new Map([
      ['InsufficientCpus', 7],
      ['InsufficientMemory', 1],
    ]),
  );
  t.same([...(after?.offers.lastRefusals.keys() ?? [])], ['S2', 'S1'], 'the last of each agent, the oldest first');
  t.same(after?.offers.lastRefusals.get('S1')?.refusals, [cpus]);
  t.same(before.declinedBy, new Map([['InsufficientCpus', 5]]), 'what readers hold does not change');
});

t.test('the agents that refused longest ago are forgotten', async (t) => {
  const { tx, entry } = waiting();
  const log = new OfferLog(now);
  for (let agent = 0; agent < 130; agent++) log.refused(entry, from(agent), [cpus]);
  log.writeDown(tx);
  const { lastRefusals } = tx.state.queue.get('/a')?.offers ?? nothing;
  t.same(
    [...lastRefusals.keys()],
    Array.from({ length: 100 }, (_, i) => `S${i + 30}`),
  );
});

t.test('an app that waits no more gets no entry', async (t) => {
  const { tx, entry } = waiting();
  const log = new OfferLog(now);
  log.used(entry);
  tx.setQueueEntry('/a', undefined);
  log.writeDown(tx);
  t.equal(tx.state.queue.size, 0);
});
