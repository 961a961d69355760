import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HaproxyProgram } from './haproxy-program.js';

/**
 * Tries one ACL in a configuration of its own with `haproxy -c`, before it comes near the real one. Returns what HAProxy has
 * against it; undefined when it is fine, or there is no HAProxy to ask.
 */
export async function checkAcl(
  program: HaproxyProgram,
  directory: string,
  expression: string,
): Promise<string | undefined> {
  const file = join(directory, `acl-check-${randomBytes(6).toString('hex')}.cfg`);
  const lines = [
    'defaults',
    '  mode http',
    '  timeout connect 1s',
    '  timeout client 1s',
    '  timeout server 1s',
    'frontend test',
    '  bind 127.0.0.1:1',
    `  acl rule ${expression}`,
    '  use_backend test if rule',
    'backend test',
    '',
  ];
  try {
    await writeFile(file, lines.join('\n'), { mode: 0o600 });
    const problem = await program.check(file, 5_000);
    return problem === undefined || problem.missing ? undefined : problem.message;
  } finally {
    await rm(file, { force: true });
  }
}
