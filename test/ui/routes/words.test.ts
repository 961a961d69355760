import t from 'tap';
import type { LbBackend, LbServer } from '../../../src/ui/api/edge-live.js';
import { exampleText, runtimeLines, sourceText } from '../../../src/ui/pages/routes/plan-words.js';
import { emptyQuestion, explainPath, isAsked, questionOf } from '../../../src/ui/pages/routes/question.js';
import { loadOf, loadText, serverState } from '../../../src/ui/pages/routes/server-words.js';

t.test('a request that is asked about', (t) => {
  t.equal(isAsked(emptyQuestion), false);
  const question = {
    ...questionOf({ host: ' a.b ', path: '/x?y=1&z', method: 'POST' }),
    headers: 'X-A: 1\n\nX-B:2:3\nbare',
  };
  t.equal(isAsked(question), true);
  const [path, query] = explainPath(question).split('?', 2);
  t.equal(path, 'api/explain');
  t.same(
    [...new URLSearchParams(query)],
    [
      ['host', 'a.b'],
      ['path', '/x?y=1&z'],
      ['method', 'POST'],
      ['header', 'X-A:1'],
      ['header', 'X-B:2:3'],
      ['header', 'bare'],
    ],
  );
  t.end();
});

t.test("HAProxy's words for servers", (t) => {
  t.same(['UP', 'UP 1/2', 'no check', 'DOWN 1/2', 'DRAIN', 'NOLB', 'MAINT (via x)', ''].map(serverState), [
    'up',
    'up',
    'up',
    'down',
    'draining',
    'draining',
    'maintenance',
    'unknown',
  ]);
  const server = (status: string): LbServer => ({
    name: status,
    address: '10.0.0.1:80',
    status,
    weight: 1,
    sessions: 0,
    rate: 0,
    task: null,
    lastCheck: null,
  });
  const backend = (name: string, sessions: number, servers: readonly LbServer[]): LbBackend => ({
    name,
    app: null,
    up: true,
    sessions,
    queued: 0,
    rate: 2,
    total: 0,
    bytesIn: 0,
    bytesOut: 0,
    errors: 0,
    responses: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
    responseMs: null,
    servers,
  });
  const load = loadOf([
    backend('a', 3, [server('UP'), server('DOWN')]),
    backend('b', 4, [server('DRAIN'), server('MAINT')]),
  ]);
  t.match(load, { up: 1, all: 3, draining: 1, sessions: 7, rate: 4 });
  t.equal(loadText(load), '1 of 3 up, 1 drains');
  t.equal(loadText(loadOf([])), 'no servers');
  t.end();
});

t.test('what a plan says', (t) => {
  t.equal(sourceText({ kind: 'rule', id: '/a' }), 'rule of /a');
  t.equal(sourceText({ kind: 'label', app: '/a', portIndex: 1 }), 'labels of /a, port 1');
  t.equal(sourceText({ kind: 'default', app: '/a' }), 'default rule of /a');
  t.same(runtimeLines({ kind: 'change-map', file: 'path.map', entries: { '/a': 'b', '/c': null }, total: 5 }), [
    'set map path.map /a b',
    'del map path.map /c',
    'and 3 more of path.map',
  ]);
  const server = { backend: 'b', server: 's' };
  t.same(
    [
      ...runtimeLines({ kind: 'add-server', ...server, endpoint: '10.0.0.1:80' }),
      ...runtimeLines({ kind: 'withdraw-server', ...server, endpoint: '10.0.0.1:80' }),
      ...runtimeLines({ kind: 'set-address', ...server, endpoint: '10.0.0.2:80' }),
      ...runtimeLines({ kind: 'set-state', ...server, state: 'drain' }),
      ...runtimeLines({ kind: 'set-weight', ...server, weight: 3 }),
    ],
    [
      'add server b/s 10.0.0.1:80',
      'withdraw server b/s 10.0.0.1:80',
      'set server b/s addr 10.0.0.2:80',
      'set server b/s state drain',
      'set server b/s weight 3',
    ],
  );
  t.equal(exampleText({ host: null, path: '/x', before: null, after: null }), '/x');
  t.end();
});
