import t from 'tap';
import type { Test } from 'tap';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpServer, listen } from '../../../src/http/server.js';
import { silentLogger } from '../../../src/common/logger.js';
import { addExplainRoutes } from '../../../src/lb/api/explain-routes.js';
import { addPlanRoutes } from '../../../src/lb/api/plan-routes.js';
import { checkAcl } from '../../../src/lb/apply/acl-check.js';
import { HaproxyProgram } from '../../../src/lb/apply/haproxy-program.js';
import { compile } from '../../../src/lb/compile/compile.js';
import type { Routing } from '../../../src/lb/compile/routing-model.js';
import { createStateAsker } from '../../../src/lb/explain/ask-states.js';
import type { Explanation } from '../../../src/lb/explain/explanation.js';
import type { RouteList } from '../../../src/lb/explain/route-list.js';
import { checkRule } from '../../../src/lb/rules/check-rule.js';
import { Previewer } from '../../../src/lb/preview/previewer.js';
import type { Preview, PreviewSource } from '../../../src/lb/preview/previewer.js';
import { finishText } from '../../../src/lb/render/configuration-text.js';
import { createRenderer } from '../../../src/lb/render/renderer.js';
import { templateModel } from '../../../src/lb/render/template-model.js';
import type { Rule } from '../../../src/lb/rules/rule.js';
import { catalogOf, compileInput } from '../../support/compile-input.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';
import { withoutHaproxy } from '../../support/haproxy.js';
import { proxySettings } from '../../support/proxy-settings.js';

const apps = [
  catalogApp('/shop', 10_001, { labels: { HAPROXY_0_VHOST: 'shop.example.com' } }),
  catalogApp('/beta', 10_002),
];
const instances = [catalogInstance('/shop', 'shop.1', [31_001]), catalogInstance('/beta', 'beta.1', [31_002])];
const rules: readonly Rule[] = [{ id: '/beta', acl: 'path_beg /beta' }];
const template = readFileSync(join(process.cwd(), 'templates', 'haproxy.cfg.hbs'), 'utf8');
const toModel = ({ model }: Routing): object => templateModel(model, { hasPrometheus: false, certificateList: null });

interface Edge {
  readonly url: string;
  readonly directory: string;
  post(
    path: string,
    body: unknown,
  ): Promise<{ readonly status: number; readonly json: Preview & { message?: string } }>;
}

/** The API of a load balancer that has routed these apps and rules, over HTTP. */
async function startEdge(t: Test, more: Partial<PreviewSource> = {}, haproxy = 'haproxy'): Promise<Edge> {
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'maps'));
  const settings = proxySettings({
    statsSocket: join(directory, 'h.sock'),
    mapsDirectory: join(directory, 'maps'),
    serverStateFile: join(directory, 'servers'),
    statsCredentials: { user: 'admin', password: 'open-sesame' },
  });
  const catalog = catalogOf(apps, instances);
  const input = compileInput({ catalog, rules, settings });
  const routing = compile(input);
  const renderer = createRenderer();
  const rendered = await renderer.render(template, toModel(routing));
  await renderer.close();
  const configuration = finishText(rendered, settings.statsSocket, { maps: routing.maps });
  const source: PreviewSource = {
    input,
    template,
    templateModel: (routed) => Promise.resolve({ model: toModel(routed), files: [] }),
    last: { routing, configuration },
    ...more,
  };
  const program = new HaproxyProgram(haproxy);
  const previewer = new Previewer({
    source: () => source,
    program,
    checkRule: (rule) => checkRule(rule, (expression) => checkAcl(program, directory, expression)),
    directory,
  });
  const server = createHttpServer();
  addPlanRoutes(server, previewer);
  addExplainRoutes(server, {
    parts: () => ({
      routing,
      settings,
      catalog,
      rules: new Map(rules.map((rule) => [rule.id, rule])),
      reports: routing.reports,
    }),
    states: createStateAsker(() => undefined, silentLogger),
  });
  const port = await listen(server, { host: '127.0.0.1', port: 0, flag: 'test' });
  t.teardown(async () => {
    await server.close();
    await previewer.close();
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    directory,
    async post(path, body) {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.status, json: (await response.json()) as Preview };
    },
  };
}

const skip = withoutHaproxy();

t.test('a rule: what it would gain, and who would lose by it', { skip }, async (t) => {
  const edge = await startEdge(t);
  const { json } = await edge.post('/api/plan', {
    id: '/shop',
    config: { Acl: 'path_beg /be', Priority: '5' },
  });
  t.match(json, { accepted: true, refusals: [], plan: { kind: 'reload' }, checked: true, totalRoutes: 1 });
  t.match(json.routes, [
    { effect: 'gained', app: '/shop', example: { path: '/be', before: null, after: /rule of \/shop/ } },
  ]);
  t.match(json.shadows, [{ text: 'the rule of /shop takes all that the rule of /beta could' }]);
  t.match(json.text, /HAProxy would be reloaded/);
  t.same(readdirSync(edge.directory), ['maps'], 'nothing is left behind');
});

