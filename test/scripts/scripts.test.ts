import t from 'tap';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface SystemPackage {
  package: string;
  program: string;
  for: string[];
  reason: string;
  service?: string;
}
interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}
/** The scripts are plain JavaScript: these are the shapes of what they export. */
interface Prepare {
  nodeProblem(version: string): string | undefined;
  modulesAreStale(lockfileTime: number | undefined, installedTime: number | undefined): boolean;
  missingPackages(mode: string, find: (program: string) => boolean): SystemPackage[];
  superuserPrefix(uid: number, sudoWorks: () => boolean): string[] | undefined;
  installCommand(packages: SystemPackage[]): string;
  installScript(packages: SystemPackage[]): string;
  hasProgram(program: string, path: string): boolean;
}
interface TestScript {
  parseTotals(tap: string): Totals | undefined;
  addTotals(all: Totals[]): Totals;
  summaryLine(totals: Totals): string;
  suiteTotals(status: number | null, tap: string): Totals;
  suitesOf(files: string[]): string[];
}

interface TapFailures {
  failuresOf(tap: string): { path: string[]; detail: string[] }[];
  describeFailures(failures: { path: string[]; detail: string[] }[]): string;
}

const script = async <T>(name: string): Promise<T> => (await import(resolve('scripts', name))) as T;
const prepare = await script<Prepare>('prepare.mjs');
const testScript = await script<TestScript>('test.mjs');
const tapFailures = await script<TapFailures>('tap-failures.mjs');
const { sourceDigest } = await script<{ sourceDigest: (root: string, paths: string[]) => string }>('source-digest.mjs');
const { systemPackages } = await script<{ systemPackages: SystemPackage[] }>('packages.mjs');

t.test('Node.js', async (t) => {
  for (const version of ['v20.19.0', 'v20.20.2', 'v22.0.0', 'v100.1.1'])
    t.equal(prepare.nodeProblem(version), undefined);
  for (const version of ['v20.18.9', 'v18.20.0', 'v8.0.0']) t.match(prepare.nodeProblem(version), /20\.19 or newer/);
});

t.test('when npm ci is due', async (t) => {
  t.equal(prepare.modulesAreStale(1, undefined), true);
  t.equal(prepare.modulesAreStale(2, 1), true);
  t.equal(prepare.modulesAreStale(1, 1), false);
  t.equal(prepare.modulesAreStale(undefined, 1), false);
});

t.test('which Debian packages are missing', async (t) => {
  const names = (mode: string, ...present: string[]): string[] =>
    prepare.missingPackages(mode, (program) => present.includes(program)).map((p) => p.package);
  t.same(names('start'), ['haproxy']);
  t.same(names('start', 'haproxy'), []);
  const others = systemPackages.filter((p) => p.for.includes('test') && p.package !== 'haproxy').map((p) => p.program);
  t.ok(others.length >= 13);
  t.same(names('test', ...others), ['haproxy']);
  for (const { package: name, reason } of systemPackages) {
    t.ok(reason.length > 10, name);
    t.notOk(['dnsperf', 'nsd', 'wrk'].includes(name), 'benchmark tools are never installed by npm test');
  }
  t.ok(prepare.hasProgram('sh', process.env['PATH'] ?? ''));
  t.notOk(prepare.hasProgram('no-such-program', '/bin::/nowhere'));
  t.ok(prepare.hasProgram('/bin/sh', ''));
  t.notOk(prepare.hasProgram('/bin/no-such-program', '/bin'));
});

t.test('who may install', async (t) => {
  const never = (): boolean => t.fail('root needs no sudo');
  t.same(prepare.superuserPrefix(0, never), []);
  t.same(
    prepare.superuserPrefix(1000, () => true),
    ['sudo', '-n'],
  );
  t.equal(
    prepare.superuserPrefix(1000, () => false),
    undefined,
  );
});

