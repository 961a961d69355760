import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { parseAcl } from '../../../src/lb/rules/acl.js';
import { readRuleId } from '../../../src/lb/rules/rule.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { sharedPath } from '../../support/shared.js';
import { readCases } from './cases.js';
import { faultsOf } from './raml/check-value.js';
import { readRaml } from './raml/read.js';
import { groupIn111, in111, runtimeMembers } from './support/form-1-11.js';
import { differencesFrom, isObject, objectsIn } from './support/json.js';
import type { JsonObject } from './support/json.js';

/** What the user's manuals show, posted as it stands there, and what is shown of it in 1.11's form. */

const root = sharedPath('cases/examples');
const files = root === undefined ? [] : readdirSync(root).sort();
const ramlFiles = (readCases() ?? []).filter(({ kind }) => kind === 'raml').map(({ file }) => file);
const { types } = readRaml(ramlFiles);

function read(file: string): JsonObject {
  return JSON.parse(readFileSync(`${root ?? ''}/${file}`, 'utf8')) as JsonObject;
}

/** Members of the old forms: no answer of 1.11 has one (marathon.md §4.12). */
const oldMembers: readonly string[] = ['ports', 'uris', 'ipAddress'];
const oldDockerMembers: readonly string[] = ['network', 'portMappings'];

function oldFormsIn(app: JsonObject): readonly string[] {
  const { container } = app;
  const docker = isObject(container) && isObject(container['docker']) ? container['docker'] : {};
  return [
    ...oldMembers.filter((name) => Object.hasOwn(app, name)),
    ...oldDockerMembers.filter((name) => Object.hasOwn(docker, name)).map((name) => `docker.${name}`),
  ];
}

/** A group with absolute ids, as it is shown. */
function absolute(group: JsonObject, base = '/'): JsonObject {
  const id = posix.resolve(base, String(group['id']));
  const { dependencies } = group;
  return {
    ...group,
    id,
    apps: objectsIn(group['apps']).map((app) => ({ ...app, id: posix.resolve(id, String(app['id'])) })),
    groups: objectsIn(group['groups']).map((child) => absolute(child, id)),
    ...(Array.isArray(dependencies) ? { dependencies: dependencies.map((d) => posix.resolve(id, String(d))) } : {}),
  };
}

/** Every app in a group, groups within it included. */
function appsIn(group: JsonObject): readonly JsonObject[] {
  return [...objectsIn(group['apps']), ...objectsIn(group['groups']).flatMap(appsIn)];
}

const ofTheMoment = new Set(runtimeMembers);

function checkApp(t: Test, shown: unknown, expected: JsonObject, what: string): void {
  if (!isObject(shown)) return void t.fail(`${what}: there is no app`);
  t.same(differencesFrom(expected, shown, ofTheMoment), [], `${what}: every value is kept, in 1.11's form`);
  t.same(oldFormsIn(shown), [], `${what}: nothing is in an old form`);
  if (ramlFiles.length > 0) {
    t.same(faultsOf(types.named('app.AppInfo'), shown, { types: new Set() }), [], `${what}: RAML's AppInfo`);
  }
}

async function checkAppExample(t: Test, example: JsonObject): Promise<void> {
  const { api } = await startFakeScheduler(t);
  const created = await ask(api, 'POST', '/v2/apps', example);
  if (!t.equal(created.status, 201, created.text.slice(0, 500))) return;
  const id = posix.resolve('/', String(example['id']));
  t.equal(created.headers['location'], id);
  const expected = in111({ ...example, id });
  checkApp(t, created.json, expected, 'POST');
  checkApp(t, (await ask(api, 'GET', `/v2/apps/${id}`)).json.app, expected, 'GET');
  const listed = (await ask(api, 'GET', '/v2/apps')).json.apps;
  t.equal(listed.length, 1);
  checkApp(t, listed[0], expected, 'GET of all');
}

async function checkGroupExample(t: Test, example: JsonObject): Promise<void> {
  const { api } = await startFakeScheduler(t);
  const created = await ask(api, 'POST', '/v2/groups', example);
  if (!t.equal(created.status, 201, created.text.slice(0, 500))) return;
  const expected = absolute(groupIn111(example));
  const shown: unknown = (await ask(api, 'GET', `/v2/groups/${String(expected['id'])}`)).json;
  t.same(differencesFrom(expected, shown, ofTheMoment), [], 'every value is kept; ids and dependencies are absolute');
  for (const app of isObject(shown) ? appsIn(shown) : []) t.same(oldFormsIn(app), [], String(app['id']));
}

