import { existsSync, mkdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { maxEndedSandboxes, maxSandboxAgeMs, SandboxGarbage } from '../../../src/cluster/agent/sandbox-gc.js';
import { silentLogger } from '../../../src/common/logger.js';
import { newWorkDir } from './support/run-agent.js';

t.test('sandboxes of ended tasks go when they are old or too many', async (t) => {
  const root = newWorkDir();
  t.teardown(() => rmSync(root, { recursive: true }));
  let nowMs = 10 * maxSandboxAgeMs;
  const make = (executor: string, container: string, ageMs: number): string => {
    const runs = join(root, 'agent-S0/frameworks/f/executors', executor, 'runs');
    const sandbox = join(runs, container);
    mkdirSync(sandbox, { recursive: true });
    rmSync(join(runs, 'latest'), { force: true });
    symlinkSync(container, join(runs, 'latest'));
    utimesSync(sandbox, (nowMs - ageMs) / 1000, (nowMs - ageMs) / 1000);
    return sandbox;
  };
  const old = make('old', 'c1', maxSandboxAgeMs + 1000);
  const oldInUse = make('used', 'c1', maxSandboxAgeMs + 1000);
  const young = make('young', 'c1', 1000);
  const oldOfTwo = make('twice', 'c1', maxSandboxAgeMs + 1000);
  const youngOfTwo = make('twice', 'c2', 1000);
  const garbage = new SandboxGarbage({ now: () => nowMs, logger: silentLogger });
  t.teardown(() => garbage.stop());
  await garbage.start(root, new Set([oldInUse]));
  await garbage.collect();
  t.strictSame(
    [old, oldInUse, young, oldOfTwo, youngOfTwo].map((path) => existsSync(path)),
    [false, true, true, false, true],
  );
  t.notOk(existsSync(join(root, 'agent-S0/frameworks/f/executors/old')), 'with the directories above it');

  const ended = make('ended', 'c1', 0);
  garbage.add(ended);
  nowMs += maxSandboxAgeMs - 500;
  await garbage.collect();
  t.strictSame(
    [young, youngOfTwo, ended].map((path) => existsSync(path)),
    [false, false, true],
  );

  for (let i = 0; i < maxEndedSandboxes; i++) garbage.add(join(root, `missing-${i}`));
  await garbage.collect();
  t.notOk(existsSync(ended), 'the oldest of too many');
  t.strictSame(garbage.counts, { pending: maxEndedSandboxes, removed: 5, failed: 0 });
});
