import t from 'tap';
import { absoluteId, copyOf, kindOf, kindText, requestOf } from '../../../src/ui/pages/edit/kinds.js';
import { rebase } from '../../../src/ui/pages/edit/rebase.js';
import { hasSecrets, hidden, isSecretName, withoutSecrets } from '../../../src/ui/pages/edit/secrets.js';

const create = { mode: 'create' } as const;

t.test('what a definition is decides where it is sent', (t) => {
  t.same(
    [{}, [], { containers: [] }, { apps: [] }, { groups: [] }, 'x', 1].map((value) => kindOf(value)),
    ['app', 'apps', 'pod', 'group', 'group', undefined, undefined],
  );
  t.match(requestOf({ id: '/a' }, create), { method: 'POST', path: 'v2/apps', plan: { app: { id: '/a' } } });
  t.match(requestOf({ id: '/a', containers: [] }, create), { method: 'POST', path: 'v2/pods', plan: { pod: {} } });
  t.match(requestOf({ id: '/a', apps: [] }, create), { method: 'PUT', path: 'v2/groups', plan: { group: {} } });
  t.match(requestOf([{ id: '/a', version: 'x' }], create), { method: 'PUT', path: 'v2/apps', body: [{ id: '/a' }] });
  t.match(requestOf({ cmd: 'x', version: 'v', tasks: [] }, { mode: 'edit', kind: 'app', id: '/p/a b' }), {
    method: 'PUT',
    path: 'v2/apps/p/a%20b',
    query: { partialUpdate: false },
    body: { id: '/p/a b', cmd: 'x' },
  });
  t.equal(requestOf('x', create), undefined);
  t.match(kindText({ groups: [{ apps: [{}, {}] }], apps: [{}] }, create), /A group with 3 applications/);
  t.match(kindText([{}, {}], create), /2 applications at once/);
  t.equal(absoluteId('prod//a/../b'), '/prod/b');
  t.end();
});

t.test('a copy has a name and service ports of its own', (t) => {
  const app = {
    id: '/web',
    version: 'x',
    tasksRunning: 1,
    portDefinitions: [{ port: 10_000, name: 'http' }],
    container: { portMappings: [{ containerPort: 80, servicePort: 10_001 }] },
  };
  t.same(copyOf(app), {
    id: '/web-copy',
    portDefinitions: [{ port: 0, name: 'http' }],
    container: { portMappings: [{ containerPort: 80, servicePort: 0 }] },
  });
  t.same(copyOf({ id: '/a', requirePorts: true, portDefinitions: [{ port: 80 }] })['portDefinitions'], [{ port: 80 }]);
  t.end();
});

t.test('changes of two people are put together', (t) => {
  const base = { id: '/a', cpus: 1, env: { A: '1', B: '2' }, args: ['x'] };
  t.same(rebase(base, { ...base, cpus: 2 }, { ...base, env: { A: '1', B: '3', C: '4' } }), {
    value: { id: '/a', cpus: 2, env: { A: '1', B: '3', C: '4' }, args: ['x'] },
    conflicts: [],
  });
  t.same(rebase(base, { ...base, env: { A: '9', B: '2' } }, { ...base, env: { A: '8', B: '2' } }), {
    value: { ...base, env: { A: '9', B: '2' } },
    conflicts: ['env.A'],
  });
  const { args: _, ...removed } = base;
  t.same(rebase(base, removed, { ...base, cpus: 3 }).value, { ...removed, cpus: 3 });
  t.same(rebase(base, base, removed).value, removed);
  t.same(rebase(base, base, undefined).value, undefined);
  t.end();
});

t.test('values that are called as secrets are hidden', (t) => {
  t.same(
    ['DB_PASSWORD', 'token', 'API_KEY', 'KEY', 'MONKEY', 'KEYBOARD', 'PASSENGERS', 'SECRET_SAUCE'].map(isSecretName),
    [true, true, true, true, false, false, false, true],
  );
  const app = { id: '/a', env: { DB_PASSWORD: 'x', LEVEL: 'y', TOKEN: { secret: 's' } }, cmd: 'password' };
  t.same(withoutSecrets(app), {
    id: '/a',
    env: { DB_PASSWORD: hidden, LEVEL: 'y', TOKEN: { secret: 's' } },
    cmd: 'password',
  });
  t.same(withoutSecrets({ env: { TOKEN: 'b' } }, { env: { TOKEN: 'a' } }), { env: { TOKEN: `${hidden} (another)` } });
  t.same(withoutSecrets({ env: { TOKEN: 'a' } }, { env: { TOKEN: 'a' } }), { env: { TOKEN: hidden } });
  t.same(withoutSecrets({ containers: [{ environment: { TOKEN: 'a' } }] }), {
    containers: [{ environment: { TOKEN: hidden } }],
  });
  t.equal(hasSecrets(app), true);
  t.equal(hasSecrets({ env: { A: 'x' } }), false);
  t.end();
});
