import fc from 'fast-check';
import t from 'tap';
import type { HttpServer } from '../../../src/http/server.js';
import { appProperties } from '../../../src/scheduler/core/validate/app-schema.js';
import { podSchema } from '../../../src/scheduler/core/validate/pods/pod-schema.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request that would be accepted, but for what is put into its body. */
interface Target {
  readonly method: Method;
  readonly url: string;
  /** The members that are replaced, one or two at a time. */
  readonly members: readonly string[];
  /** The body around members that are written as `"name":value`. */
  readonly body: (members: string) => string;
}

const appMembers = Object.keys(appProperties);
const podMembers = Object.keys(podSchema.properties);
const groupMembers = ['id', 'apps', 'groups', 'pods', 'dependencies', 'enforceRole', 'scaleBy', 'version'];
const container = '{"name":"c","exec":{"command":{"shell":"sleep 1"}},"resources":{}}';

const targets: readonly Target[] = [
  { method: 'POST', url: '/v2/apps', members: appMembers, body: (m) => `{"id":"/p/a","cmd":"sleep 1",${m}}` },
  { method: 'PUT', url: '/v2/apps', members: appMembers, body: (m) => `[{"id":"/p/b","cmd":"sleep 1",${m}}]` },
  { method: 'PATCH', url: '/v2/apps', members: appMembers, body: (m) => `[{"id":"/known",${m}}]` },
  { method: 'PUT', url: '/v2/apps/known', members: appMembers, body: (m) => `{${m}}` },
  {
    method: 'PUT',
    url: '/v2/apps/known?partialUpdate=false',
    members: appMembers,
    body: (m) => `{"cmd":"sleep 1",${m}}`,
  },
  { method: 'PATCH', url: '/v2/apps/known', members: appMembers, body: (m) => `{${m}}` },
  { method: 'POST', url: '/v2/groups/q', members: groupMembers, body: (m) => `{"id":"g",${m}}` },
  { method: 'PUT', url: '/v2/groups/q', members: groupMembers, body: (m) => `{${m}}` },
  { method: 'PUT', url: '/v2/groups/q?dryRun=true', members: groupMembers, body: (m) => `{${m}}` },
  {
    method: 'PUT',
    url: '/v2/groups/q',
    members: appMembers,
    body: (m) => `{"groups":[{"id":"r","apps":[{"id":"a","cmd":"sleep 1",${m}}]}]}`,
  },
  { method: 'PATCH', url: '/v2/groups/q', members: groupMembers, body: (m) => `{${m}}` },
  {
    method: 'POST',
    url: '/ekiden/v1/plan',
    members: appMembers,
    body: (m) => `{"app":{"id":"/p/c","cmd":"sleep 1",${m}}}`,
  },
  { method: 'POST', url: '/ekiden/v1/plan', members: ['app', 'apps', 'group', 'pod'], body: (m) => `{${m}}` },
  {
    method: 'POST',
    url: '/v2/pods',
    members: podMembers,
    body: (m) => `{"id":"/p/pod","containers":[${container}],${m}}`,
  },
  {
    method: 'PUT',
    url: '/v2/pods/pod',
    members: podMembers,
    body: (m) => `{"id":"/pod","containers":[${container}],${m}}`,
  },
  {
    method: 'PUT',
    url: '/v2/pods/pod',
    members: Object.keys(podSchema.properties.containers.items.properties),
    body: (m) => `{"id":"/pod","containers":[{"name":"c","resources":{},${m}}]}`,
  },
  { method: 'DELETE', url: '/v2/pods/pod::instances', members: ['0'], body: (m) => `[${m.slice(m.indexOf(':') + 1)}]` },
  { method: 'POST', url: '/v2/tasks/delete', members: ['ids'], body: (m) => `{${m}}` },
];

