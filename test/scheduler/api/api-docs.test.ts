import { Check } from 'typebox/schema';
import t from 'tap';
import type { Test } from 'tap';
import type { HttpServer } from '../../../src/http/server.js';
import { createApi } from '../../../src/scheduler/api/api.js';
import { openApiDocument } from '../../../src/scheduler/api/openapi/document.js';
import { notes } from '../../../src/scheduler/api/openapi/notes.js';
import type { AppPath } from '../../../src/scheduler/api/parse/app-path.js';
import { parseAppPath } from '../../../src/scheduler/api/parse/app-path.js';
import type { GroupPath } from '../../../src/scheduler/api/parse/group-path.js';
import { parseGroupPath } from '../../../src/scheduler/api/parse/group-path.js';
import type { PodPath } from '../../../src/scheduler/api/parse/pod-path.js';
import { parsePodPath } from '../../../src/scheduler/api/parse/pod-path.js';
import { eventText } from '../../../src/scheduler/api/render/event.js';
import type { ClusterFacts } from '../../../src/scheduler/ports/cluster-facts.js';
import type { SchedulerMetrics } from '../../../src/scheduler/metrics/create-metrics.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { Answer } from '../../support/fake-service.js';

type JsonSchema = Readonly<Record<string, unknown>>;

interface DocumentedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: JsonSchema }>> }>>;
}

interface OpenApi {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<
    Record<
      string,
      { readonly parameters?: readonly { name: string; description: string; example: string }[] } & Readonly<
        Record<string, DocumentedOperation>
      >
    >
  >;
  readonly components: Readonly<Record<'schemas' | 'responses', Readonly<Record<string, JsonSchema>>>>;
}

const document = JSON.parse(JSON.stringify(openApiDocument())) as OpenApi;
const documentedMethods = ['get', 'post', 'put', 'patch', 'delete'] as const;

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  documentedMethods.flatMap((method) => {
    const operation = item[method];
    return operation === undefined ? [] : [{ path, method, operation }];
  }),
);

/** A URL that a documented template means, with its own examples. */
function exampleUrl(template: string): string {
  const { parameters = [] } = document.paths[template] ?? {};
  return template.replace(/\{(\w+)\}/g, (_, name) => parameters.find((p) => p.name === name)?.example ?? 'missing');
}

/** Every value of a keyword anywhere in a JSON value. */
function valuesOf(keyword: string, json: unknown): readonly unknown[] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([name, value]) =>
    name === keyword && typeof value === 'string' ? [value] : valuesOf(keyword, value),
  );
}

/** What a reference within the document leads to. */
function targetOf(reference: string): unknown {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>> | undefined)?.[name], document);
}

/** Starts the API and notes which routes it has. */
async function startWithRoutes(
  t: Test,
): Promise<{ api: HttpServer; routes: readonly { url: string; methods: string[] }[] }> {
  const { service } = await startFakeScheduler(t);
  const routes: { url: string; methods: string[] }[] = [];
  const watch: SchedulerMetrics['watch'] = (server) =>
    void server.addHook('onRoute', ({ url, method }) => void routes.push({ url, methods: [method].flat() }));
  const api = createApi(service, { metrics: { watch } as SchedulerMetrics });
  t.teardown(() => api.close());
  await api.ready();
  return { api, routes };
}

t.test('the document is sound', (t) => {
  t.equal(document.openapi, '3.1.0');
  const references = [...new Set(valuesOf('$ref', document).map(String))];
  t.ok(references.length > 30);
  t.same(
    references.filter((reference) => targetOf(reference) === undefined),
    [],
    'each reference leads somewhere',
  );
  const ids = operations.map(({ operation }) => operation.operationId);
  t.same(
    ids.filter((id, i) => ids.indexOf(id) !== i),
    [],
    'each operation has an id of its own',
  );
  const tags = new Set(document.tags.map(({ name }) => name));
  t.ok(operations.every(({ operation }) => operation.tags.every((tag) => tags.has(tag))));
  for (const [path, { parameters = [] }] of Object.entries(document.paths)) {
    for (const { name, description, example } of parameters) t.ok(description && example, `${name} of ${path}`);
  }
  for (const schema of Object.values(document.components.schemas)) {
    // Whatever the value: a schema that cannot be used throws
    t.type(Check({ ...schema, components: document.components } as object, null), 'boolean');
  }
  t.end();
});

