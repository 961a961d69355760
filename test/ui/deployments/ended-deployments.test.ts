import t from 'tap';
import type { OverviewDeployment } from '../../../src/ui/api/overview.js';
import { goneDeployments, maxEnded, withEnd } from '../../../src/ui/pages/deployments/ended-deployments.js';
import type { EndedDeployment } from '../../../src/ui/pages/deployments/ended-deployments.js';
import { doneShare } from '../../../src/ui/pages/deployments/deployment-share.js';
import { actionWords } from '../../../src/ui/pages/deployments/action-words.js';

function deployment(id: string, change: Partial<OverviewDeployment> = {}): OverviewDeployment {
  return {
    id,
    version: 'v',
    startedAt: null,
    affectedApps: ['/web'],
    currentStep: 1,
    totalSteps: 2,
    steps: [],
    currentActions: [],
    ...change,
  };
}

function end(id: string, change: Partial<EndedDeployment> = {}): EndedDeployment {
  return { id, apps: ['/web'], endedAtMs: 1_000, outcome: undefined, reason: undefined, ...change };
}

t.test('those that are not under way any more', (t) => {
  const before = [deployment('a'), deployment('b')];
  t.same(
    goneDeployments(before, [deployment('b'), deployment('c')]).map(({ id }) => id),
    ['a'],
  );
  t.same(goneDeployments(before, before), []);
  t.end();
});

t.test('an end is heard of twice, in any order, and listed once', (t) => {
  const gone = end('a', { endedAtMs: 1_000 });
  const told = end('a', { endedAtMs: 1_200, outcome: 'failed', reason: 'cancelled', apps: [] });
  const expected = [end('a', { outcome: 'failed', reason: 'cancelled' })];
  t.same(withEnd(withEnd([], gone), told), expected);
  t.same(withEnd(withEnd([], told), gone), expected);
  t.same(withEnd(expected, gone), expected, 'what is known of it stays');
  t.end();
});

t.test('the newest end is first, and only so many are kept', (t) => {
  let list: readonly EndedDeployment[] = [];
  for (let n = 0; n < maxEnded + 5; n++) list = withEnd(list, end(`d${n}`));
  t.equal(list.length, maxEnded);
  t.equal(list[0]?.id, `d${maxEnded + 4}`);
  t.end();
});

t.test('how much is done', (t) => {
  const action = { action: 'RestartApplication', app: '/web', waitsFor: null };
  t.equal(doneShare(deployment('a', { currentActions: [{ ...action, done: 1, wanted: 4 }] })), 0.125);
  t.equal(doneShare(deployment('a', { currentStep: 2, currentActions: [{ ...action, done: 4, wanted: 4 }] })), 1);
  t.equal(doneShare(deployment('a', { currentActions: [{ ...action, done: 0, wanted: 0 }] })), 0);
  t.equal(doneShare(deployment('a', { totalSteps: 0, currentStep: 0 })), 0);
  t.end();
});

t.test('actions in words', (t) => {
  t.equal(actionWords('ScaleApplication'), 'Scale');
  t.equal(actionWords('RestartPod'), 'Replace the instances of');
  t.equal(actionWords('ResolveArtifacts'), 'Fetch the artifacts of');
  t.equal(actionWords('SomethingElse'), 'SomethingElse');
  t.end();
});
