import t from 'tap';
import type { QueueEntry, QueuedApp, UnusedOffer } from '../../../src/ui/api/queue.js';
import { haveOf, needOf, offersText, queuedId, reasonText, rolesOf } from '../../../src/ui/pages/queue/needs.js';

const app: QueuedApp = {
  id: '/web',
  cpus: 0.5,
  mem: 64,
  disk: 0,
  gpus: 0,
  portDefinitions: [{ port: 0 }, { port: 0 }],
};

function entry(
  change: Partial<QueueEntry>,
  declined: Readonly<Record<string, number>> = {},
  processed = 0,
): QueueEntry {
  return {
    count: 1,
    role: '*',
    since: '2026-01-01T00:00:00.000Z',
    delay: { timeLeftSeconds: 0, overdue: true },
    processedOffersSummary: {
      processedOffersCount: processed,
      unusedOffersCount: processed,
      rejectSummaryLastOffers: [],
      rejectSummaryLaunchAttempt: Object.entries(declined).map(([reason, count]) => ({
        reason,
        declined: count,
        processed,
      })),
    },
    ...change,
  };
}

t.test('what one instance of an app needs', (t) => {
  t.same(needOf(entry({ app })), { cpus: 0.5, mem: 64, disk: 0, gpus: 0, ports: 2 });
  const bridged = { ...app, container: { portMappings: [{ hostPort: 0 }, {}] }, portDefinitions: [] };
  t.equal(needOf(entry({ app: bridged })).ports, 1, 'a mapping without a port of the host needs none');
  t.equal(queuedId(entry({ app })), '/web');
  t.end();
});

t.test('what one instance of a pod needs: all of its containers', (t) => {
  const pod = {
    id: '/pod',
    containers: [
      { resources: { cpus: 0.1, mem: 32 }, endpoints: [{ hostPort: 0 }, {}] },
      { resources: { cpus: 0.4, mem: 32, disk: 5, gpus: 1 } },
    ],
  };
  t.same(needOf(entry({ pod })), { cpus: 0.5, mem: 64, disk: 5, gpus: 1, ports: 1 });
  t.equal(queuedId(entry({ pod })), '/pod');
  t.end();
});

t.test('what an offer has, of all its roles', (t) => {
  const unused: UnusedOffer = {
    offer: {
      id: 'o',
      hostname: 'h',
      agentId: 'a',
      attributes: [],
      resources: [
        { name: 'cpus', role: '*', scalar: 1 },
        { name: 'cpus', role: 'prod', scalar: 2 },
        { name: 'mem', role: '*', scalar: 100 },
        {
          name: 'ports',
          role: '*',
          ranges: [
            { begin: 1, end: 3 },
            { begin: 9, end: 9 },
          ],
        },
      ],
    },
    reason: [],
    timestamp: '',
  };
  t.same(haveOf(unused), { cpus: 3, mem: 100, disk: 0, gpus: 0, ports: 4 });
  t.same(rolesOf(unused), ['*', 'prod']);
  const common = { ...unused, offer: { ...unused.offer, resources: unused.offer.resources.slice(0, 1) } };
  t.same(rolesOf(common), []);
  t.end();
});

t.test('what became of the offers, in words', (t) => {
  t.equal(offersText(entry({ app })), 'No offer has been seen since then.');
  t.equal(offersText(entry({ app }, {}, 1)), '1 offer since then.');
  t.equal(
    offersText(entry({ app }, { UnfulfilledRole: 0, InsufficientCpus: 2, InsufficientPorts: 1 }, 3)),
    '3 offers since then; not used: 2 × too few CPUs, 1 × not the ports that it needs.',
  );
  t.equal(reasonText('SomethingNew'), 'SomethingNew');
  t.end();
});
