// Tells whether dist/ was built from the sources as they are now: the build notes the digest of what it read.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const inputs = ['src', 'templates', 'package-lock.json', 'scripts/build.mjs'];
const markerOf = (root) => join(root, 'dist/.source-digest');

/** A digest of all files at or below `paths`, by path and content. */
export function sourceDigest(root, paths = inputs) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((p) => filesBelow(root, p)).sort()) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function filesBelow(root, path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full).flatMap((name) => filesBelow(root, `${path}/${name}`));
}

/** Whether a build is there and its sources have not changed since. */
export function buildIsFresh(root) {
  if (!existsSync(join(root, 'dist/main.js')) || !existsSync(markerOf(root))) return false;
  return readFileSync(markerOf(root), 'utf8') === sourceDigest(root);
}

/** Notes that dist/ is the build of the sources with `digest`, which was taken before the build read them. */
export function noteBuild(root, digest) {
  writeFileSync(markerOf(root), digest);
}