t.test('how it is installed: no recommendations, no questions, no daemon', async (t) => {
  const all = prepare.missingPackages('test', () => false);
  const text = prepare.installScript(all);
  t.equal(spawnSync('sh', ['-n'], { input: text }).status, 0, 'the shell reads it');
  t.match(text, /install --no-install-recommends haproxy bind9-dnsutils/);
  t.match(text, 'DEBIAN_FRONTEND=noninteractive');
  t.match(text, 'systemctl disable haproxy');
  t.equal(prepare.installCommand(all.slice(0, 1)), 'sudo apt-get install -y --no-install-recommends haproxy');

  // Run with its tools replaced: the policy is there during the installation and is removed after it, unless it was there before.
  const directory = t.testdir();
  const policy = join(directory, 'policy-rc.d');
  const run = (exit: number): { status: number | null; seen: string } => {
    const seen = join(directory, `seen-${exit}`);
    writeFileSync(
      join(directory, 'apt-get'),
      `#!/bin/sh\ncase "$*" in *install*) cat ${policy} > ${seen}; exit ${exit};; esac\n`,
      { mode: 0o755 },
    );
    const input = text
      .replace('/usr/sbin/policy-rc.d', policy)
      .replaceAll('/run/systemd/system', join(directory, 'no-systemd'));
    const env = { PATH: `${directory}:/usr/bin:/bin` };
    const { status } = spawnSync('sh', ['-s'], { input, env, stdio: ['pipe', 'ignore', 'ignore'] });
    return { status, seen: readFileSync(seen, 'utf8') };
  };
  t.same(run(0), { status: 0, seen: '#!/bin/sh\nexit 101\n' });
  t.notOk(existsSync(policy));
  t.same(run(1), { status: 1, seen: '#!/bin/sh\nexit 101\n' });
  t.notOk(existsSync(policy));
  writeFileSync(policy, 'of the administrator');
  t.same(run(0), { status: 0, seen: 'of the administrator' });
  t.equal(readFileSync(policy, 'utf8'), 'of the administrator');
});

t.test('a build is stale when anything below its sources differs', async (t) => {
  const directory = t.testdir({ src: { 'a.ts': '1', deep: { 'b.ts': '2' } }, lock: 'x' });
  const digest = (): string => sourceDigest(directory, ['src', 'lock', 'absent']);
  const first = digest();
  t.equal(digest(), first);
  writeFileSync(join(directory, 'src/deep/b.ts'), '3');
  t.not(digest(), first);
  writeFileSync(join(directory, 'src/deep/b.ts'), '2');
  t.equal(digest(), first);
  writeFileSync(join(directory, 'src/c.ts'), '');
  t.not(digest(), first);
});

t.test('the totals of the tests', async (t) => {
  const tap = '# { total: 9, pass: 9 }\nok\n# { total: 12, pass: 8, fail: 1, todo: 1, skip: 2 }\n# time=1ms\n';
  t.same(testScript.parseTotals(tap), { passed: 8, failed: 1, skipped: 3 });
  t.equal(testScript.parseTotals('TAP version 14\n'), undefined);
  t.same(testScript.suiteTotals(0, '# { total: 2, pass: 2 }\n'), { passed: 2, failed: 0, skipped: 0 });
  t.same(testScript.suiteTotals(1, '# { total: 2, pass: 2 }\n'), { passed: 2, failed: 1, skipped: 0 });
  t.same(testScript.suiteTotals(null, ''), { passed: 0, failed: 1, skipped: 0 });
  t.same(testScript.suiteTotals(0, ''), { passed: 0, failed: 1, skipped: 0 });
  const sum = testScript.addTotals([
    { passed: 1, failed: 0, skipped: 0 },
    { passed: 2, failed: 3, skipped: 4 },
  ]);
  t.equal(testScript.summaryLine(sum), '3 passed, 3 failed, 4 skipped');
  t.equal(testScript.summaryLine({ passed: 5, failed: 0, skipped: 0 }), '5 passed, 0 failed');
  t.same(testScript.suitesOf(['e2e/a.test.ts', 'lb/x/b.test.ts', 'cli/c.test.ts', 'dns/d.test.ts', 'lb/e.test.ts']), [
    'dns',
    'lb',
    'cli',
    'e2e',
  ]);
});

t.test('what failed is told without what passed', async (t) => {
  const tap = `TAP version 14
# Subtest: build/test/a.test.js
    # Subtest: outer
        # Subtest: inner
            not ok 1 - one is two
              ---
              diff: |
                -2
                +1
              ...
            ok 2 - fine
            1..2
        not ok 1 - inner # time=2ms
        1..1
    not ok 1 - outer # time=3ms
    # Subtest: later # TODO
    not ok 2 - later # TODO
    1..2
not ok 1 - build/test/a.test.js # time=4ms
# Subtest: build/test/b.test.js
    ok 1 - fine
    1..1
ok 2 - build/test/b.test.js # time=4ms
# Subtest: build/test/c.test.js
    1..0
not ok 3 - build/test/c.test.js # time=4ms
  ---
  exitCode: 1
  ...
not ok 4 - timeout!
  ---
  expired: build/test/d.test.js
  ...
`;
  const failures = tapFailures.failuresOf(tap);
  t.same(
    failures.map(({ path }) => path),
    [['build/test/a.test.js', 'outer', 'inner', 'one is two'], ['build/test/c.test.js'], ['timeout!']],
  );
  t.match(tapFailures.describeFailures(failures), 'outer > inner > one is two\n');
  t.match(tapFailures.describeFailures(failures), /-2\n.*\+1\n/);
});