t.test('a rule that stands in a map needs no reload, and neither does its removal', { skip }, async (t) => {
  const edge = await startEdge(t);
  const moved = await edge.post('/api/plan', { id: '/beta', acl: 'path_beg /gamma' });
  t.match(moved.json, { accepted: true, plan: { kind: 'runtime' } });
  t.match(moved.json.maps, [
    {
      entries: [
        { key: '/beta', to: null },
        { key: '/gamma', from: null },
      ],
    },
  ]);
  const removed = await edge.post('/api/plan?delete=true', { id: '/beta' });
  t.match(removed.json.routes, [{ effect: 'lost', app: '/beta', example: { path: '/beta', after: null } }]);
  const same = await edge.post('/api/plan', rules[0]);
  t.match(same.json, { accepted: true, plan: { kind: 'nothing' }, checked: false, totalRoutes: 0 });
});

t.test('a rule that would not be in force', { skip }, async (t) => {
  const edge = await startEdge(t);
  const refused = async (body: unknown): Promise<Preview> => (await edge.post('/api/plan', body)).json;
  t.match(await refused({ id: '/shop', acl: 'path -f /etc/passwd' }), {
    accepted: false,
    plan: null,
    refusals: [{ stage: 'rule', id: '/shop', reason: /flag "-f"/ }],
  });
  t.match(await refused({ id: '/shop', acl: 'path_reg (' }), { accepted: false, refusals: [{ stage: 'rule' }] });
  t.match(await refused({ id: '/nobody', acl: 'path_beg /x' }), {
    accepted: false,
    refusals: [{ stage: 'compile', id: '/nobody', reason: /no such app/ }],
  });
  t.match(await refused({ id: '/shop', config: { Acl: 'path /', Priority: 'high' } }), {
    accepted: false,
    refusals: [{ stage: 'rule', reason: /Priority/ }],
  });
  t.equal((await edge.post('/api/plan', 'no JSON')).status, 400);
  t.equal((await edge.post('/api/plan?delete=perhaps', { id: '/beta' })).status, 400);
});

t.test('a change of the catalog', { skip }, async (t) => {
  const edge = await startEdge(t);
  const instance = catalogInstance('/shop', 'shop.2', [31_009]);
  const scaled = await edge.post('/ekiden/v1/plan', { instances: [instance] });
  t.equal(scaled.status, 200);
  t.match(scaled.json, {
    accepted: true,
    plan: { kind: 'runtime', changes: [{ kind: 'add-server', server: '127.0.0.1_31009' }], total: 1 },
    diff: { added: 1, removed: 0 },
    totalRoutes: 0,
  });
  t.match(scaled.json.diff?.text, /^\+ {2}server 127\.0\.0\.1_31009 127\.0\.0\.1:31009/m);
  const gone = await edge.post('/ekiden/v1/plan', { removedApps: ['/shop'], removedInstances: ['shop.1'] });
  t.match(gone.json, { plan: { kind: 'reload' }, routes: [{ effect: 'lost', app: '/shop' }] });
  const secret = await edge.post('/ekiden/v1/plan', {
    apps: [{ ...apps[1], labels: { HAPROXY_0_VHOST: 'b.example.com', HAPROXY_0_AUTH: 'realm:joe:$5$abc$defghijkl' } }],
  });
  t.notMatch(JSON.stringify(secret.json), /defghijkl|open-sesame/);
  const bad = await edge.post('/ekiden/v1/plan', { apps: [{ id: '/UPPER' }], more: 1 });
  t.match([bad.status, bad.json], [400, { message: 'this is no catalog change' }]);
});

t.test('a template that breaks over it is told', { skip }, async (t) => {
  const broken = template.replace('frontend {{name}}', 'frontend {{name}}\n  nonsense {{name}}');
  const edge = await startEdge(t, { template: broken });
  const { json } = await edge.post('/api/plan', { id: '/shop', acl: 'path_beg /x' });
  t.match(json, { accepted: false, refusals: [{ stage: 'haproxy', reason: /nonsense/ }] });
});

t.test('one at a time, eight wait, the others come again', { skip }, async (t) => {
  const edge = await startEdge(t);
  const many = await Promise.all(
    Array.from({ length: 14 }, () => edge.post('/ekiden/v1/plan', { removedInstances: ['shop.1'] })),
  );
  const statuses = many.map(({ status }) => status);
  t.equal(statuses.filter((status) => status === 200).length, 9);
  t.match(many.find(({ status }) => status === 503)?.json, { message: /wait already/ });
});

t.test('explanations and routes over HTTP', async (t) => {
  const { url } = await startEdge(t);
  const get = async <T>(path: string): Promise<readonly [number, T]> => {
    const response = await fetch(`${url}${path}`);
    return [response.status, (await response.json()) as T];
  };
  const [status, told] = await get<Explanation>('/api/explain?host=shop.example.com&header=A%3Ab&header=C%3Ad');
  t.equal(status, 200);
  t.match(told, { route: { app: '/shop' }, backend: { statesFrom: 'configuration' } });
  t.match(await get('/ekiden/v1/explain?port=x'), [400, { message: /port/ }]);
  const [, list] = await get<RouteList>('/ekiden/v1/routes');
  t.match(list, { total: 2, routes: [{ position: 1 }, { position: 2, servers: { live: null, all: 1 } }] });
  t.match(await get('/ekiden/v1/routes?limit=-1'), [400, { message: /limit/ }]);
});

t.test('without an HAProxy there is nobody to ask, and the rest is told', async (t) => {
  const edge = await startEdge(t, {}, '/nowhere/haproxy');
  t.match((await edge.post('/api/plan', { id: '/shop', acl: 'path_beg /be' })).json, {
    accepted: true,
    plan: { kind: 'runtime' },
    checked: false,
  });
});