t.test('every member of an app is explained, and nothing else is', (t) => {
  for (const [name, texts] of Object.entries(notes)) {
    const properties = document.components.schemas[name]?.['properties'] as JsonSchema | undefined;
    if (name === 'AppInfo') continue;
    t.same(Object.keys(texts).sort(), Object.keys(properties ?? {}).sort(), name);
  }
  t.end();
});

t.test('what is documented is served, with these methods', async (t) => {
  const { api } = await startWithRoutes(t);
  for (const [path, item] of Object.entries(document.paths)) {
    const methods = documentedMethods.filter((method) => item[method] !== undefined).map((m) => m.toUpperCase());
    const url = exampleUrl(path);
    const { status, headers } = await ask(api, 'OPTIONS', url);
    if (path.startsWith('/api-docs') && status === 404) {
      t.equal((await ask(api, 'GET', url)).status < 400, true, path);
      t.same(methods, ['GET'], path);
      continue;
    }
    t.equal(status, 200, path);
    const allowed = (headers['allow'] ?? '').split(', ').filter((m) => m !== 'HEAD' && m !== 'OPTIONS');
    t.same(allowed.sort(), methods.sort(), path);
  }
});

t.test('what is served is documented', async (t) => {
  const { routes } = await startWithRoutes(t);
  const served = new Set(routes.map(({ url }) => url).filter((url) => !url.startsWith('/api-docs/static')));
  t.ok(served.size > 25);
  // As the templates write it: /v2/deployments/{…}, /v2/apps/{…}
  const documented = Object.keys(document.paths).map((path) => path.replace(/\{\w+\}/g, '{}'));
  for (const url of served) {
    const template = url
      .replace(/::/g, ':')
      .replace(/\/:\w+/g, '/{}')
      .replace(/\*$/, '{}')
      .replace(/(?<=.)\/$/, '');
    t.ok(
      documented.some((path) => path === template || (url.endsWith('*') && path.startsWith(template))),
      url,
    );
  }
});

t.test('whatever a path can mean is documented', (t) => {
  const kinds = (prefix: string, kindOf: (rest: string) => string | undefined): readonly unknown[] => [
    ...new Set(
      Object.keys(document.paths)
        .filter((path) => path.startsWith(prefix))
        .map((path) => kindOf(exampleUrl(path).slice(prefix.length))),
    ),
  ];
  const ofApps: Record<AppPath['type'], true> = {
    app: true,
    restart: true,
    tasks: true,
    task: true,
    versions: true,
    version: true,
    appsOfGroup: true,
    tasksOfGroup: true,
  };
  const ofGroups: Record<GroupPath['type'], true> = { group: true, apps: true, versions: true, version: true };
  const ofPods: Record<Exclude<PodPath['type'], 'statusOfAll'>, true> = {
    pod: true,
    status: true,
    versions: true,
    version: true,
    instances: true,
    instance: true,
  };
  t.same(kinds('/v2/apps/', (rest) => parseAppPath(rest).type).toSorted(), Object.keys(ofApps).sort());
  t.same(kinds('/v2/groups/', (rest) => parseGroupPath(rest).type).toSorted(), Object.keys(ofGroups).sort());
  t.same(kinds('/v2/pods/', (rest) => parsePodPath(rest)?.type).toSorted(), Object.keys(ofPods).sort());
  t.end();
});

