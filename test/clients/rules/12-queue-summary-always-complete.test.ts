import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { runCases } from '../support/cases.js';

/** Marathon's order of NoOfferMatchReason. */
const reasons = [
  'UnfulfilledRole',
  'UnfulfilledConstraint',
  'NoCorrespondingReservationFound',
  'AgentMaintenance',
  'InsufficientCpus',
  'InsufficientMemory',
  'InsufficientDisk',
  'InsufficientGpus',
  'InsufficientPorts',
  'DeclinedScarceResources',
];

interface Step {
  readonly reason: string;
  readonly declined: number;
  readonly processed: number;
}
interface Summary {
  readonly processedOffersCount: number;
  readonly unusedOffersCount: number;
  readonly lastUnusedOfferAt?: string;
  readonly lastUsedOfferAt?: string;
  readonly rejectSummaryLastOffers: readonly Step[];
  readonly rejectSummaryLaunchAttempt: readonly Step[];
}

function summaryOf(json: unknown, id: string): Summary {
  const { queue } = json as {
    readonly queue: readonly { readonly app: { readonly id: string }; readonly processedOffersSummary: Summary }[];
  };
  const entry = queue.find(({ app }) => app.id === id);
  if (entry === undefined) throw new Error(`${id} is not queued`);
  return entry.processedOffersSummary;
}

await runCases(t, "rule 12, the summary of the queue is complete, in Marathon's order", [
  {
    name: 'before any offer',
    why: 'dcos debug looks each reason up; one that is missing ends the command',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
      const summary = summaryOf((await ask(api, 'GET', '/v2/queue')).json, '/a');
      const nothing = reasons.map((reason) => ({ reason, declined: 0, processed: 0 }));
      t.same(summary, {
        processedOffersCount: 0,
        unusedOffersCount: 0,
        rejectSummaryLastOffers: nothing,
        rejectSummaryLaunchAttempt: nothing,
      });
    },
  },
  {
    name: 'a funnel: each reason sees what those before it have let through',
    why: 'dcos shows "matched" as processed minus declined; Datadog sums up the declined ones',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const { api } = scheduler;
      await ask(api, 'POST', '/v2/apps', { id: '/cpus', cmd: 'x', cpus: 1000, mem: 1e9 });
      await ask(api, 'POST', '/v2/apps', { id: '/mem', cmd: 'x', cpus: 0.1, mem: 1e9 });
      await ask(api, 'POST', '/v2/apps', { id: '/ports', cmd: 'x', cpus: 0.1, ports: [80], requirePorts: true });
      await ask(api, 'POST', '/v2/apps', { id: '/helper', cmd: 'x', cpus: 0.1 });
      await scheduler.run('/helper');
      const { json } = await ask(api, 'GET', '/v2/queue');
      for (const [id, reason] of [
        ['/cpus', 'InsufficientCpus'],
        ['/mem', 'InsufficientMemory'],
        ['/ports', 'InsufficientPorts'],
      ] as const) {
        const { rejectSummaryLastOffers, rejectSummaryLaunchAttempt, ...counts } = summaryOf(json, id);
        t.match(counts, { processedOffersCount: 1, unusedOffersCount: 1, lastUnusedOfferAt: /\.\d{3}Z$/ }, id);
        t.notOk('lastUsedOfferAt' in counts, 'no time of what has not been');
        for (const steps of [rejectSummaryLastOffers, rejectSummaryLaunchAttempt]) {
          t.same(
            steps.map((step) => step.reason),
            reasons,
          );
          let processed = 1;
          for (const step of steps) {
            t.same(step, { reason: step.reason, declined: step.reason === reason ? 1 : 0, processed }, id);
            processed -= step.declined;
          }
        }
      }
    },
  },
  {
    name: 'the offers themselves only when they are asked for',
    why: 'dcos debug details wants them; for everybody else they would be megabytes',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const { api } = scheduler;
      await ask(api, 'POST', '/v2/apps', { id: '/big', cmd: 'x', cpus: 1000, mem: 1e9 });
      await ask(api, 'POST', '/v2/apps', { id: '/helper', cmd: 'x', cpus: 0.1 });
      await scheduler.run('/helper');
      t.notMatch((await ask(api, 'GET', '/v2/queue')).text, /lastUnusedOffers/);
      const { json } = await ask(api, 'GET', '/v2/queue?embed=lastUnusedOffers');
      t.match(json.queue[0], {
        lastUnusedOffers: [
          { offer: { hostname: '10.0.0.1', agentId: 'S1' }, reason: ['InsufficientCpus', 'InsufficientMemory'] },
        ],
      });
    },
  },
]);
