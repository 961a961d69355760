import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RoleSpec } from '../../src/cli/supervisor/supervisor.js';

/** Roles `role0`, `role1` … that run fake-role.ts, one for each behaviour. */
export function fakeRoles(logFile: string, behaviours: readonly string[]): RoleSpec[] {
  const script = fileURLToPath(new URL('fake-role.js', import.meta.url));
  return behaviours.map((behaviour, index) => ({
    name: `role${index}`,
    file: process.execPath,
    args: [script, behaviour, logFile],
    stopScope: index === 0 ? 'self' : 'everything',
    stopLimitMs: behaviour === 'stuck' ? 200 : 20_000,
  }));
}

/** What fake roles noted, in order. */
export function readNotes(logFile: string): { event: string; pid: number }[] {
  let text = '';
  try {
    text = readFileSync(logFile, 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [event = '', pid = ''] = line.split(' ');
      return { event, pid: Number(pid) };
    });
}
