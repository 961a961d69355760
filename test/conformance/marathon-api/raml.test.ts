import t from 'tap';
import type { Test } from 'tap';
import { listen } from '../../../src/http/server.js';
import { renderInstance, renderPodInstanceStatus } from '../../../src/scheduler/api/render/pod-instance.js';
import { appSchema } from '../../../src/scheduler/core/validate/app-schema.js';
import { groupUpdateSchema } from '../../../src/scheduler/core/validate/group-schema.js';
import { podSchema } from '../../../src/scheduler/core/validate/pods/pod-schema.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { readCases } from './cases.js';
import { faultsOf } from './raml/check-value.js';
import type { Seen } from './raml/check-value.js';
import { differencesOf } from './raml/compare-schema.js';
import type { Difference } from './raml/compare-schema.js';
import { effects, withoutEffect } from './raml/parameters.js';
import { ramlPathOf, readRaml } from './raml/read.js';
import { anyApp, askFor, requests } from './raml/requests.js';
import { readOperations } from './raml/resources.js';
import { mapIn } from './raml/yaml.js';
import {
  answerDifferences,
  documentDifferences,
  neverMet,
  nothingToCompare,
  notInDocument,
  schemaDifferences,
  statusDifferences,
} from './raml/told.js';
import { isObject, objectsIn } from './support/json.js';
import { appId, podId, startWorld } from './support/world.js';
import type { World } from './support/world.js';

/** The RAML files of 1.11 against what there is here: the request schemas, the operations, their parameters and answers. */

const rows = (readCases() ?? []).filter(({ kind }) => kind === 'raml');
const raml = readRaml(rows.map(({ file }) => file));
const operations = readOperations(raml.files);
const skip = rows.length === 0 && 'no ../shared here';

/** Every type that something of ours was held against, in any of the tests below. */
const seen: Seen = { types: new Set() };
/** Files that something of ours differs from, as told. */
const differing = new Set<string>();

t.test('the members of requests', { skip }, async (t) => {
  const compared: readonly (readonly [string, readonly Difference[]])[] = [
    ['app.App', differencesOf(raml.types.named('app.App'), appSchema, seen)],
    ['pod.Pod', differencesOf(raml.types.named('pod.Pod'), podSchema, seen)],
    ['group.GroupUpdate', differencesOf(raml.types.named('group.GroupUpdate'), groupUpdateSchema, seen, ['app.App'])],
  ];
  for (const [name, differences] of compared) {
    const told = schemaDifferences[name] ?? {};
    for (const { library } of differences) differing.add(`v2/types/${library}.raml`);
    t.same(
      differences.map(({ text }) => text).sort(),
      Object.keys(told).sort(),
      `${name}: the differences are those told`,
    );
    t.comment(`${name}: ${differences.length} differences, each with its reason in raml/told.ts`);
  }
});

