import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function isPackageRoot(directory: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    return typeof manifest === 'object' && manifest !== null && 'name' in manifest && manifest.name === 'ekiden';
  } catch {
    return false;
  }
}

let rootOnce: string | undefined;

/**
 * The directory of this program's package.json: where `templates/` and `dist/` are, wherever the running module was built to
 * (`dist/` as a bundle, `build/src/…` as single modules).
 */
export function packageRoot(): string {
  if (rootOnce !== undefined) return rootOnce;
  const start = dirname(fileURLToPath(import.meta.url));
  for (let directory = start; ; directory = dirname(directory)) {
    if (isPackageRoot(directory)) return (rootOnce = directory);
    if (directory === dirname(directory)) throw new Error(`no package.json of ekiden above ${start}`);
  }
}
