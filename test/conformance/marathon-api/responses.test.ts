import t from 'tap';
import type { Test } from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { anOffer } from '../../support/scheduler-fixtures.js';
import type { FakeScheduler } from '../../support/fake-service.js';
import { readCases, textOf } from './cases.js';
import { faultsOf } from './raml/check-value.js';
import { readRaml } from './raml/read.js';
import { asSent, groupIn111, in111, runtimeMembers } from './support/form-1-11.js';
import { optionsOf } from './support/options.js';
import { differencesFrom, isObject, objectsIn } from './support/json.js';
import type { JsonObject, OfTheMoment } from './support/json.js';

/** What an example is to be held against. */
interface Shown {
  /** The example in 1.11's form; the example itself where that is the same. */
  readonly expected: unknown;
  readonly ours: unknown;
  readonly ofTheMoment: OfTheMoment;
  /** RAML's type of our answer. */
  readonly type: string;
  /** What of the example could not be sent as it stands, and why. */
  readonly adapted?: string;
}

type Show = (t: Test, example: unknown) => Promise<Shown>;

const ofDefinitions: OfTheMoment = new Set(runtimeMembers);
const domain = { region: 'primary', zone: 'a' };

const bodyOf = async (scheduler: FakeScheduler, url: string): Promise<unknown> =>
  (await ask(scheduler.api, 'GET', url)).json;

/** Sends what must be accepted. */
async function send(
  t: Test,
  { api }: FakeScheduler,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await ask(api, method, url, body);
  t.ok(answer.status >= 200 && answer.status < 300, `${method} ${url}: ${answer.status} ${answer.text.slice(0, 500)}`);
  return answer.json;
}

/** An app whose definition does nothing. */
const anyApp = (id: unknown): JsonObject => ({ id, cmd: 'sleep 1' });

/** The example `app.json` shows every member there is, also those that exclude each other; no Marathon would take it. */
const whyAppIsAdapted =
  'without args (there is cmd, marathon.md §20.3), ipAddress and ports of the host (there is a bridge); ' +
  'the secret in env by its name, where the example has its source';
function possible(example: JsonObject): JsonObject {
  const { args, ipAddress, ports, portDefinitions, env, ...app } = example;
  const { PASSWORD, ...texts } = isObject(env) ? env : {};
  return { ...app, env: { ...texts, ...(PASSWORD === undefined ? {} : { PASSWORD: { secret: 'secret1' } }) } };
}

const app: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t, { features: ['secrets'], mesosRole: 'mesos_role' });
  const sent = possible(example as JsonObject);
  await send(t, scheduler, 'POST', '/v2/apps', sent);
  const ours = await bodyOf(scheduler, `/v2/apps/${String(sent['id'])}`);
  const type = 'app.AppInfo';
  return { expected: { app: in111(sent) }, ours, ofTheMoment: ofDefinitions, type, adapted: whyAppIsAdapted };
};

const plainApp: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  await send(t, scheduler, 'POST', '/v2/apps', example);
  const { id, ...others } = example as JsonObject;
  const ours = await bodyOf(scheduler, `/v2/apps/${String(id)}`);
  const expected = { app: { ...others, id: `/${String(id)}`, portDefinitions: [{ protocol: 'tcp', name: 'http' }] } };
  return { expected, ours, ofTheMoment: ofDefinitions, type: 'app.AppInfo' };
};

const appList: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  const apps = objectsIn((example as JsonObject)['apps']).map((a) => ({ ...a, constraints: [['hostname', 'UNIQUE']] }));
  for (const a of apps) await send(t, scheduler, 'POST', '/v2/apps', asSent(a));
  return {
    expected: { apps: apps.map(in111) },
    ours: await bodyOf(scheduler, '/v2/apps'),
    ofTheMoment: ofDefinitions,
    type: 'app.AppList',
    adapted: 'without the empty value of UNIQUE, which takes none: 0.15 printed a missing one as an empty text',
  };
};

/** An app with running tasks; its tasks have what examples show. */
async function running(t: Test, id: string): Promise<FakeScheduler> {
  const scheduler = await startFakeScheduler(t);
  await send(t, scheduler, 'POST', '/v2/apps', { ...anyApp(id), ports: [10_019] });
  await scheduler.run(id, domain);
  return scheduler;
}

const appTasks: Show = async (t, example) => {
  const scheduler = await running(t, '/minecraft/survival-world');
  const ours = await bodyOf(scheduler, '/v2/apps//minecraft/survival-world/tasks');
  return { expected: example, ours, ofTheMoment: 'everything', type: 'task.TaskList' };
};

