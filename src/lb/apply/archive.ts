import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const name = /^haproxy-\d{8}T\d{9}Z-[0-9a-f]{16}\.cfg$/;

/** Keeps a configuration that came into force, named by when that was, and no more than `keep` of them. */
export async function archiveConfig(
  directory: string,
  config: { readonly text: string; readonly generation: string },
  { keep, now = new Date() }: { keep: number; now?: Date },
): Promise<void> {
  if (keep > 0) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const time = now.toISOString().replaceAll(/[-:.]/g, '');
    await writeFile(join(directory, `haproxy-${time}-${config.generation}.cfg`), config.text, { mode: 0o600 });
  }
  const all = (await readdir(directory).catch(() => [])).filter((file) => name.test(file)).sort();
  for (const old of all.slice(0, Math.max(0, all.length - keep))) await rm(join(directory, old), { force: true });
}
