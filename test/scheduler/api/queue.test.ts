import t from 'tap';
import { rejectReasons } from '../../../src/scheduler/core/match/reject-reason.js';
import { renderOffer } from '../../../src/scheduler/api/render/offer.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { Answer, FakeScheduler } from '../../support/fake-service.js';
import { anOffer } from '../../support/scheduler-fixtures.js';

interface Step {
  readonly reason: string;
  readonly declined: number;
  readonly processed: number;
}

interface Entry {
  readonly app?: { readonly id: string };
  readonly pod?: { readonly id: string };
  readonly count: number;
  readonly delay: object;
  readonly processedOffersSummary: {
    readonly processedOffersCount: number;
    readonly rejectSummaryLastOffers: readonly Step[];
    readonly rejectSummaryLaunchAttempt: readonly Step[];
  };
  readonly lastUnusedOffers?: readonly { readonly offer: object; readonly reason: readonly string[] }[];
}

function queueIn(answer: Answer): readonly Entry[] {
  return (answer.json as unknown as { readonly queue: readonly Entry[] }).queue;
}

/** No offer is large enough for it. */
const pod = {
  id: '/pods/p',
  containers: [{ name: 'c', exec: { command: { shell: 'x' } }, resources: { cpus: 100, mem: 1 } }],
};

/** One offer, that nobody waits for in particular. */
async function makeOffer(scheduler: FakeScheduler): Promise<void> {
  await scheduler.run('/nobody');
}

t.test('apps and pods that wait, each with the whole summary', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api } = scheduler;
  await ask(api, 'POST', '/v2/apps', { id: '/big', cmd: 'x', cpus: 100, mem: 100_000 });
  await ask(api, 'POST', '/v2/pods', { ...pod, scaling: { kind: 'fixed', instances: 2 } });
  const [fresh] = queueIn(await ask(api, 'GET', '/v2/queue'));
  t.same(
    fresh?.processedOffersSummary.rejectSummaryLastOffers.map(({ reason }) => reason),
    rejectReasons,
    'complete before any offer, too',
  );
  await makeOffer(scheduler);
  const queue = await ask(api, 'GET', '/v2/queue');
  const [app, waiting] = queueIn(queue);
  t.equal(app?.app?.id, '/big');
  t.same(Object.keys(waiting ?? {}).sort(), ['count', 'delay', 'pod', 'processedOffersSummary', 'role', 'since']);
  t.match(waiting, { pod: { id: '/pods/p' }, count: 2, role: '*', delay: { timeLeftSeconds: 0, overdue: true } });
  t.equal(waiting?.processedOffersSummary.processedOffersCount, 1);
  t.match(
    waiting?.processedOffersSummary.rejectSummaryLaunchAttempt.find(({ declined }) => declined > 0),
    { reason: 'InsufficientCpus', declined: 1, processed: 1 },
  );
  t.notMatch(queue.text, 'lastUnusedOffers');
});

t.test('?embed=lastUnusedOffers: the last offer of each agent that could not be used', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api } = scheduler;
  await ask(api, 'POST', '/v2/apps', { id: '/big', cmd: 'x', cpus: 100, mem: 100_000 });
  await ask(api, 'POST', '/v2/pods', pod);
  const [none] = queueIn(await ask(api, 'GET', '/v2/queue?embed=lastUnusedOffers'));
  t.same(none?.lastUnusedOffers, []);
  await makeOffer(scheduler);
  await makeOffer(scheduler);
  const [app, waiting] = queueIn(await ask(api, 'GET', '/v2/queue?embed=lastUnusedOffers'));
  t.equal(app?.lastUnusedOffers?.length, 1, 'one agent');
  t.match(app?.lastUnusedOffers?.[0], {
    offer: {
      id: 'O1',
      hostname: '10.0.0.1',
      agentId: 'S1',
      resources: [
        { name: 'cpus', role: '*', scalar: 8 },
        { name: 'mem', role: '*', scalar: 8192 },
        { name: 'disk', role: '*', scalar: 10_000 },
        { name: 'ports', role: '*', ranges: [{ begin: 31_000, end: 31_999 }] },
      ],
      attributes: [],
    },
    reason: ['InsufficientCpus', 'InsufficientMemory'],
    timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  });
  t.same(waiting?.lastUnusedOffers?.[0]?.reason, ['InsufficientCpus']);
});

t.test('attributes of an offer', (t) => {
  const offer = {
    ...anOffer({}),
    attributes: {
      rack: { type: 'TEXT' as const, value: 'r1' },
      level: { type: 'SCALAR' as const, value: 2.5 },
      slots: { type: 'RANGES' as const, value: [{ begin: 1, end: 5 }] },
    },
  };
  t.match(renderOffer(offer), {
    attributes: [
      { name: 'rack', text: 'r1' },
      { name: 'level', scalar: 2.5 },
      { name: 'slots', ranges: [{ begin: 1, end: 5 }] },
    ],
  });
  t.end();
});

t.test('resetting a delay', async (t) => {
  const { api } = await startFakeScheduler(t);
  await ask(api, 'POST', '/v2/pods', pod);
  for (const id of ['/pods/p', 'pods/p', '%2Fpods%2Fp']) {
    t.equal((await ask(api, 'DELETE', `/v2/queue/${id}/delay`)).status, 204, id);
  }
  const missing = await ask(api, 'DELETE', '/v2/queue/nope/delay');
  t.equal(missing.status, 404);
  t.same(missing.json, { message: 'Application /nope not found in tasks queue.' });
  t.equal((await ask(api, 'DELETE', '/v2/queue/pods/p')).status, 404);
});
