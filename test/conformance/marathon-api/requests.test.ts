import t from 'tap';
import type { HttpServer } from '../../../src/http/server.js';
import type { SchedulerOptions } from '../../../src/scheduler/options.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { Answer } from '../../support/fake-service.js';
import { waitFor } from '../../support/wait.js';
import { readCases, textOf } from './cases.js';
import type { Case } from './cases.js';

/** Every accepted and every refused request of the collected cases, sent to the whole API. */

const cases = readCases()?.filter(({ expected }) => expected === 'accept' || expected === 'reject');

/** Rows that are judged otherwise here, with the reason; docs/compat/marathon.md lists them for users. */
const judgedOtherwise = new Map<string, { readonly status: number; readonly why: string }>([
  [
    'accept/a062-pod-sys-test-pod.json',
    {
      status: 422,
      why:
        'the containers are called healthApp1 and healthApp2, and the RAML pattern of names has no capital letters ' +
        '(strings.Name); none of the loaders beside the file in the system tests loads it',
    },
  ],
]);

function optionsOf(requires: readonly string[]): Partial<SchedulerOptions> {
  const valueOf = (flag: string): string | undefined =>
    requires.find((r) => r.startsWith(`${flag} `))?.slice(flag.length + 1);
  const features = requires.filter((r) => r.startsWith('--enable_features ')).map((r) => r.slice(18));
  return {
    mesosRole: valueOf('--mesos_role') ?? '*',
    features,
    ...(valueOf('--default_network_name') === undefined ? {} : { defaultNetworkName: 'default-network' }),
  };
}

const docker = { container: { docker: { image: 'busybox' } }, instances: 0 };

/** What has to be there before a row's request means something. */
const before: Readonly<Record<string, readonly (readonly [method: 'POST' | 'PUT', url: string, body: object])[]>> = {
  'accept/a074-app-ex-app-patch.json': [['POST', '/v2/apps', { id: '/foo', cmd: 'sleep 1', instances: 0 }]],
  'accept/a159-group-c-group-version-rollback.json': [['POST', '/v2/groups', { id: '/product/service' }]],
  'accept/a158-group-c-group-scaleby.json': [
    ['POST', '/v2/groups', { id: '/product/service', apps: [{ id: 'a', ...docker }] }],
  ],
  'accept/a160-app-c-app-version-rollback.json': [['POST', '/v2/apps', { id: '/foo', ...docker }]],
  'reject/r119-app-version-with-other-fields.json': [['POST', '/v2/apps', { id: '/foo', ...docker }]],
  'reject/r125-group-group-version-plus.json': [['POST', '/v2/groups', { id: '/x' }]],
  'reject/r126-group-group-scaleby-plus.json': [['POST', '/v2/groups', { id: '/x' }]],
  'reject/r155-app-exists-app.json': [],
  'reject/r156-group-exists-group.json': [['POST', '/v2/groups', { id: '/grp' }]],
};

async function settled(api: HttpServer): Promise<void> {
  if ((await ask(api, 'GET', '/v2/deployments')).text === '[]') return;
  await waitFor('the end of all deployments', async () => (await ask(api, 'GET', '/v2/deployments')).text === '[]');
}

async function prepare(api: HttpServer, testCase: Case): Promise<string> {
  const text = textOf(testCase);
  const { endpoint, file, expected } = testCase;
  for (const [method, url, body] of before[file] ?? []) await ask(api, method, url, body);
  if (file === 'reject/r155-app-exists-app.json') {
    // No offer comes here: its deployment does not end, and need not.
    await ask(api, 'POST', '/v2/apps', text);
    return text;
  }
  if (file === 'accept/a075-apps-ex-apps-patch.json') {
    for (const { id } of JSON.parse(text) as { id: string }[]) await ask(api, 'POST', '/v2/apps', { id, ...docker });
  }
  if (endpoint.startsWith('/v2/apps//app')) await ask(api, 'POST', '/v2/apps', { id: '/app', ...docker });
  await settled(api);
  if (expected === 'accept' && file.includes('version-rollback')) {
    // The version that the case names is one of Marathon's; here it is one that exists.
    const versions = await ask(api, 'GET', `${endpoint}/versions`);
    const known = Array.isArray(versions.json) ? (versions.json as readonly string[]) : versions.json.versions;
    return JSON.stringify({ ...(JSON.parse(text) as object), version: known[0] });
  }
  return text;
}

/** The index describes some messages instead of quoting them. */
function expectedText(message: string): string {
  if (message.startsWith('regex as for id')) return 'must fully match regular expression';
  return message.startsWith('regex ') ? message.slice('regex '.length) : message;
}

type Errors = Answer['json']['details'];

/** Where the answer says what is wrong; malformed JSON has a text there, other refusals only a message. */
function errorsOf({ json }: Answer): Errors {
  const details: Errors | string | undefined = json.details;
  return typeof details === 'object' ? details : [{ path: '/', errors: [json.message] }];
}

/** What is wrong with the answer; empty = it is as expected. */
function faultsOf(testCase: Case, answer: Answer): string[] {
  const status = judgedOtherwise.get(testCase.file)?.status ?? testCase.expect_status;
  if (answer.status !== status) return [`${status} expected, got ${answer.status} ${answer.text.slice(0, 500)}`];
  if (testCase.expected === 'accept') return [];
  const { expect_path: path, expect_message: message } = testCase;
  const errors = errorsOf(answer);
  const there = path === null ? errors : errors.filter((e) => e.path === path || e.path.endsWith(path));
  if (there.length === 0) return [`an error at ${path} expected, got ${answer.text}`];
  if (message === null) return [];
  const texts = [answer.json.message, ...there.flatMap((e) => e.errors)];
  return texts.some((text) => text.includes(expectedText(message)))
    ? []
    : [`"${message}" expected, got ${answer.text}`];
}

t.test(
  'requests that Marathon accepts and refuses',
  { skip: cases === undefined && 'no ../shared here' },
  async (t) => {
    let asExpected = 0;
    for (const testCase of cases ?? []) {
      const { api } = await startFakeScheduler(t, optionsOf(testCase.requires));
      const body = await prepare(api, testCase);
      const answer = await ask(api, testCase.method, testCase.endpoint, body);
      const faults = faultsOf(testCase, answer);
      t.same(faults, [], `${testCase.file}: ${testCase.method} ${testCase.endpoint}`);
      if (faults.length === 0 && !judgedOtherwise.has(testCase.file)) asExpected++;
      await api.close();
    }
    t.comment(`${asExpected} of ${cases?.length ?? 0} requests answered as Marathon answers them`);
    for (const [file, { status, why }] of judgedOtherwise) t.comment(`judged otherwise, ${status}: ${file}: ${why}`);
  },
);