const appTask: Show = async (t, example) => {
  const scheduler = await running(t, '/minecraft/survival-world');
  const { tasks } = (await bodyOf(scheduler, '/v2/tasks')) as { readonly tasks: readonly { readonly id: string }[] };
  const url = `/v2/apps//minecraft/survival-world/tasks/${tasks[0]?.id ?? ''}`;
  const ours = await send(t, scheduler, 'DELETE', url);
  return { expected: example, ours, ofTheMoment: 'everything', type: 'task.TaskSingle' };
};

const tasks: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  for (const { appId } of objectsIn((example as JsonObject)['tasks'])) {
    await send(t, scheduler, 'POST', '/v2/apps', { ...anyApp(appId), ports: [10_019] });
    await scheduler.run(String(appId), domain);
  }
  const ours = await bodyOf(scheduler, '/v2/tasks');
  return { expected: example, ours, ofTheMoment: 'everything', type: 'task.TaskList' };
};

const appsCreate: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  await send(t, scheduler, 'PUT', '/v2/apps', example);
  return {
    expected: { apps: example },
    ours: await bodyOf(scheduler, '/v2/apps'),
    ofTheMoment: ofDefinitions,
    type: 'app.AppList',
  };
};

const appPatch: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  await send(t, scheduler, 'POST', '/v2/apps', { ...anyApp('/foo'), instances: 0 });
  await send(t, scheduler, 'PATCH', '/v2/apps//foo?force=true', example);
  return {
    expected: { app: example },
    ours: await bodyOf(scheduler, '/v2/apps//foo'),
    ofTheMoment: ofDefinitions,
    type: 'app.AppInfo',
  };
};

const appsPatch: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  for (const { id } of objectsIn(example)) await send(t, scheduler, 'POST', '/v2/apps', anyApp(id));
  await send(t, scheduler, 'PATCH', '/v2/apps?force=true', example);
  return {
    expected: { apps: example },
    ours: await bodyOf(scheduler, '/v2/apps'),
    ofTheMoment: ofDefinitions,
    type: 'app.AppList',
  };
};

const deploymentSteps: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  const group = { id: '/tools', apps: [anyApp('oauth-server')] };
  const ours = await send(t, scheduler, 'PUT', '/v2/groups?dryRun=true', group);
  return { expected: example, ours, ofTheMoment: new Set(), type: 'deploymentSteps.DeploymentSteps' };
};

const deploymentsType = 'deploymentEventsInfo.DeploymentStepInfo[]';

const deployment: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  const [{ affectedApps } = {}] = objectsIn(example);
  for (const id of affectedApps as readonly string[]) await send(t, scheduler, 'POST', '/v2/apps', anyApp(id));
  const ofTheMoment = new Set(['id', 'version', 'currentStep', 'currentActions']);
  return { expected: example, ours: await bodyOf(scheduler, '/v2/deployments'), ofTheMoment, type: deploymentsType };
};

/** One deployment of an app and a pod: both are stopped, and the app's task takes its time. */
const deploymentOfBoth: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  await send(t, scheduler, 'POST', '/v2/apps', anyApp('/foo'));
  await scheduler.run('/foo');
  await send(t, scheduler, 'POST', '/v2/pods', {
    id: '/bla',
    containers: [{ name: 'c', exec: { command: { shell: 'sleep 1' } } }],
  });
  await send(t, scheduler, 'DELETE', '/v2/groups?force=true');
  const ours = await bodyOf(scheduler, '/v2/deployments');
  return { expected: example, ours, ofTheMoment: 'everything', type: deploymentsType };
};

const deploymentResult: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  await send(t, scheduler, 'POST', '/v2/apps', { ...anyApp('/foo'), instances: 0 });
  const ours = await send(t, scheduler, 'PUT', '/v2/apps//foo?force=true', { instances: 1 });
  return { expected: example, ours, ofTheMoment: 'everything', type: 'deploymentResult.DeploymentResult' };
};

const group: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  await send(t, scheduler, 'PUT', '/v2/groups', asSent(example as JsonObject));
  return {
    expected: groupIn111(example as JsonObject),
    ours: await bodyOf(scheduler, '/v2/groups'),
    ofTheMoment: ofDefinitions,
    type: 'group.GroupInfo',
  };
};

const info: Show = async (t, example) => {
  const options = optionsOf(
    '--access_control_allow_origin=*',
    '--default_network_name=container-network',
    '--mesos_user=nobody',
    '--webui_url=http://localhost:8080',
  );
  const scheduler = await startFakeScheduler(t, options);
  const ours = await bodyOf(scheduler, '/v2/info');
  return { expected: example, ours, ofTheMoment: 'everything', type: 'info.MarathonInfo' };
};

