import t from 'tap';
import type { Test } from 'tap';
import { openAccess } from '../../../src/scheduler/api/access.js';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import { rawConnection } from '../../support/raw-http.js';
import { runCases } from '../support/cases.js';
import { serveScheduler } from '../support/wire.js';
import type { Method, ServedScheduler, WireAnswer } from '../support/wire.js';

const json = { 'Content-Type': 'application/json', Accept: 'application/json' };
const container = { name: 'c', resources: { cpus: 0.1, mem: 32 } };

interface Expected {
  readonly status: number;
  /** Of the body's `message`. */
  readonly message?: string | RegExp;
  /** Names of the body's members, in any order. */
  readonly members?: readonly string[];
}

type Request = readonly [method: Method, path: string, body?: string | object];

async function check(
  t: Test,
  scheduler: ServedScheduler,
  [method, path, body]: Request,
  expected: Expected,
): Promise<WireAnswer> {
  const answer = await scheduler.client(json).send(method, path, body);
  const what = `${method} ${path}`;
  t.equal(answer.status, expected.status, `${what}: ${answer.text}`);
  if (expected.message !== undefined || expected.members !== undefined) {
    t.equal(answer.headers['content-type'], 'application/json', `${what}: the type, without a charset`);
    const read = answer.json() as Readonly<Record<string, unknown>>;
    if (expected.message !== undefined) t.match(read['message'], expected.message, what);
    t.same(Object.keys(read).sort(), [...(expected.members ?? ['message'])].sort(), what);
  }
  return answer;
}

