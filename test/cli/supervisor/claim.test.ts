import t from 'tap';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimWorkDir } from '../../../src/cli/supervisor/claim.js';

const claimUrl = new URL('../../../src/cli/supervisor/claim.js', import.meta.url).href;

/** A process that claims `workDir`, says `held` or `refused …`, and keeps it until it is killed. */
function claimant(workDir: string): { child: ChildProcess; said: Promise<string> } {
  const program = `
    const { claimWorkDir } = await import(${JSON.stringify(claimUrl)});
    try { await claimWorkDir(process.argv[1]); process.stdout.write('held'); setInterval(() => {}, 1000); }
    catch (error) { process.stdout.write('refused ' + error.message); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, workDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(data.toString())));
  return { child, said };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

t.test('the second is refused with pid and directory, and may come when the first is gone', async (t) => {
  const workDir = join(t.testdir(), 'not', 'there', 'yet');
  const first = claimant(workDir);
  t.equal(await first.said, 'held');
  const second = claimant(workDir);
  t.match(
    await second.said,
    new RegExp(`refused work_dir ${workDir} is in use .*pid ${first.child.pid}\\b.*--work_dir`),
  );
  t.notMatch(await second.said, '\n');
  await end(first.child);

  const claim = await claimWorkDir(workDir);
  t.same(readdirSync(join(workDir, 'up.lock')).length, 2, 'what the killed one left is removed');
  await claim.release();
  t.same(readdirSync(join(workDir, 'up.lock')), []);
});

t.test('of many that start together on a stale lock exactly one gets it', async (t) => {
  const workDir = t.testdir();
  mkdirSync(join(workDir, 'up.lock'));
  for (const name of ['1_1_gone', '1_1_gone.held']) writeFileSync(join(workDir, 'up.lock', name), '');
  writeFileSync(join(workDir, 'up.lock', 'README'), 'not ours');
  const claimants = Array.from({ length: 6 }, () => claimant(workDir));
  t.teardown(() => Promise.all(claimants.map(({ child }) => end(child))));
  const answers = await Promise.all(claimants.map(({ said }) => said));
  t.equal(answers.filter((answer) => answer === 'held').length, 1, answers.join('\n'));
  t.equal(answers.filter((answer) => answer.includes('is in use by another ekiden up')).length, 5);
});

t.test('a work_dir that cannot be is one clear line', async (t) => {
  const directory = t.testdir({ file: '' });
  await t.rejects(claimWorkDir(join(directory, 'file')), /work_dir .*file is not a directory: choose another/);
});
