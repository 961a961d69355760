import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Violation } from '../../../src/scheduler/core/commands.js';
import { buildDefinition } from '../../../src/scheduler/core/normalize/build-definition.js';
import type { AppUpdate } from '../../../src/scheduler/core/normalize/app-update.js';
import type { AppDefinition } from '../../../src/scheduler/model/app-definition.js';
import { sharedPath } from '../../support/shared.js';

interface Case {
  readonly file: string;
  readonly kind: string;
  readonly expected: string;
  readonly method: string;
  readonly endpoint: string;
  readonly expect_status: number;
  readonly expect_path: string | null;
  readonly expect_message: string | null;
  readonly requires: readonly string[];
}

/** Cases about other things than one definition by itself; each has its test elsewhere or waits for its feature. */
const elsewhere = new Map([
  ['reject/r002-app-truncated-json.json', 'malformed JSON: test/scheduler/api/errors.test.ts'],
  ['reject/r003-app-empty-body.json', 'empty body: test/scheduler/api/errors.test.ts'],
  ['reject/r119-app-version-with-other-fields.json', 'roll back: test/scheduler/api/app.test.ts'],
  ['reject/r120-apps-bulk-update-without-id.json', 'bulk update: test/scheduler/api/apps.test.ts'],
  ['reject/r155-app-exists-app.json', 'needs state: test/scheduler/api/apps.test.ts'],
  ['reject/r157-app-patch-unknown-app.json', 'needs state: test/scheduler/api/app.test.ts'],
  ['reject/r158-app-taskkill-scale-wipe.json', 'tasks: test/scheduler/api/tasks.test.ts'],
  ['reject/r159-app-taskkill-bad-id.json', 'tasks: test/scheduler/api/tasks.test.ts'],
  ['accept/a160-app-c-app-version-rollback.json', 'roll back: test/scheduler/api/app.test.ts'],
]);

const root = sharedPath('cases/marathon');

function optionsOf(requires: readonly string[], partial: boolean): Parameters<typeof buildDefinition>[3] {
  const valuesOf = (flag: string): string[] =>
    requires.filter((r) => r.startsWith(`${flag} `)).map((r) => r.slice(flag.length + 1));
  const network = requires.includes('--default_network_name set') ? { defaultNetworkName: 'default-network' } : {};
  return {
    partial,
    mesosRole: valuesOf('--mesos_role')[0] ?? '*',
    features: valuesOf('--enable_features'),
    ...network,
  };
}

function existing(id: string): AppDefinition {
  const built = buildDefinition(
    undefined,
    id,
    { container: { docker: { image: 'busybox' } } },
    { partial: false, mesosRole: '*' },
  );
  if (!built.ok) throw new Error(JSON.stringify(built.violations));
  const version = '2020-01-01T00:00:00.000Z';
  return { ...built.draft, version, versionInfo: { lastScalingAt: version, lastConfigChangeAt: version } };
}

/** Violations of the case's definition(s); empty = accepted. */
function violationsOf(testCase: Case): readonly Violation[] {
  const body = JSON.parse(readFileSync(`${root}/${testCase.file}`, 'utf8')) as AppUpdate | AppUpdate[];
  const isUpdate = testCase.method !== 'POST' && !testCase.endpoint.includes('partialUpdate=false');
  return (Array.isArray(body) ? body : [body]).flatMap((update) => {
    const given = update['id'];
    const id = typeof given === 'string' ? given : isUpdate ? '/app' : '';
    const current = isUpdate ? existing(id) : undefined;
    const built = buildDefinition(current, id, update, optionsOf(testCase.requires, isUpdate));
    return built.ok ? [] : built.violations;
  });
}

/** The index describes some messages instead of quoting them. */
function expectedText(message: string): string {
  if (message.startsWith('regex as for id')) return 'must fully match regular expression';
  return message.startsWith('regex ') ? message.slice('regex '.length) : message;
}

t.test('definitions that Marathon accepts and rejects', { skip: root === undefined && 'no ../shared here' }, (t) => {
  const index = JSON.parse(readFileSync(`${root}/index.json`, 'utf8')) as Case[];
  for (const testCase of index) {
    if (testCase.kind !== 'app' && testCase.kind !== 'apps') continue;
    if (testCase.expected !== 'accept' && testCase.expected !== 'reject') continue;
    t.test(testCase.file, { skip: elsewhere.get(testCase.file) ?? false }, (t) => {
      const violations = violationsOf(testCase);
      if (testCase.expected === 'accept') {
        t.same(violations, []);
        t.end();
        return;
      }
      const { expect_path: path, expect_message: message } = testCase;
      const match = violations.find((v) => path === null || v.path === path);
      t.ok(match, `a violation at ${path}, got ${JSON.stringify(violations)}`);
      if (message !== null) {
        t.ok(
          match?.errors.some((e) => e.includes(expectedText(message))),
          `${message}, got ${JSON.stringify(violations)}`,
        );
      }
      t.end();
    });
  }
  t.end();
});