await runCases(t, "rule 9, Marathon's statuses, its error bodies by status, always application/json", [
  {
    name: 'successes have the status that Marathon gives them',
    why: 'marathonctl takes nothing but 200 for a DELETE, marathon-python nothing but 201 for a creation',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const app = { id: '/a', cmd: 'x', instances: 0 };
      const expected: readonly (readonly [number, Request])[] = [
        [201, ['POST', '/v2/apps', app]],
        [200, ['GET', '/v2/apps']],
        [200, ['GET', '/v2/apps/a']],
        [200, ['PUT', '/v2/apps/a?force=true', { labels: { a: 'b' } }]],
        [201, ['PUT', '/v2/apps/b', { cmd: 'x', instances: 0 }]],
        [200, ['PUT', '/v2/apps?force=true', [app]]],
        [200, ['POST', '/v2/apps/a/restart?force=true']],
        [200, ['GET', '/v2/apps/a/versions']],
        [200, ['GET', '/v2/apps/a/tasks']],
        [200, ['DELETE', '/v2/apps/a/tasks']],
        [200, ['POST', '/v2/tasks/delete', { ids: [] }]],
        [200, ['DELETE', '/v2/apps/a']],
        [201, ['POST', '/v2/groups', { id: '/g' }]],
        [200, ['PUT', '/v2/groups/g?force=true', { dependencies: [] }]],
        [200, ['DELETE', '/v2/groups/g?force=true']],
        [200, ['HEAD', '/v2/pods']],
        [201, ['POST', '/v2/pods', { id: '/p', containers: [container] }]],
        [200, ['GET', '/v2/pods/p']],
        [204, ['DELETE', '/v2/queue/p/delay']],
        [202, ['DELETE', '/v2/pods/p?force=true']],
        [200, ['GET', '/v2/deployments']],
        [200, ['GET', '/v2/queue']],
        [200, ['GET', '/v2/info']],
        [200, ['GET', '/v2/leader']],
        [200, ['GET', '/v2/plugins']],
        [200, ['GET', '/ping']],
        [200, ['GET', '/metrics']],
      ];
      for (const [status, request] of expected) {
        const answer = await check(t, scheduler, request, { status });
        const hasBody = answer.text !== '';
        t.equal(
          answer.headers['content-type'],
          hasBody ? 'application/json' : undefined,
          `${request[0]} ${request[1]}`,
        );
      }
    },
  },
  {
    name: '204 and 202 come without a body',
    why: 'what follows on the connection would be read as one',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      await check(t, scheduler, ['POST', '/v2/apps', { id: '/a', cmd: 'x' }], { status: 201 });
      const head = 'Host: x\r\nContent-Type: application/json\r\nAccept: application/json\r\n';
      const two = `DELETE /v2/queue//a/delay HTTP/1.1\r\n${head}\r\nGET /ping HTTP/1.1\r\n${head}Connection: close\r\n\r\n`;
      const received = await rawConnection(t, scheduler.port, two).ended;
      const [first, second, third] = received.split(/(?=HTTP\/1\.1 )/);
      t.match(first, /^HTTP\/1\.1 204 No Content\r\n/);
      t.match(first, /\r\n\r\n$/, 'nothing after the head');
      t.notMatch(first, /content-type|transfer-encoding/i);
      t.match(second, /^HTTP\/1\.1 200 OK\r\n/);
      t.match(second, /"pong"$/);
      t.equal(third, undefined);
    },
  },
  {
    name: '400: not JSON, nothing at all, ids of tasks that are none',
    why: 'details are a text here: go-marathon then shows the body as it is',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const members = ['message', 'details'];
      for (const path of ['/v2/apps', '/v2/groups', '/v2/pods']) {
        const broken = await check(t, scheduler, ['POST', path, '{"id":"/a"'], {
          status: 400,
          message: 'Invalid JSON',
          members,
        });
        t.type((broken.json() as { details: unknown }).details, 'string');
        await check(t, scheduler, ['POST', path], {
          status: 400,
          message: 'Please specify data in JSON format',
          members,
        });
      }
      await check(t, scheduler, ['POST', '/v2/tasks/delete', { ids: ['x'] }], {
        status: 400,
        message: /^Invalid task id/,
      });
      await check(t, scheduler, ['POST', '/v2/tasks/delete?scale=true&wipe=true', { ids: [] }], {
        status: 400,
        message: 'You cannot use scale and wipe at the same time.',
      });
    },
  },
  {
    name: '404, one text for each kind of thing',
    why: 'dcos and PaaSTA-like tools look for these texts',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      await check(t, scheduler, ['POST', '/v2/apps', { id: '/a', cmd: 'x' }], { status: 201 });
      const old = '2014-03-01T23:29:30.158Z';
      const expected: readonly (readonly [string, Request])[] = [
        ["App '/x' does not exist", ['GET', '/v2/apps//x']],
        ["App '/x' does not exist", ['DELETE', '/v2/apps/x']],
        ["App '/x' does not exist", ['POST', '/v2/apps/x/restart']],
        ["App '/x' does not exist", ['GET', '/v2/apps/x/tasks']],
        ["App '/x' does not exist", ['GET', '/v2/apps/x/versions']],
        [`App '/a' does not exist in version ${old}`, ['GET', `/v2/apps/a/versions/${old}`]],
        ["Task 'x.1' does not exist", ['DELETE', '/v2/apps/a/tasks/x.1']],
        ["Group '/x' does not exist", ['GET', '/v2/groups/x']],
        ["Group '/x' does not exist", ['DELETE', '/v2/groups/x']],
        ['/x does not exist', ['GET', '/v2/pods/x']],
        ['DeploymentPlan x does not exist', ['DELETE', '/v2/deployments/x']],
        ['Application /x not found in tasks queue.', ['DELETE', '/v2/queue//x/delay']],
        ['There is no leader', ['DELETE', '/v2/leader']],
        ['URI not found: /v2/nothing', ['GET', '/v2/nothing']],
        ['No plugin with this pluginId: x', ['GET', '/v2/plugins/x/main.js']],
      ];
      for (const [message, request] of expected) await check(t, scheduler, request, { status: 404, message });
    },
  },
  {
    name: '405 with what is allowed',
    why: 'go-marathon has a code for it',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const answer = await check(t, scheduler, ['DELETE', '/v2/apps'], { status: 405, message: 'Method Not Allowed' });
      t.match(answer.headers.allow, /GET, POST, PUT/);
    },
  },
  {
    name: '409: it is there already, or a deployment holds it',
    why: 'go-marathon tells the two apart by `deployments`; marathonctl and marathon-ui offer to force the latter',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const app = { id: '/a', cmd: 'x' };
      await check(t, scheduler, ['POST', '/v2/apps', app], { status: 201 });
      await check(t, scheduler, ['POST', '/v2/apps', app], {
        status: 409,
        message: 'An app with id [/a] already exists.',
      });
      const locked = await check(t, scheduler, ['PUT', '/v2/apps/a', { cmd: 'y' }], {
        status: 409,
        message: /^App is locked by one or more deployments\. Override with the option '\?force=true'\./,
        members: ['message', 'deployments'],
      });
      t.match(locked.json(), { deployments: [{ id: /^[0-9a-f-]{36}$/ }] });
      await check(t, scheduler, ['POST', '/v2/groups', { id: '/g' }], { status: 201 });
      await check(t, scheduler, ['POST', '/v2/groups', { id: '/g' }], {
        status: 409,
        message: 'Group /g is already created. Use PUT to change this group.',
      });
      await check(t, scheduler, ['POST', '/v2/groups', { id: '/a' }], {
        status: 409,
        message: 'An app with the path /a already exists.',
      });
    },
  },
  {
    name: '422: of a wrong type, or against a rule',
    why: 'every fault at once, each with its path',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const members = ['message', 'details'];
      const wrong = { id: 1, cmd: 'x', mem: 'much' };
      const shape = await check(t, scheduler, ['POST', '/v2/apps', wrong], {
        status: 422,
        message: 'Invalid JSON',
        members,
      });
      t.same(shape.json(), {
        message: 'Invalid JSON',
        details: [
          { path: '/id', errors: ['error.expected.jsstring'] },
          { path: '/mem', errors: ['error.expected.jsnumber'] },
        ],
      });
      const rules = await check(t, scheduler, ['POST', '/v2/apps', { id: '/A', cmd: 'x', args: ['y'] }], {
        status: 422,
        message: 'Object is not valid',
        members,
      });
      const { details } = rules.json() as { readonly details: readonly { path: string; errors: readonly string[] }[] };
      t.ok(details.length > 1 && details.every(({ path, errors }) => path.startsWith('/') && errors.length > 0));
      await check(t, scheduler, ['GET', '/v2/apps/a/versions/yesterday'], { status: 422, message: /yesterday/ });
    },
  },
  {
    name: '401, 403 and 503',
    why: 'clients ask for a password, tell their user, or try the next server',
    run: async (t) => {
      const locked = await serveScheduler(t, { credentials: { user: 'u', password: 'p' } });
      const unauthorised = await check(t, locked, ['GET', '/v2/apps'], { status: 401, members: ['message'] });
      t.equal(unauthorised.headers['www-authenticate'], 'Basic realm="Mesosphere"');
      const access = {
        ...openAccess,
        isOpen: false,
        demand: () => {
          throw new ApiError(403, 'Not Authorized to perform this action!');
        },
      };
      const forbidden = await serveScheduler(t, {}, { access });
      await check(t, forbidden, ['DELETE', '/v2/apps/a'], { status: 403, message: /^Not Authorized/ });
      const busy = await serveScheduler(t, { maxRunningDeployments: 1 });
      await check(t, busy, ['POST', '/v2/apps', { id: '/a', cmd: 'x' }], { status: 201 });
      await check(t, busy, ['POST', '/v2/apps', { id: '/b', cmd: 'x' }], {
        status: 403,
        message: /^Max number \(1\) of running deployments is achieved\./,
      });
      const full = await serveScheduler(t, { maxConcurrentRequests: 0 });
      await check(t, full, ['GET', '/v2/apps'], { status: 503, message: 'Too many concurrent requests! Allowed: 0.' });
      await check(t, full, ['GET', '/ping'], { status: 200 });
    },
  },
]);
