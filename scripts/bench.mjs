// Runs the benchmarks: `npm run bench` lists them, `npm run bench -- NAME [options]` runs one. Nothing is asserted here.
import { spawnSync } from 'node:child_process';

for (const args of [
  ['scripts/build.mjs'],
  ['scripts/build.mjs', 'test'],
  ['build/bench/main.js', ...process.argv.slice(2)],
]) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
