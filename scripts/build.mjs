// Builds the program.
//   node scripts/build.mjs                  src → dist/ (one ESM bundle, npm packages left outside), src/ui → dist/ui (the web interface)
//   node scripts/build.mjs ui               src/ui → dist/ui alone
//   node scripts/build.mjs test [folder …]  src, test and bench (or just these folders) → build/ as separate ES modules
//                                           with source maps, for tap
import { build } from 'esbuild';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build as buildPages } from 'vite';
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

/** The web interface; beside each file that is worth it lies what is sent to clients that take gzip. */
async function buildInterface() {
  await buildPages({ configFile: 'src/ui/vite.config.mjs', logLevel: 'warn' }).catch(() => process.exit(1));
  for (const name of readdirSync('dist/ui', { recursive: true }).map(String)) {
    if (!/\.(js|css|svg|html)$/.test(name)) continue;
    const file = `dist/ui/${name}`;
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  }
}

const [mode, ...folders] = process.argv.slice(2);
if (mode === 'test') {
  const entryPoints = (folders.length > 0 ? folders : ['src', 'test', 'bench']).flatMap(list);
  await run({ ...common, entryPoints, outdir: 'build', outbase: '.' });
} else if (mode === 'ui') {
  await buildInterface();
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
  await buildInterface();
  noteBuild('.', digest);
}
