// Builds the program. `node scripts/build.mjs`: src → dist/ (one ESM bundle per entry point, npm packages left outside).
// `node scripts/build.mjs test`: src, test and bench → build/ as separate ES modules with source maps, for tap.
import { build } from 'esbuild';
import { readdirSync } from 'node:fs';

const common = {
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
};
const list = (dir) =>
  readdirSync(dir, { recursive: true })
    .map(String)
    .filter((f) => /\.ts$/.test(f))
    .map((f) => `${dir}/${f}`);

if (process.argv[2] === 'test') {
  await build({
    ...common,
    entryPoints: [...list('src'), ...list('test'), ...list('bench')],
    outdir: 'build',
    outbase: '.',
  });
} else {
  await build({
    ...common,
    entryPoints: ['src/main.ts'],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    packages: 'external',
  });
}
