import t from 'tap';
import type { Explanation, RefusedAgent } from '../../../src/ui/api/explanation.js';
import { agentsByNearness, reasonRows, reasonText, waitingText } from '../../../src/ui/pages/app/debug/reasons.js';

const cpus = (had: number) => ({
  reason: 'InsufficientCpus',
  needed: '8 cpus',
  had: `${had} cpus`,
  amounts: { needed: { cpus: 8 }, had: { cpus: had } },
});
const rack = { reason: 'UnfulfilledConstraint', needed: 'rack r9', had: 'rack r1' };
const agent = (hostname: string, ...refusals: RefusedAgent['refusals']): RefusedAgent => ({
  agentId: hostname,
  hostname,
  at: '2026-01-01T00:00:00.000Z',
  refusals,
});
const explanation: Explanation = {
  appId: '/big',
  version: '2026-01-01T00:00:00.000Z',
  instances: 5,
  live: 3,
  waiting: 2,
  reasons: [],
  suggestions: [],
  connected: true,
  agents: [],
  ended: [],
};

t.test('reasons with how many agents gave them, and the offer that was nearest', (t) => {
  const agents = [agent('a', cpus(2), rack), agent('b', cpus(6)), agent('c', cpus(4))];
  t.same(reasonRows(agents), [
    { reason: 'InsufficientCpus', needed: '8 cpus', agents: 3, nearest: { host: 'b', had: '6 cpus' }, share: 0.75 },
    {
      reason: 'UnfulfilledConstraint',
      needed: 'rack r9',
      agents: 1,
      nearest: { host: 'a', had: 'rack r1' },
      share: undefined,
    },
  ]);
  t.same(
    agentsByNearness(agents).map(({ hostname }) => hostname),
    ['b', 'c', 'a'],
  );
  t.same(reasonRows([]), []);
  t.equal(reasonText('InsufficientMemory'), 'Memory');
  t.equal(reasonText('SomethingNew'), 'SomethingNew');
  t.end();
});

t.test('why instances are not placed, in a line', (t) => {
  t.equal(waitingText({ ...explanation, waiting: 0 }), undefined);
  t.equal(
    waitingText({ ...explanation, agents: [agent('a', cpus(2))] }),
    '2 of 5 instances are not placed: each needs 8 cpus, and the nearest offer has 2 cpus (a).',
  );
  t.match(waitingText({ ...explanation, connected: false }), /no connection to a Mesos master/);
  t.match(waitingText(explanation), /no offer has been seen/);
  t.equal(
    waitingText({ ...explanation, reasons: ['It waits.'], offers: { processed: 3, unused: 0 } }),
    '2 of 5 instances are not placed: It waits.',
  );
  t.equal(
    waitingText({ ...explanation, instances: 1, waiting: 1, delay: { until: '', delaySeconds: 5, failures: 1 } }),
    '1 of 1 instance is not placed: the next launch is delayed, because an instance ended by itself.',
  );
  t.end();
});