/** Scales `/product` of the example 15. */
async function checkScaling(t: Test, example: JsonObject): Promise<void> {
  const { api } = await startFakeScheduler(t);
  const group = read('15-group-product.json');
  await ask(api, 'POST', '/v2/groups', group);
  const locked = await ask(api, 'PUT', '/v2/groups//product', example);
  t.equal(locked.status, 409, 'not while it is being deployed');
  const scaled = await ask(api, 'PUT', '/v2/groups//product?force=true', example);
  if (!t.equal(scaled.status, 200, scaled.text.slice(0, 500))) return;
  const factor = Number(example['scaleBy']);
  const instancesOf = (apps: readonly JsonObject[], by: number): JsonObject =>
    Object.fromEntries(apps.map(({ id, instances }) => [String(id), Math.ceil(Number(instances) * by)]));
  const shown: unknown = (await ask(api, 'GET', '/v2/groups//product')).json;
  t.same(instancesOf(isObject(shown) ? appsIn(shown) : [], 1), instancesOf(appsIn(absolute(group)), factor));
}

/** A check that is given by its path alone takes every default. */
async function checkGhost(t: Test, example: JsonObject): Promise<void> {
  await checkAppExample(t, example);
  const { api } = await startFakeScheduler(t);
  const { healthChecks } = (await ask(api, 'POST', '/v2/apps', example)).json;
  t.match(healthChecks, [
    {
      path: '/',
      protocol: 'HTTP',
      portIndex: 0,
      gracePeriodSeconds: 300,
      intervalSeconds: 60,
      timeoutSeconds: 20,
      maxConsecutiveFailures: 3,
    },
  ]);
}

/** `cmd` and `args` in one app: refused, and it is told how to go on. */
async function checkRefusal(t: Test, example: JsonObject): Promise<void> {
  const { api } = await startFakeScheduler(t);
  const { status, json } = await ask(api, 'POST', '/v2/apps', example);
  t.equal(status, 422);
  t.equal(json.message, 'Object is not valid');
  const [detail] = json.details;
  t.equal(detail?.path, '/');
  t.ok(detail?.errors.includes("AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'."));
  t.match(
    detail?.errors.join(' '),
    /Both 'cmd' and 'args' are set: keep 'cmd' .*, or 'args' /,
    'what is wrong, and how to mend it',
  );
  t.equal((await ask(api, 'GET', '/v2/apps/web-app')).status, 404, 'nothing of it is kept');
  const { args: _args, ...mended } = example;
  t.equal((await ask(api, 'POST', '/v2/apps', mended)).status, 201, 'mended as told it is accepted');
}

/** A rule for Bamboo: not of this API; the lb reads it as it stands. */
function checkRule(t: Test, example: JsonObject): void {
  t.equal(readRuleId(String(example['id'])), '/ghost-0');
  const { fetch, args, ignoreCase, patterns } = parseAcl(String(example['acl']));
  t.same(
    { fetch, args, ignoreCase, patterns },
    { fetch: 'hdr', args: 'host', ignoreCase: true, patterns: ['ghost.local'] },
  );
}

const special: Readonly<Record<string, (t: Test, example: JsonObject) => Promise<void> | void>> = {
  '15-group-product.json': checkGroupExample,
  '16-group-dependency-relative.json': checkGroupExample,
  '17-group-dependency-through.json': checkGroupExample,
  '18-upgrade-db-app.json': checkGroupExample,
  '26-ghost.json': checkGhost,
  '27-ghost-bamboo-rule.json': checkRule,
  '29-web-app-cmd-and-args.json': checkRefusal,
  '30-scale-group-by-half.json': checkScaling,
};

t.test("the user's own examples", { skip: root === undefined && 'no ../shared here' }, async (t) => {
  t.equal(files.length, 30);
  let asTold = 0;
  for (const file of files) {
    await t.test(file, async (t) => {
      await (special[file] ?? checkAppExample)(t, read(file));
      if (t.passing()) asTold++;
    });
  }
  t.comment(
    `${asTold} of ${files.length} examples work as told: apps, groups and their scaling, a rule, and a refusal`,
  );
  t.same(
    Object.keys(special).filter((file) => !files.includes(file)),
    [],
    'none is treated specially that is not there',
  );
});
