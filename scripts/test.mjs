// Checks and tests, all of them or only some suites (the folders below test/):
//   node scripts/test.mjs              type check, lint, format, build, every suite
//   node scripts/test.mjs dns lb       build, these suites
// The last line reads `N passed, N failed` (`, N skipped` when some were); assertions are counted, and a check, a build or a
// suite that broke counts as failed. Exit status 1 when anything failed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describeFailures, failuresOf } from './tap-failures.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');

/** The totals of a TAP output: those of its last `# { total: … }` comment, in which zeros are left out; undefined without one. */
export function parseTotals(tap) {
  const comment = tap.match(/^# \{ total: .*\}$/gm)?.at(-1);
  if (comment === undefined) return undefined;
  const count = (key) => Number(new RegExp(`\\b${key}: (\\d+)`).exec(comment)?.[1] ?? 0);
  return { passed: count('pass'), failed: count('fail'), skipped: count('skip') + count('todo') };
}

/** The sum of the totals of all suites. */
export function addTotals(all) {
  return all.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** What a suite counts as, by its exit status and output: one that failed without a failed assertion counts as one failure. */
export function suiteTotals(status, tap) {
  const totals = parseTotals(tap) ?? { passed: 0, failed: 0, skipped: 0 };
  const broken = status !== 0 || parseTotals(tap) === undefined;
  return { ...totals, failed: Math.max(totals.failed, broken ? 1 : 0) };
}

/** The suites that have test files, the quick ones first: whole programs come after their parts. */
export function suitesOf(testFiles) {
  const last = ['cli', 'e2e'];
  const names = [...new Set(testFiles.map((file) => file.split('/')[0]))];
  return names.sort((a, b) => last.indexOf(a) - last.indexOf(b) || a.localeCompare(b));
}

function seconds(startedAt) {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}

function run(file, args) {
  const result = spawnSync(file, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.error !== undefined) process.stdout.write(`${file}: ${result.error.message}\n`);
  return result.status;
}

/** Runs one step and says how long it took; false when it failed. */
function step(name, file, args) {
  const startedAt = performance.now();
  const ok = run(file, args) === 0;
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds(startedAt)})\n`);
  return ok;
}

/** tap draws on the terminal; elsewhere its cursor commands would only spoil the lines. */
function runTap(args) {
  const tap = ['node_modules/.bin/tap', ...args];
  if (process.stdout.isTTY) return run(process.execPath, tap);
  const result = spawnSync(process.execPath, tap, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  process.stdout.write(result.stdout.replaceAll(/\x1b\[[?0-9;]*[A-Za-z]/g, ''));
  return result.status;
}

/** Runs compiled test files; what tap wrote is kept in build/tap-<name>.out. */
function runFiles(name, compiled) {
  const output = join('build', `tap-${name}.out`);
  rmSync(join(root, output), { force: true });
  const status = runTap(['--disable-coverage', '--reporter=terse', `--output-file=${output}`, ...compiled]);
  const tap = existsSync(join(root, output)) ? readFileSync(join(root, output), 'utf8') : '';
  return { tap, totals: suiteTotals(status, tap) };
}

function runSuite(suite, files) {
  const startedAt = performance.now();
  const { tap, totals } = runFiles(
    suite,
    files.map((file) => join('build', 'test', file.replace(/\.ts$/, '.js'))),
  );
  const label = totals.failed === 0 ? 'ok    ' : 'FAILED';
  process.stdout.write(`${label} test/${suite}: ${summaryLine(totals)} (${seconds(startedAt)})\n`);
  return { ...totals, failures: failuresOf(tap) };
}

function main(wanted) {
  const testFiles = readdirSync(join(root, 'test'), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.test.ts'));
  const suites = suitesOf(testFiles);
  const unknown = wanted.filter((name) => !suites.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`no such suite: ${unknown.join(', ')} (there are ${suites.join(', ')})\n`);
    process.exit(2);
  }
  mkdirSync(join(root, 'build'), { recursive: true });
  const npm = (script) => ['npm', ['run', '-s', script]];
  const node = (...args) => [process.execPath, args];
  const checks = [
    ['type check', ...npm('typecheck')],
    ['lint', ...npm('lint')],
    ['format', ...npm('format')],
  ];
  const builds = [
    ['build', ...node('scripts/build.mjs')],
    ['build of the tests', ...node('scripts/build.mjs', 'test')],
  ];
  const steps = wanted.length === 0 ? [...checks, ...builds] : builds;
  const failedSteps = steps.filter(([name, file, args]) => !step(name, file, args)).length;
  const totals = (wanted.length === 0 ? suites : wanted).map((suite) =>
    runSuite(
      suite,
      testFiles.filter((file) => file.startsWith(`${suite}/`)),
    ),
  );
  const sum = addTotals([...totals, { passed: 0, failed: failedSteps, skipped: 0 }]);
  // Once more at the end, where nobody overlooks it
  process.stdout.write(describeFailures(totals.flatMap(({ failures }) => failures)));
  process.stdout.write(`${summaryLine(sum)}\n`);
  process.exitCode = sum.failed > 0 ? 1 : 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  main(process.argv.slice(2));
}