/** Opens `/v2/events` over a socket, lets something happen and answers with the first bytes. */
async function openEvents(
  t: Test,
  { api }: World,
  query = '',
): Promise<{ readonly status: number; readonly text: string }> {
  const port = await listen(api, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const abort = new AbortController();
  t.teardown(() => abort.abort());
  const response = await fetch(`http://127.0.0.1:${port}/v2/events${query}`, {
    headers: { accept: 'text/event-stream' },
    signal: abort.signal,
  });
  const reader = response.body?.getReader();
  await ask(api, 'POST', '/v2/apps', anyApp('/new'));
  const chunk = (await reader?.read()) as { readonly value?: Uint8Array } | undefined;
  return { status: response.status, text: new TextDecoder().decode(chunk?.value) };
}

t.test('operations, and the types of what they answer', { skip }, async (t) => {
  const uses = mapIn(raml.files.get('api.raml'), 'uses');
  for (const { file, name, successes } of operations) {
    await t.test(name, async (t) => {
      const world = await startWorld(t);
      const request = requests[name];
      const { status, text, json } =
        name === 'GET /v2/events' ? { ...(await openEvents(t, world)), json: undefined } : await askFor(world, name);
      const documented = [...successes.keys()];
      const told = statusDifferences[name];
      if (told !== undefined) differing.add(file);
      const isAsDocumented = documented.length === 0 ? status === 200 : documented.includes(status);
      if (told === undefined)
        t.ok(isAsDocumented, `${status}, documented: ${documented.join()}: ${text.slice(0, 300)}`);
      else t.equal(status, told.status, told.why);
      if (request?.bodyType !== undefined) {
        t.same(faultsOf(raml.types.expression(request.bodyType), request.body?.(world), seen), [], request.bodyType);
      }
      const own = request?.type === undefined ? undefined : raml.types.expression(request.type);
      const documentedType = successes.get(status);
      const type = own ?? (documentedType === undefined ? undefined : raml.types.expression(documentedType, uses));
      if (type === undefined) return;
      const faults = faultsOf(type, json, seen);
      const toldFaults = answerDifferences[name];
      if (toldFaults !== undefined) differing.add(file);
      t.same(faults, Object.keys(toldFaults ?? {}), 'its type');
    });
  }
});

t.test('types that other answers have', { skip }, async (t) => {
  const world = await startWorld(t);
  const { api, service } = world;
  const instance = [...service.state.instances.values()].find((i) => i.appId === podId);
  const pod = service.state.pods.get(podId);
  if (instance === undefined || pod === undefined) return void t.fail('there is no instance, or no pod');
  const plain = async (url: string): Promise<unknown> => (await ask(api, 'GET', url)).json;
  const appInfo = (await ask(api, 'GET', `/v2/apps/${appId}?embed=app.taskStats&embed=app.readiness`)).json.app;
  const answers: readonly (readonly [name: string, type: string, value: unknown])[] = [
    ['an app with all that can be embedded', 'app.AppInfo', appInfo],
    [
      'the root group with all that it holds',
      'group.GroupInfo',
      await plain(
        '/v2/groups?embed=group.groups&embed=group.apps&embed=group.pods&embed=group.apps.tasks&embed=group.apps.lastTaskFailure',
      ),
    ],
    [
      'a plan',
      'deploymentSteps.DeploymentSteps',
      (await askFor(world, 'PUT /v2/groups', { query: '?force=true&dryRun=true' })).json,
    ],
    ['the statistics of an app', 'task.TaskStatsByVersion', appInfo.taskStats],
    ['what is not there', 'error.Error', await plain('/v2/apps//nope')],
    [
      'what is not valid',
      'error.Error',
      (await ask(api, 'POST', '/v2/apps', { id: '/x', cmd: 'a', args: ['b'] })).json,
    ],
    ['what is not JSON', 'error.Error', (await ask(api, 'POST', '/v2/apps', '{')).json],
    ['an instance of a pod that was killed', 'instance.Instance', renderInstance(instance, pod)],
    ['an instance of a pod', 'podStatus.PodInstanceStatus', renderPodInstanceStatus(instance, pod, instance.stagedAt)],
    [
      'an instance of a pod on a network',
      'podStatus.PodInstanceStatus',
      renderPodInstanceStatus(
        { ...instance, ipAddresses: [{ ipAddress: '10.1.0.2', protocol: 'IPv4', network: 'cni' }] },
        { ...pod, networks: [{ mode: 'container', name: 'cni', labels: {} }] },
        instance.stagedAt,
      ),
    ],
  ];
  for (const [name, type, value] of answers) {
    // As it is sent: without what is undefined
    const faults = faultsOf(raml.types.expression(type), JSON.parse(JSON.stringify(value)), seen);
    const told = answerDifferences[name];
    if (told !== undefined) differing.add(`v2/types/${type.split('.')[0] ?? ''}.raml`);
    t.same(faults, Object.keys(told ?? {}), name);
  }
});

/** An answer without what is different in each world. */
function withoutChance({ status, text }: { readonly status: number; readonly text: string }): string {
  const plain = text
    .replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '(id)')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(time)');
  return `${status} ${plain}`;
}

t.test('query parameters', { skip }, async (t) => {
  const wanted = operations.flatMap(({ name, queryParameters, file }) =>
    queryParameters.map((parameter) => ({ file, name, parameter, key: `${name}?${parameter}` })),
  );
  for (const { file, name, key } of wanted) {
    await t.test(key, async (t) => {
      if (withoutEffect[key] !== undefined) {
        differing.add(file);
        return void t.pass(withoutEffect[key]);
      }
      if (name === 'GET /v2/events') {
        const [all, some] = [
          await openEvents(t, await startWorld(t)),
          await openEvents(t, await startWorld(t), '?event_type=api_post_event'),
        ];
        t.match([all.text, some.text], [/^event: event_stream_attached/, /^event: api_post_event/]);
        return;
      }
      const effect = effects[key];
      if (effect === undefined) return void t.fail('nothing is known of it');
      const { prepare, without = '', with: query, body } = effect;
      const ask = async (asked: string): Promise<string> => {
        const world = await startWorld(t);
        await prepare?.(world);
        return withoutChance(await askFor(world, name, { query: asked, body }));
      };
      const plain = await ask(without);
      t.equal(await ask(without), plain, 'the same each time');
      t.not(await ask(query), plain, 'it changes the answer');
    });
  }
  const known = wanted.map(({ key }) => key);
  t.same(
    [...Object.keys(effects), ...Object.keys(withoutEffect)].filter((key) => !known.includes(key)),
    [],
    'none that RAML has not',
  );
});

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  isObject(value) ? Object.entries(value) : [];

