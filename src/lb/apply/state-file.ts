import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../common/atomic-file.js';
import type { ProcessIdentity } from '../../common/process-identity.js';

/** Which processes are ours, for the load balancer that comes after this one. */
export interface HaproxyState {
  readonly current: ProcessIdentity;
  readonly generation: string | undefined;
  readonly statsSocket: string;
  /** Replaced ones that still serve connections, oldest first. */
  readonly old: readonly ProcessIdentity[];
}

const isIdentity = (value: unknown): value is ProcessIdentity => {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startTime, bootId } = value as Partial<Record<keyof ProcessIdentity, unknown>>;
  return Number.isInteger(pid) && (pid as number) > 1 && typeof startTime === 'string' && typeof bootId === 'string';
};

/** Reads the state; undefined when there is none, or none that can be read (HAProxy itself is asked then). */
export async function readState(path: string): Promise<HaproxyState | undefined> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<Record<keyof HaproxyState, unknown>>;
    const { current, generation, statsSocket, old } = value;
    if (!isIdentity(current) || typeof statsSocket !== 'string' || !Array.isArray(old)) return undefined;
    return {
      current,
      generation: typeof generation === 'string' ? generation : undefined,
      statsSocket,
      old: old.filter(isIdentity),
    };
  } catch {
    return undefined;
  }
}

/** Writes the state, atomically. */
export async function writeState(path: string, state: HaproxyState): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(state, null, 2)}\n`, 0o600);
}
