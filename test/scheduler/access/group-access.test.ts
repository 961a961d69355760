// Whoever authorises (a plugin, say) need not think of the groups around what may be viewed: they are shown all the same.
import t from 'tap';
import type { Test } from 'tap';
import type { AccessControl } from '../../../src/scheduler/api/access.js';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

interface Shown {
  readonly id: string;
  readonly apps?: readonly { readonly id: string }[];
  readonly pods?: readonly { readonly id: string }[];
  readonly groups?: readonly Shown[];
}

/** All ids in a group that is shown. */
function idsOf({ id, apps = [], pods = [], groups = [] }: Shown): readonly string[] {
  return [id, ...[...apps, ...pods].map((one) => one.id), ...groups.flatMap(idsOf)];
}

/** A scheduler in which a user may view the things of the header `sees` and no other. Gives how to ask it for a group: ids, or the status. */
async function startScheduler(t: Test) {
  const access: AccessControl = {
    isOpen: false,
    authenticate: () => Promise.resolve(),
    may: ({ headers }, action, resource) =>
      action !== 'view' ||
      headers.sees === undefined ||
      String(headers.sees)
        .split(' ')
        .includes('id' in resource ? `${resource.kind}:${resource.id}` : ''),
    demand(request, action, resource) {
      if (!this.may(request, action, resource)) throw new ApiError(403, 'not allowed');
    },
  };
  const { api } = await startFakeScheduler(t, {}, { access });
  const embed = ['group.groups', 'group.apps', 'group.pods'].map((name) => `embed=${name}`).join('&');
  return {
    send: async (method: 'POST' | 'PUT' | 'DELETE', url: string, body?: object) =>
      (await ask(api, method, url, body)).json,
    shown: async (sees: string, url: string): Promise<readonly string[] | number> => {
      const { status, json } = await ask(api, 'GET', `/v2/groups${url}?${embed}`, undefined, { sees });
      return status === 200 ? idsOf(json) : status;
    },
  };
}

t.test('groups are shown around what may be viewed, as they are and as they were', async (t) => {
  const { send, shown } = await startScheduler(t);
  const app = (id: string): object => ({ id, cmd: 'sleep 1', instances: 0 });
  await send('POST', '/v2/pods', {
    id: '/a/e/pod',
    containers: [{ name: 'c', resources: { cpus: 0.1, mem: 32 } }],
    scaling: { kind: 'fixed', instances: 0 },
  });
  const { version } = await send('PUT', '/v2/groups/a', {
    groups: [
      { id: 'b', apps: [app('web'), app('db')] },
      { id: 'c', groups: [{ id: 'deep', apps: [app('x')] }] },
      { id: 'd' },
      { id: 'e' },
    ],
  });
  for (const url of ['/a', `/a/versions/${version}`]) {
    t.same(await shown('app:/a/b/web', url), ['/a', '/a/b', '/a/b/web'], url);
    t.same(await shown('app:/a/c/deep/x group:/a/d', url), ['/a', '/a/c', '/a/c/deep', '/a/c/deep/x', '/a/d'], url);
    t.same(await shown('pod:/a/e/pod', url), ['/a', '/a/e', '/a/e/pod'], url);
    t.same(await shown('app:/a/e/pod', url), 403, 'a pod is no app');
  }
  t.same(await shown('app:/a/b/db', `/versions/${version}`), ['/', '/a', '/a/b', '/a/b/db']);

  await send('DELETE', '/v2/groups/a/c');
  t.same(await shown('app:/a/c/deep/x app:/a/b/web', '/a'), ['/a', '/a/b', '/a/b/web']);
  t.same(
    await shown('app:/a/c/deep/x app:/a/b/web', `/a/versions/${version}`),
    ['/a', '/a/b', '/a/b/web', '/a/c', '/a/c/deep', '/a/c/deep/x'],
    'what lay there then',
  );
});
