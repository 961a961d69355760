// The scheduler's end-to-end tests on a real Mesos cluster (test/e2e/mesos; `npm test` runs them on the embedded one):
//   MESOS_MASTER=host:port npm run test:mesos
//   MESOS_MASTER=zk://h1:2181,h2:2181/mesos EKIDEN_MESOS_AUTHENTICATION_PRINCIPAL=… npm run test:mesos
// Variables EKIDEN_… and MARATHON_… are options of the scheduler. The last line reads `N passed, N failed`; exit status 1 when anything
// failed, 0 with a message when no master is given.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suiteTotals, summaryLine } from './test.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');

function node(args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status;
}

function main() {
  const master = process.env.MESOS_MASTER ?? '';
  if (master === '') {
    process.stdout.write(
      'skipped: MESOS_MASTER=host:port (or zk://host:port,…/mesos) says on which master to run these tests\n',
    );
    return 0;
  }
  for (const args of [['scripts/build.mjs'], ['scripts/build.mjs', 'test', 'src', 'test/support', 'test/e2e']]) {
    if (node(args) !== 0) return 1;
  }
  const output = join('build', 'tap-mesos.out');
  rmSync(join(root, output), { force: true });
  const options = ['--disable-coverage', '--reporter=terse', `--output-file=${output}`];
  const status = node(['node_modules/.bin/tap', ...options, 'build/test/e2e/mesos/mesos.test.js']);
  const totals = suiteTotals(status, existsSync(join(root, output)) ? readFileSync(join(root, output), 'utf8') : '');
  process.stdout.write(`${summaryLine(totals)}\n`);
  return totals.failed > 0 ? 1 : 0;
}

process.exitCode = main();