/** Values as text, so that there are also those that no JSON.stringify writes. */
const hostileValue = fc.oneof(
  { weight: 3, arbitrary: fc.json({ maxDepth: 4 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '1e400',
      '-1',
      '-0',
      '1.5',
      '9007199254740993',
      '2147483648',
      '""',
      '"/"',
      '"//"',
      '".."',
      '"a/../../b"',
      '"\\u0000"',
      '"\\ud800"',
      '"2014-03-01T23:29:30.158Z"',
      '"(a+)+$"',
      `"${'a'.repeat(20_000)}"`,
      `"${'/a'.repeat(10_000)}"`,
      '[null]',
      '[[]]',
      '[{}]',
      '{"":""}',
      '{"__proto__":{"x":1}}',
      '{"constructor":{"prototype":1}}',
      '{"a":{"secret":"s"}}',
      '[["hostname","LIKE","(a+)+$"]]',
      '[["hostname","LIKE","(?=a)"],["a"],[]]',
      '[0,0,80]',
      '[{"id":"x"}]',
      '[{"id":"x","cmd":"y"},{"id":"x","cmd":"y"}]',
      '[{"name":"v","persistent":{"size":1}}]',
      '{"type":"DOCKER"}',
      '{"type":"DOCKER","docker":{"image":"i","network":"BRIDGE"},"portMappings":[{}]}',
      '[{"mode":"container"},{"mode":"host"}]',
      `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
      `${'{"groups":['.repeat(2_000)}${']}'.repeat(2_000)}`,
    ),
  },
);

interface Attempt {
  readonly target: Target;
  readonly body: string;
}

const attempt: fc.Arbitrary<Attempt> = fc.constantFrom(...targets).chain((target) =>
  fc
    .array(fc.tuple(fc.constantFrom(...target.members), hostileValue), { minLength: 1, maxLength: 2 })
    .map((members) => ({
      target,
      body: target.body(members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')),
    })),
);

/** What is wrong with the answer to a request; undefined = nothing. */
async function complaint(api: HttpServer, { target, body }: Attempt): Promise<string | undefined> {
  const { method, url } = target;
  const { status, json, text } = await ask(api, method, `${url}${url.includes('?') ? '&' : '?'}force=true`, body);
  const asked = `${method} ${url} ${body.slice(0, 500)} -> ${status} ${text.slice(0, 500)}`;
  if (status >= 200 && status < 300) return undefined;
  if (status < 400 || status >= 500) return asked;
  const { message, details } = json as unknown as { message?: unknown; details?: unknown };
  if (typeof message !== 'string' || message === '') return `${asked}: no message`;
  // What is invalid is also said to be where
  const isListed = Array.isArray(details) && details.length > 0;
  return (message === 'Invalid JSON' || message === 'Object is not valid') && status === 422 && !isListed
    ? `${asked}: no details`
    : undefined;
}

t.test('whatever is sent, it is done or refused with reasons', async (t) => {
  const { api } = await startFakeScheduler(t);
  await ask(api, 'POST', '/v2/apps', { id: '/known', cmd: 'sleep 1' });
  await ask(api, 'PUT', '/v2/groups/q', {});
  await ask(api, 'POST', '/v2/pods', `{"id":"/pod","containers":[${container}]}`);
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(attempt, async (given) => {
      const wrong = await complaint(api, given);
      if (wrong !== undefined) throw new Error(wrong);
      const { method, url } = given.target;
      const { status } = await ask(api, method, url, given.body);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }),
    { numRuns: 600, endOnFailure: true, includeErrorInReport: true },
  );
  const count = (status: number): number => statuses.get(status) ?? 0;
  t.ok(count(422) > 50, 'much is refused');
  t.ok(count(200) + count(201) + count(409) > 50, 'and much is right');
  t.equal((await ask(api, 'GET', '/v2/groups')).status, 200, 'and everything can still be shown');
});

t.test('bodies that are no JSON', async (t) => {
  const { api } = await startFakeScheduler(t);
  for (const { method, url } of targets) {
    for (const body of ['', ' ', '{', '{"id":', 'null', '1', '"x"', '[]', '{}', '\u0000', '\ufeff{}', '{"a":1}}']) {
      const wrong = await complaint(api, { target: { method, url, members: [], body: () => body }, body });
      t.equal(wrong, undefined);
    }
  }
});

t.test('long ids and odd characters in URLs', async (t) => {
  const { api } = await startFakeScheduler(t);
  const long = 'a'.repeat(20_000);
  const urls = ['apps', 'groups', 'pods', 'queue', 'deployments', 'artifacts', 'plugins'].flatMap((resource) =>
    [long, `${'/a'.repeat(10_000)}`, '%00', '%ud800', '%E0%A4%A', '..%2f..%2f', '::::', '*', '//', '_'].map(
      (id) => `/v2/${resource}/${id}`,
    ),
  );
  for (const url of [...urls, `/v2/apps?label=${long}`, `/v2/apps?label=${'a%20in%20('.repeat(2_000)}`]) {
    for (const method of ['GET', 'DELETE'] as const) {
      const { status, text } = await ask(api, method, url);
      t.ok(status < 500, `${method} ${url.slice(0, 40)}: ${status} ${text.slice(0, 200)}`);
    }
  }
});
