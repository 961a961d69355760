import { messageOf } from '../../../common/errors.js';
import type { MasterSource } from '../../../mesos/master-source.js';

/**
 * Asks one master after the other until one answers; all of them together have `timeoutMs`. Throws when none does, with `what` it did not
 * do and the reasons of each.
 */
export async function askMasters<Answer>(
  source: MasterSource,
  timeoutMs: number,
  what: string,
  ask: (authority: string, signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const endMs = performance.now() + timeoutMs;
  const known = source.current.masters;
  if (known.length === 0) throw new Error('ZooKeeper tells of no Mesos master');
  const reasons: string[] = [];
  for (const [index, authority] of known.entries()) {
    // An equal part of what is left: a master that is frozen takes connections, and must leave time for the next one
    const partMs = Math.max(1, Math.round((endMs - performance.now()) / (known.length - index)));
    try {
      return await ask(authority, AbortSignal.timeout(partMs));
    } catch (error) {
      reasons.push(`${authority}: ${messageOf(error)}`);
    }
  }
  throw new Error(`no Mesos master ${what} (${reasons.join('; ')})`);
}
