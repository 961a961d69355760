// Builds the program.
//   node scripts/build.mjs                  src → dist/ (one ESM bundle, npm packages left outside)
//   node scripts/build.mjs test [folder …]  src, test and bench (or just these folders) → build/ as separate ES modules
//                                           with source maps, for tap
import { build } from 'esbuild';
import { existsSync, readdirSync } from 'node:fs';
import { noteBuild, sourceDigest } from './source-digest.mjs';

const common = {
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
};
const list = (dir) =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true })
        .map(String)
        .filter((f) => /\.ts$/.test(f))
        .map((f) => `${dir}/${f}`)
    : [];

/** esbuild has printed what is wrong by the time it throws: a stack trace would only bury it. */
const run = (options) => build(options).catch(() => process.exit(1));

const [mode, ...folders] = process.argv.slice(2);
if (mode === 'test') {
  const entryPoints = (folders.length > 0 ? folders : ['src', 'test', 'bench']).flatMap(list);
  await run({ ...common, entryPoints, outdir: 'build', outbase: '.' });
} else {
  const digest = sourceDigest('.');
  await run({
    ...common,
    // The template renderer runs in a worker thread, DNS queries are answered by processes: each needs a file of its own.
    entryPoints: [
      'src/main.ts',
      'src/lb/render/render-worker.ts',
      'src/dns/exact/record-worker.ts',
      'src/dns/workers/answer-worker.ts',
    ],
    outdir: 'dist',
    outbase: 'src',
    bundle: true,
    splitting: true,
    packages: 'external',
  });
  noteBuild('.', digest);
}