const pod: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  const { id, containers, ...others } = example as JsonObject;
  const possibleContainers = objectsIn(containers).map((container) => {
    const { healthCheck } = container;
    return isObject(healthCheck) ? { ...container, healthCheck: { ...healthCheck, timeoutSeconds: 1 } } : container;
  });
  const possiblePod = { id, containers: possibleContainers, ...others };
  await send(t, scheduler, 'POST', '/v2/pods', possiblePod);
  const ours = await bodyOf(scheduler, `/v2/pods/${String(id)}`);
  return {
    expected: possiblePod,
    ours,
    ofTheMoment: new Set(),
    type: 'pod.Pod',
    adapted:
      "the health check may take 1 s: 20 s for one that is done every 2 s is refused by Marathon's own validator",
  };
};

const queue: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  const items = objectsIn((example as JsonObject)['queue']);
  const apps = items.flatMap((item) => (isObject(item['app']) ? [item['app']] : []));
  for (const a of apps) await send(t, scheduler, 'POST', '/v2/apps', asSent(a));
  // The only app that is small enough for what is offered: the others see what is left
  await send(t, scheduler, 'POST', '/v2/apps', { ...anyApp('/small'), cpus: 0.01 });
  await scheduler.run('/small', {
    attributes: { foo: { type: 'TEXT', value: 'a' } },
    resources: anOffer({ cpus: 0.02 }).resources,
  });
  const ours = await bodyOf(scheduler, '/v2/queue?embed=lastUnusedOffers');
  const expected = {
    queue: items.map((item) => (isObject(item['app']) ? { ...item, app: in111(item['app']) } : item)),
  };
  const ofTheMoment = new Set([
    ...runtimeMembers,
    'count',
    'delay',
    'since',
    'processedOffersSummary',
    'lastUnusedOffers',
  ]);
  return { expected, ours: { queue: objectsIn((ours as JsonObject)['queue']) }, ofTheMoment, type: 'queue.Queue' };
};

const constraint: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  await send(t, scheduler, 'POST', '/v2/apps', { ...anyApp('/a'), constraints: [example] });
  return {
    expected: { app: { constraints: [example] } },
    ours: await bodyOf(scheduler, '/v2/apps//a'),
    ofTheMoment: ofDefinitions,
    type: 'app.AppInfo',
  };
};

const task: Show = async (t, example) => {
  const scheduler = await startFakeScheduler(t);
  await send(t, scheduler, 'POST', '/v2/apps', { ...anyApp('/a'), ports: [] });
  const [instance] = await scheduler.run('/a');
  const { ipAddresses } = example as { readonly ipAddresses: readonly { ipAddress: string; protocol: 'IPv4' }[] };
  await scheduler.status(instance?.taskId ?? '', 'TASK_RUNNING', '', ipAddresses);
  const ours = (await bodyOf(scheduler, '/v2/tasks')) as { readonly tasks: readonly unknown[] };
  const named = { ...(example as JsonObject), ports: [], servicePorts: [] };
  const ofTheMoment = new Set(['appId', 'id', 'host', 'state', 'stagedAt', 'version', 'slaveId']);
  return { expected: named, ours: ours.tasks[0], ofTheMoment, type: 'task.Task' };
};

/** How each example comes about, by its name without the era. */
const situations: Readonly<Record<string, Show>> = {
  'app.json': app,
  'app_list.json': appList,
  'app_patch.json': appPatch,
  'app_task.json': appTask,
  'app_tasks.json': appTasks,
  'app-check-http-example.json': plainApp,
  'apps_create.json': appsCreate,
  'apps_patch.json': appsPatch,
  'deployment_steps.json': deploymentSteps,
  'deployments.json': deploymentOfBoth,
  'deployments_result.json': deploymentResult,
  'group.json': group,
  'info.json': info,
  'pod.json': pod,
  'queue.json': queue,
  'tasks.json': tasks,
  'test-constraint-groupby.json': constraint,
  'test-deployments-get.json': deployment,
  'test-task-multiple-ips.json': task,
  'test-task-without-ip.json': task,
};