/** What our document calls RAML's types. */
const published: Readonly<Record<string, string>> = {
  AppInfo: 'app.AppInfo',
  Deployment: 'deploymentEventsInfo.DeploymentStepInfo',
  DeploymentResult: 'deploymentResult.DeploymentResult',
  Error: 'error.Error',
  Group: 'group.GroupInfo',
  HealthCheckResult: 'healthCheck.Health',
  Info: 'info.MarathonInfo',
  LocalVolume: 'localVolumes.LocalVolumeId',
  LoggerChange: 'logging.LoggerChange',
  Offer: 'offer.Offer',
  PodInstance: 'instance.Instance',
  PodInstanceStatus: 'podStatus.PodInstanceStatus',
  PodStatus: 'podStatus.PodStatus',
  QueueEntry: 'queue.QueueItem',
  ReadinessCheckResult: 'readinessCheck.TaskReadinessCheckResult',
  Task: 'task.Task',
  TaskFailure: 'task.TaskFailure',
  TaskStats: 'task.TaskStatsByVersion',
  VersionInfo: 'versionInfo.VersionInfo',
};

/**
 * Answers are described by their members and types. Ranges and patterns of values are RAML's for the answers themselves (above), and
 * that something is always there is more than RAML asks for.
 */
const isOfValues =
  /: (?:(?:no|its own|another) pattern$|(?:minimum|maximum|minLength|maxLength|uniqueItems) |required true)/;

/** An operation of RAML or of the document, whatever it calls what is in its path. */
function plainName(name: string): string {
  return name.replaceAll(/\{\w+\}/g, '{}').replace('/v2/pods/::', '/v2/pods::');
}

t.test('the OpenAPI document', { skip }, async (t) => {
  const { api } = await startFakeScheduler(t);
  const document = (await ask(api, 'GET', '/api-docs/json')).json as unknown;
  const memberOf = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);
  const described = new Map(
    entriesOf(memberOf(document, 'paths')).flatMap(([path, item]) =>
      entriesOf(item).map(([method, operation]) => {
        const parameters = objectsIn(memberOf(operation, 'parameters')).map((parameter) => parameter['name']);
        return [plainName(`${method.toUpperCase()} ${path}`), parameters] as const;
      }),
    ),
  );
  const missing = operations.flatMap(({ name, queryParameters }) => {
    const parameters = described.get(plainName(name));
    if (parameters === undefined) return [name];
    return queryParameters.filter((parameter) => !parameters.includes(parameter)).map((p) => `${name}?${p}`);
  });
  t.same(
    missing.sort(),
    Object.keys(notInDocument).sort(),
    'has every operation and every parameter, but for those told',
  );

  const schemas = entriesOf(memberOf(memberOf(document, 'components'), 'schemas'));
  const $defs = Object.fromEntries(schemas.map(([name, schema]) => [`#/components/schemas/${name}`, schema]));
  const apart = ['app.App', 'pod.Pod', ...Object.values(published)];
  for (const [name, type] of Object.entries(published)) {
    const others = apart.filter((other) => other !== type);
    // What the document says is no answer: types are met by answers
    const known: Seen = { types: new Set() };
    const found = differencesOf(raml.types.named(type), { $ref: `#/components/schemas/${name}`, $defs }, known, others);
    const structural = found.filter(({ text }) => !isOfValues.test(text));
    for (const { library } of structural) differing.add(`v2/types/${library}.raml`);
    t.same(structural.map(({ text }) => text).sort(), Object.keys(documentDifferences[name] ?? {}).sort(), name);
  }
});

t.test('every type of every file was met, or it is told why not', { skip }, async (t) => {
  const libraries = rows.flatMap(({ file }) => /^v2\/types\/(.*)\.raml$/.exec(ramlPathOf(file))?.[1] ?? []);
  const unmet = libraries.flatMap((library) => raml.types.namesIn(library)).filter((name) => !seen.types.has(name));
  t.same(unmet.sort(), Object.keys(neverMet).sort());
  for (const name of Object.keys(neverMet)) differing.add(`v2/types/${name.split('.')[0] ?? ''}.raml`);
  const silent = rows.filter(({ file }) => nothingToCompare[ramlPathOf(file)] !== undefined);
  const compared = rows.length - silent.length;
  t.comment(
    `${compared} of ${rows.length} RAML files are compared with what is here, the other holds nothing to compare`,
  );
  t.comment(
    `${compared - differing.size} of ${rows.length} differ in nothing, ${differing.size} as raml/told.ts tells`,
  );
});
