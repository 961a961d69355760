import t from 'tap';
import type { Test } from 'tap';
import { eventText } from '../../../src/scheduler/api/render/event.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';
import { sampleEvents } from '../../support/sample-events.js';
import { runCases } from '../support/cases.js';
import { checkHealth } from '../support/health.js';

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** Whatever begins like a date is meant to be a time. */
const likeTime = /^\d{4}-\d\d-\d\d/;
/** What clients keep in integers, and must not be negative. */
const wholeNames = new Set(
  `port hostPort containerPort servicePort portIndex http_port https_port instances tasksStaged tasksRunning tasksHealthy tasksUnhealthy
  count timeLeftSeconds processedOffersCount unusedOffersCount declined processed consecutiveFailures currentStep totalSteps
  maxConsecutiveFailures gracePeriodSeconds intervalSeconds timeoutSeconds backoffSeconds maxLaunchDelaySeconds gpus staged running
  healthy unhealthy inactiveAfterSeconds expungeAfterSeconds`.split(/\s+/),
);
const listsOfWholes = new Set(['ports', 'servicePorts']);

/** Everything in a document that a strict reader would not take; and how many times and whole numbers were looked at. */
function faultsIn(json: unknown): { readonly faults: readonly string[]; readonly looked: number } {
  const faults: string[] = [];
  let looked = 0;
  const isWhole = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  const walk = (value: unknown, path: string, name: string): void => {
    if (typeof value === 'string') {
      if (!likeTime.test(value)) return;
      looked++;
      if (!time.test(value)) faults.push(`${path}: ${value}`);
    } else if (typeof value === 'number' && wholeNames.has(name)) {
      looked++;
      if (!isWhole(value)) faults.push(`${path}: ${value}`);
    } else if (Array.isArray(value)) {
      value.forEach((element: unknown, i) => {
        if (listsOfWholes.has(name) && !isWhole(element)) faults.push(`${path}[${i}]: ${JSON.stringify(element)}`);
        walk(element, `${path}[${i}]`, '');
      });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) walk(member, `${path}.${key}`, key);
    }
  };
  walk(json, '', '');
  return { faults, looked };
}

/** A scheduler with something of everything: apps that run, fail, wait and are refused, groups, pods, deployments. */
async function busyScheduler(t: Test): Promise<FakeScheduler> {
  const scheduler = await startFakeScheduler(t);
  const { api } = scheduler;
  const healthChecks = [{ protocol: 'HTTP', path: '/', maxConsecutiveFailures: 0 }];
  await ask(api, 'POST', '/v2/apps', { id: '/web', cmd: 'x', instances: 2, ports: [0, 8080], healthChecks });
  await ask(api, 'POST', '/v2/apps', { id: '/big', cmd: 'x', cpus: 1000, backoffFactor: 1.15 });
  const bridge = {
    id: '/bridge',
    container: { type: 'DOCKER', docker: { image: 'a' }, portMappings: [{ containerPort: 80 }, { containerPort: 0 }] },
    networks: [{ mode: 'container/bridge' }],
    unreachableStrategy: { inactiveAfterSeconds: 10, expungeAfterSeconds: 20 },
  };
  await ask(api, 'POST', '/v2/apps', bridge);
  await ask(api, 'POST', '/v2/pods', { id: '/pod', containers: [{ name: 'c', resources: { cpus: 0.1, mem: 32 } }] });
  await ask(api, 'POST', '/v2/groups', { id: '/g', apps: [{ id: 'a', cmd: 'x', instances: 0 }] });
  const [one] = await scheduler.run('/web');
  await checkHealth(scheduler, '/web', true);
  await checkHealth(scheduler, '/web', false);
  await scheduler.status(one?.taskId ?? '', 'TASK_FAILED', 'exit 1');
  return scheduler;
}

const embeds = ['tasks', 'counts', 'deployments', 'readiness', 'lastTaskFailure', 'taskStats']
  .map((embed) => `embed=apps.${embed}`)
  .join('&');
const groups = 'embed=group.groups&embed=group.apps&embed=group.pods&embed=group.apps.tasks&embed=group.apps.taskStats';

await runCases(t, 'rule 10, milliseconds and Z in all times, whole numbers where clients keep integers', [
  {
    name: 'all that can be read',
    why: 'Prometheus keeps ports as uint32, go-marathon counts as int, marathon-python parses every time: one fault fails the list',
    run: async (t) => {
      const { api } = await busyScheduler(t);
      const versions = (await ask(api, 'GET', '/v2/apps/web/versions')).json;
      const paths = [
        `/v2/apps?${embeds}`,
        `/v2/apps/web?${embeds}`,
        '/v2/apps/bridge',
        '/v2/apps/web/tasks',
        `/v2/apps/web/versions/${versions.versions[0]}`,
        '/v2/apps/web/versions',
        '/v2/tasks',
        `/v2/groups?${groups}`,
        '/v2/groups/g/versions',
        '/v2/deployments',
        '/v2/queue?embed=lastUnusedOffers',
        '/v2/pods',
        '/v2/pods::status',
        '/v2/pods/pod::versions',
        '/v2/info',
        '/v2/leader',
      ];
      let looked = 0;
      for (const path of paths) {
        const { status, text, json } = await ask(api, 'GET', path);
        t.equal(status, 200, path);
        const found = faultsIn(json);
        t.same(found.faults, [], `${path}: ${text.slice(0, 80)}`);
        looked += found.looked;
      }
      t.ok(looked > 100, `${looked} values were looked at`);
    },
  },
  {
    name: 'every event',
    why: 'the same readers read them',
    run: async (t) => {
      for (const event of sampleEvents) {
        const text = eventText({ event, timestamp: '2026-01-01T00:00:00.000Z' });
        const { faults, looked } = faultsIn(JSON.parse(text));
        t.same(faults, [], event.type);
        t.ok(looked > 0, 'a timestamp at least');
      }
      await Promise.resolve();
    },
  },
  {
    name: 'a delay in the middle of a second is told in whole ones',
    why: 'go-marathon has an int there (queue.go:43)',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const { api } = scheduler;
      await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x', backoffSeconds: 3, backoffFactor: 1.3333 });
      const [instance] = await scheduler.run('/a');
      await scheduler.status(instance?.taskId ?? '', 'TASK_FAILED', 'exit 1');
      for (let i = 0; i < 20; i++) {
        const { text } = await ask(api, 'GET', '/v2/queue');
        t.match(text, /"delay":\{"timeLeftSeconds":[0-3],"overdue":false\}/);
      }
    },
  },
  {
    name: 'the first moment of a second has its zeros, too',
    why: 'Java leaves them out, and so did Marathon: older readers have one format',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      t.match((await ask(api, 'GET', '/v2/groups')).text, /"version":"1970-01-01T00:00:00\.000Z"/);
    },
  },
]);