/** The schema of an answer, in which objects have no members that are not described. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const keywords = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, strict(value)]));
  return 'properties' in keywords && !('additionalProperties' in keywords)
    ? { ...keywords, additionalProperties: false }
    : keywords;
}

const strictComponents = {
  ...document.components,
  schemas: Object.fromEntries(Object.entries(document.components.schemas).map(([name, s]) => [name, strict(s)])),
};

const resources = { cpus: 1, memMib: 1, diskMib: 1, gpus: 0, ports: '[]' };
const nothing = { registeredAtMs: undefined, region: undefined, zone: undefined, withheld: undefined };
const agent = {
  id: 'S1',
  host: 'h',
  address: 'h:5051',
  total: resources,
  used: resources,
  attributes: { a: 'b' },
  tasks: 0,
};
const framework = { id: 'F', name: 'x', roles: ['*'], active: true, connected: true, tasks: 0, used: resources };
const cluster: ClusterFacts = {
  agents: () => Promise.resolve([{ ...agent, ...nothing }]),
  frameworks: () => Promise.resolve([{ ...framework, webuiUrl: undefined }]),
};

t.test('answers are as documented', async (t) => {
  const scheduler = await startFakeScheduler(t, {}, { cluster });
  const { api, service } = scheduler;
  t.teardown(service.edges.open({ edge: '10.0.0.1:80', role: 'lb' }));
  const heard = new Map<string, string>();
  service.events.subscribe((published) => void heard.set(published.event.type, eventText(published)));
  const app = {
    id: '/shop/web',
    cmd: 'sleep 1',
    cpus: 0.1,
    mem: 32,
    env: { A: 'b' },
    healthChecks: [{ protocol: 'HTTP', path: '/' }],
  };
  const pod = { id: '/shop/pod', containers: [{ name: 'a', exec: { command: { shell: 'sleep 1' } }, resources: {} }] };

  async function check(template: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown) {
    const answer: Answer = await ask(api, method, url, body);
    const { status, text } = answer;
    const operation = document.paths[template]?.[method.toLowerCase()];
    const response = operation?.responses[String(status)];
    t.ok(response, `${method} ${url}: ${status} is documented`);
    const named = (response as { $ref?: string } | undefined)?.$ref?.split('/').at(-1);
    const { content } =
      named === undefined ? (response ?? {}) : (document.components.responses[named] as NonNullable<typeof response>);
    const schema = content?.['application/json']?.schema;
    if (schema === undefined) {
      t.equal(text, '', `${method} ${url}: an empty body`);
    } else {
      const whole = { ...(strict(schema) as object), components: strictComponents };
      t.ok(Check(whole, answer.json), `${method} ${url}: ${text.slice(0, 2000)}`);
    }
    return answer;
  }

  await check('/v2/apps', 'POST', '/v2/apps', app);
  await check('/v2/apps', 'POST', '/v2/apps', app);
  await check('/v2/apps', 'POST', '/v2/apps', '{');
  await check('/v2/apps', 'POST', '/v2/apps', { id: 1 });
  await check('/v2/pods', 'POST', '/v2/pods', pod);
  await check('/v2/groups/{group_id}', 'PUT', '/v2/groups/other', { apps: [{ ...app, id: 'web' }] });
  await check('/v2/groups/{group_id}', 'PUT', '/v2/groups/other?dryRun=true', { scaleBy: 2 });
  await check('/v2/queue', 'GET', '/v2/queue?embed=lastUnusedOffers');
  await check('/ekiden/v1/explain/{app_id}', 'GET', '/ekiden/v1/explain/shop/web');
  await check('/ekiden/v1/plan', 'POST', '/ekiden/v1/plan', { app: { id: '/shop/web', cpus: 1000 } });
  await check('/ekiden/v1/plan', 'POST', '/ekiden/v1/plan', { group: { id: '/shop', apps: [{ ...app, id: 'new' }] } });
  await check('/ekiden/v1/plan', 'POST', '/ekiden/v1/plan', { app: 1 });
  await check('/v2/deployments', 'GET', '/v2/deployments');
  await scheduler.run('/shop/web');
  await check('/v2/queue', 'GET', '/v2/queue?embed=lastUnusedOffers');
  const embeds = ['tasks', 'taskStats', 'readiness', 'lastTaskFailure'].map((e) => `embed=apps.${e}`).join('&');
  await check('/v2/apps', 'GET', `/v2/apps?${embeds}`);
  await check('/v2/apps/{app_id}', 'GET', '/v2/apps/shop/web');
  await check('/v2/apps/{app_id}', 'GET', '/v2/apps/nothing');
  await check('/v2/apps/{group_id}/*', 'GET', '/v2/apps/shop/*');
  await check('/v2/apps/{app_id}/tasks', 'GET', '/v2/apps/shop/web/tasks');
  const { json } = await check('/v2/apps/{app_id}/versions', 'GET', '/v2/apps/shop/web/versions');
  await check('/v2/apps/{app_id}/versions/{version}', 'GET', `/v2/apps/shop/web/versions/${json.versions[0] ?? ''}`);
  await check('/v2/tasks', 'GET', '/v2/tasks');
  await check('/v2/groups', 'GET', '/v2/groups');
  await check('/v2/groups/{group_id}/versions', 'GET', '/v2/groups/other/versions');
  await check('/v2/pods', 'GET', '/v2/pods');
  await check('/v2/pods::status', 'GET', '/v2/pods::status');
  await check('/v2/pods/{pod_id}::versions', 'GET', '/v2/pods/shop/pod::versions');
  for (const path of ['/v2/info', '/v2/leader', '/v2/plugins', '/v2/schemas', '/config', '/logging', '/metrics']) {
    await check(path, 'GET', path);
  }
  await check('/ekiden/v1/edges', 'GET', '/ekiden/v1/edges');
  await check('/ekiden/v1/edges/{edge}/{path}', 'GET', '/ekiden/v1/edges/10.0.0.1:80/nothing');
  await check('/ekiden/v1/sandbox/{task_id}/read', 'GET', '/ekiden/v1/sandbox/nothing/read?path=stdout');
  await check('/ekiden/v1/agents', 'GET', '/ekiden/v1/agents');
  await check('/ekiden/v1/frameworks', 'GET', '/ekiden/v1/frameworks');
  await check('/v2/apps/{app_id}/tasks', 'DELETE', '/v2/apps/shop/web/tasks');
  await check('/v2/apps/{app_id}', 'DELETE', '/v2/apps/shop/web');
  await check('/v2/pods/{pod_id}', 'DELETE', '/v2/pods/shop/pod?force=true');

  t.ok(heard.size >= 8, 'events were published meanwhile');
  const event = { $ref: '#/components/schemas/Event', components: strictComponents };
  for (const [type, text] of heard) t.ok(Check(event, JSON.parse(text)), `${type}: ${text}`);
});

t.test('the page needs nothing from elsewhere, and works below a mount prefix', async (t) => {
  const { api } = await startFakeScheduler(t, { mountPrefix: '/service/marathon' });
  const { headers: redirect } = await ask(api, 'GET', '/service/marathon/api-docs');
  t.equal(redirect['location'], '/service/marathon/api-docs/');
  const { status, text, headers } = await ask(api, 'GET', '/service/marathon/api-docs/');
  t.equal(status, 200);
  t.equal(headers['x-frame-options'], 'DENY');
  t.match(headers['content-security-policy'], /default-src 'self'/);
  const files = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, file]) => file ?? '');
  t.ok(files.length >= 5);
  for (const file of files) {
    t.match(file, /^\.\/static\//);
    t.equal((await ask(api, 'GET', `/service/marathon/api-docs/${file}`)).status, 200, file);
  }
  for (const name of ['json', 'openapi.json']) {
    const answer = await ask(api, 'GET', `/api-docs/${name}`);
    t.same(JSON.parse(answer.text), document);
    t.match(answer.headers['content-type'], /^application\/json/);
  }
  t.match((await ask(api, 'GET', '/api-docs/yaml')).text, /^openapi: 3\.1\.0$/m);
});
