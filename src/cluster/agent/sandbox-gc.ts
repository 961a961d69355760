import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { removeSandbox } from './sandbox.js';

/** How long the sandbox of an ended task is kept, at most. */
export const maxSandboxAgeMs = 24 * 60 * 60 * 1000;
/** Ended sandboxes that are kept, at most; the oldest go first. */
export const maxEndedSandboxes = 1000;
const intervalMs = 60_000;

const list = (directory: string): Promise<string[]> => readdir(directory).catch(() => []);

/** All run directories below `slaves/`. */
async function findSandboxes(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const agent of await list(root)) {
    for (const framework of await list(join(root, agent, 'frameworks'))) {
      const executors = join(root, agent, 'frameworks', framework, 'executors');
      for (const executor of await list(executors)) {
        for (const run of await list(join(executors, executor, 'runs'))) {
          if (run !== 'latest') found.push(join(executors, executor, 'runs', run));
        }
      }
    }
  }
  return found;
}

/** Removes the sandboxes of ended tasks when they are old or too many. */
export class SandboxGarbage {
  readonly #now: () => number;
  readonly #logger: Logger;
  /** Ended ones, the first to end first. */
  #ended: { readonly sandbox: string; readonly endedAtMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #collecting: Promise<void> | undefined;
  #removed = 0;
  #failed = 0;

  constructor(options: { now: () => number; logger: Logger }) {
    this.#now = options.now;
    this.#logger = options.logger;
  }

  get counts(): { readonly pending: number; readonly removed: number; readonly failed: number } {
    return { pending: this.#ended.length, removed: this.#removed, failed: this.#failed };
  }

  /** Takes over what earlier agents left below `root`, except the sandboxes in use, and looks at all of it from time to time. */
  async start(root: string, inUse: ReadonlySet<string>): Promise<void> {
    for (const sandbox of await findSandboxes(root)) {
      if (inUse.has(sandbox)) continue;
      const { mtimeMs } = await stat(sandbox).catch(() => ({ mtimeMs: 0 }));
      this.#ended.push({ sandbox, endedAtMs: mtimeMs });
    }
    this.#ended.sort((a, b) => a.endedAtMs - b.endedAtMs);
    this.#timer = setInterval(() => void this.collect(), intervalMs).unref();
    void this.collect();
  }

  add(sandbox: string): void {
    this.#ended.push({ sandbox, endedAtMs: this.#now() });
  }

  /** Removes what is due, one after the other. Never throws. */
  collect(): Promise<void> {
    this.#collecting ??= this.#collect().finally(() => {
      this.#collecting = undefined;
    });
    return this.#collecting;
  }

  async #collect(): Promise<void> {
    for (;;) {
      const [first] = this.#ended;
      if (first === undefined) return;
      const due = this.#ended.length > maxEndedSandboxes || first.endedAtMs <= this.#now() - maxSandboxAgeMs;
      if (!due) return;
      this.#ended.shift();
      try {
        await removeSandbox(first.sandbox);
        this.#removed++;
      } catch (error) {
        this.#failed++;
        this.#logger.warn(
          { sandbox: first.sandbox, error: messageOf(error) },
          'the sandbox of an ended task cannot be removed',
        );
      }
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#ended = [];
    await this.#collecting;
  }
}
