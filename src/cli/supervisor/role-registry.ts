import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { codeOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { isRunning } from '../../common/process-identity.js';
import type { ProcessIdentity } from '../../common/process-identity.js';
import { sleep } from '../../common/time.js';

/**
 * The processes of the roles, kept in `<workDir>/roles.json` for the next supervisor: if this one is killed, its roles take up
 * to two seconds to notice and leave, and hold their ports and stores until then.
 */
export class RoleRegistry {
  readonly #path: string;
  readonly #identities = new Map<string, ProcessIdentity>();
  #written: Promise<void> = Promise.resolve();

  constructor(workDir: string) {
    this.#path = join(workDir, 'roles.json');
  }

  /** Notes the newest process of a role. */
  async record(role: string, identity: ProcessIdentity): Promise<void> {
    this.#identities.set(role, identity);
    const content = `${JSON.stringify(Object.fromEntries(this.#identities), null, 2)}\n`;
    // One write after the other: the newest content must be the last.
    this.#written = this.#written.catch(() => undefined).then(() => writeFileAtomic(this.#path, content));
    await this.#written;
  }

  /** After a clean stop there is nothing to wait for; what was recorded by a former supervisor stays until ours is. */
  async clear(): Promise<void> {
    if (this.#identities.size === 0) return;
    await this.#written.catch(() => undefined);
    await rm(this.#path, { force: true });
  }

  /**
   * Waits for the roles of a former supervisor to end; whatever still runs after `limitMs` is killed. Only exactly the recorded
   * processes are: what they own (tasks, HAProxy) runs on.
   */
  async awaitFormer(logger: Logger, limitMs = 5_000): Promise<void> {
    const former = await this.#readFormer(logger);
    let left = former.filter(({ identity }) => isRunning(identity));
    if (left.length === 0) return;
    logger.info({ roles: left.map(({ role }) => role) }, 'waiting for the roles of a former ekiden up to end');
    const end = performance.now() + limitMs;
    while (left.length > 0 && performance.now() < end) {
      await sleep(50);
      left = left.filter(({ identity }) => isRunning(identity));
    }
    for (const { role, identity } of left) {
      logger.warn({ role, pid: identity.pid }, 'a role of a former ekiden up does not end: killing it');
      try {
        process.kill(identity.pid, 'SIGKILL');
      } catch (error) {
        if (codeOf(error) !== 'ESRCH') throw error;
      }
    }
    while (left.some(({ identity }) => isRunning(identity)) && performance.now() < end + limitMs) await sleep(20);
  }

  async #readFormer(logger: Logger): Promise<{ role: string; identity: ProcessIdentity }[]> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
    try {
      return Object.entries(JSON.parse(text) as Record<string, unknown>).flatMap(([role, identity]) =>
        isIdentity(identity) ? [{ role, identity }] : [],
      );
    } catch {
      logger.warn({ path: this.#path }, 'cannot be read and is ignored');
      return [];
    }
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startTime, bootId } = value as Record<string, unknown>;
  return (
    Number.isSafeInteger(pid) && (pid as number) > 1 && typeof startTime === 'string' && typeof bootId === 'string'
  );
}