/** What rows show that our answer does not, and why; or what our answer has that RAML does not know. */
const judged: Readonly<Record<string, { readonly why: string; readonly differences: readonly string[] }>> = {
  'responses/0.15-app_task.json': {
    why: 'the document shows a list; the code answers with the one task (marathon.md §2.1)',
    differences: ['task: object, not array'],
  },
  'responses/0.15-deployments.json': {
    why: 'a step was a bare list; 1.11 shows an object with `actions` (marathon.md §2.3)',
    differences: ['[].steps[]: object, not array'],
  },
  'responses/1.11-deployments.json': {
    why: 'no readiness check has been answered when the deployment is looked at here',
    differences: ['[].currentActions[].readinessCheckResults: empty'],
  },
  'responses/0.15-info.json': {
    why: '`marathon_store_timeout` was given up in 0.8 for `zk_timeout`; the others are in the code of 1.11 (marathon.md §2.6)',
    differences: [
      '-marathon_config.marathon_store_timeout',
      '/marathon_config/accepted_resource_roles_default_behavior is unknown',
      '/marathon_config/maintenance_mode is unknown',
      '/marathon_config/new_group_enforce_role is unknown',
    ],
  },
  'responses/1.11-info.json': {
    why: '`--env_vars_prefix` is not supported yet; the others are in the code of 1.11 (marathon.md §2.6)',
    differences: [
      '-marathon_config.env_vars_prefix',
      '/marathon_config/accepted_resource_roles_default_behavior is unknown',
      '/marathon_config/maintenance_mode is unknown',
      '/marathon_config/new_group_enforce_role is unknown',
    ],
  },
  'responses/1.11-pod.json': {
    why: '`maxInstances` is in the code and the example, and missing in RAML (marathon.md §7)',
    differences: ['/scaling/maxInstances is unknown'],
  },
  'responses/1.11-queue.json': {
    why:
      'no offer was used for this app; the example shows resources and attributes of every kind at once, while each has one ' +
      'kind',
    differences: [
      '-queue[].processedOffersSummary.lastUsedOfferAt',
      '-queue[].lastUnusedOffers[].offer.resources[].ranges',
      '-queue[].lastUnusedOffers[].offer.resources[].set',
      '-queue[].lastUnusedOffers[].offer.attributes[].scalar',
      '-queue[].lastUnusedOffers[].offer.attributes[].ranges',
      '-queue[].lastUnusedOffers[].offer.attributes[].set',
    ],
  },
};

/** Rows that hold nothing to compare with. */
const skipped: Readonly<Record<string, string>> = {
  'responses/1.11-app-representation.json': 'the file is empty: it was the transcript of a connection, no JSON',
};

const all = readCases();
const rows = (all ?? []).filter(({ file }) => file.startsWith('responses/'));
const raml = readRaml((all ?? []).filter(({ kind }) => kind === 'raml').map(({ file }) => file));

/** One app is answered as a member of its own. */
function answerIn(ours: unknown, type: string): unknown {
  return type === 'app.AppInfo' && isObject(ours) ? ours['app'] : ours;
}

t.test('what is done to a pod is named after pods', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const pod = { id: '/bla', containers: [{ name: 'c', exec: { command: { shell: 'sleep 1' } } }] };
  await send(t, scheduler, 'POST', '/v2/pods', pod);
  const [waiting] = objectsIn(await bodyOf(scheduler, '/v2/deployments'));
  t.match(waiting, {
    steps: [{ actions: [{ action: 'StartPod', pod: '/bla' }] }, { actions: [{ action: 'ScalePod', pod: '/bla' }] }],
    currentActions: [{ action: 'ScalePod', pod: '/bla' }],
  });
});

t.test('answers as the examples show them', { skip: all === undefined && 'no ../shared here' }, async (t) => {
  let asShown = 0;
  for (const testCase of rows) {
    const { file } = testCase;
    const show = situations[file.replace(/^responses\/(?:1\.11-|0\.15-)?/, '')];
    if (skipped[file] !== undefined) {
      t.equal(textOf(testCase), '', `${file} is still empty`);
      t.pass(file, { skip: skipped[file] });
      continue;
    }
    await t.test(file, async (t) => {
      if (show === undefined) return void t.fail('no situation is known that shows it');
      const { expected, ours, ofTheMoment, type, adapted } = await show(t, JSON.parse(textOf(testCase)));
      if (adapted !== undefined) t.comment(`adapted: ${adapted}`);
      const found = [
        ...differencesFrom(expected, ours, ofTheMoment),
        ...faultsOf(raml.types.expression(type), answerIn(ours, type), { types: new Set() }),
      ];
      t.same(
        found,
        judged[file]?.differences ?? [],
        judged[file]?.why ?? 'as the example, and nothing that RAML lacks',
      );
      if (t.passing() && judged[file] === undefined) asShown++;
    });
  }
  t.comment(`${asShown} of ${rows.length} response examples are answered as they show`);
  t.comment(`${Object.keys(judged).length} more differ as is told here, ${Object.keys(skipped).length} holds nothing`);
  for (const [file, { why }] of Object.entries(judged)) t.comment(`${file}: ${why}`);
  const known = rows.map(({ file }) => file);
  t.same(
    [...Object.keys(judged), ...Object.keys(skipped)].filter((file) => !known.includes(file)),
    [],
    'nothing is told of rows that are not there',
  );
});
