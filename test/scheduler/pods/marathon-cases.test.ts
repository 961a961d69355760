import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Violation } from '../../../src/scheduler/core/commands.js';
import { buildPod } from '../../../src/scheduler/core/normalize/pods/build-pod.js';
import type { PodUpdate } from '../../../src/scheduler/core/normalize/pods/pod-update.js';
import { sharedPath } from '../../support/shared.js';

interface Case {
  readonly file: string;
  readonly kind: string;
  readonly expected: string;
  readonly expect_path: string | null;
  readonly expect_message: string;
  readonly requires: readonly string[];
}

/** Rows that we judge wrong, and what is done instead. */
const judgedWrong: ReadonlyMap<string, { readonly reason: string; readonly violations: readonly Violation[] }> =
  new Map([
    [
      'accept/a062-pod-sys-test-pod.json',
      {
        reason: 'healthApp1 has a capital letter, which the RAML pattern of container names forbids',
        violations: ['/containers(0)/name', '/containers(1)/name'].map((path) => ({
          path,
          errors: ['error.pattern', "must fully match regular expression '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'"],
        })),
      },
    ],
  ]);

const root = sharedPath('cases/marathon');

function violationsOf({ file, requires }: Case): readonly Violation[] {
  const valuesOf = (flag: string): string[] =>
    requires.filter((r) => r.startsWith(`${flag} `)).map((r) => r.slice(flag.length + 1));
  const update = JSON.parse(readFileSync(`${root}/${file}`, 'utf8')) as PodUpdate;
  const built = buildPod(undefined, String(update['id']), update, {
    partial: false,
    mesosRole: valuesOf('--mesos_role')[0] ?? '*',
    features: valuesOf('--enable_features'),
    ...(requires.includes('--default_network_name set') ? { defaultNetworkName: 'default-network' } : {}),
  });
  return built.ok ? [] : built.violations;
}

function isAsExpected(testCase: Case, violations: readonly Violation[]): boolean {
  if (testCase.expected === 'accept') return violations.length === 0;
  const { expect_path: path, expect_message: message } = testCase;
  return violations.some((v) => (path === null || v.path === path) && v.errors.some((e) => e.includes(message)));
}

t.test('pods that Marathon accepts and rejects', { skip: root === undefined && 'no ../shared here' }, (t) => {
  const index = JSON.parse(readFileSync(`${root}/index.json`, 'utf8')) as Case[];
  const cases = index.filter(({ kind }) => kind === 'pod');
  let asExpected = 0;
  for (const testCase of cases) {
    t.test(testCase.file, (t) => {
      const violations = violationsOf(testCase);
      const wrong = judgedWrong.get(testCase.file);
      if (wrong !== undefined) {
        t.same(violations, wrong.violations, wrong.reason);
      } else if (t.ok(isAsExpected(testCase, violations), JSON.stringify({ ...testCase, violations }))) {
        asExpected += 1;
      }
      t.end();
    });
  }
  t.equal(cases.length, 62);
  t.comment(`${asExpected} of ${cases.length - judgedWrong.size} pod cases`);
  for (const [file, { reason }] of judgedWrong) t.comment(`judged wrong: ${file}: ${reason}`);
  t.end();
});
