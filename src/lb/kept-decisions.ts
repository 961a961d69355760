import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../common/atomic-file.js';
import { messageOf } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import type { PathId } from '../common/path-id.js';

/** What an update has decided that the ones after it are bound to. */
export interface Decisions {
  /** Which app has which host and path, and which service port (`Routing.owners`). */
  readonly owners: ReadonlyMap<string, PathId>;
  /** The last template that HAProxy accepted; undefined = none yet. */
  readonly template: string | undefined;
}

/** A deployment of many apps is one write. */
const minDistanceMs = 1_000;

function parse(text: string): Decisions {
  const value: unknown = JSON.parse(text);
  const owners = new Map<string, PathId>();
  if (typeof value !== 'object' || value === null) return { owners, template: undefined };
  if ('owners' in value && typeof value.owners === 'object' && value.owners !== null) {
    for (const [key, app] of Object.entries(value.owners)) if (typeof app === 'string') owners.set(key, app);
  }
  const template = 'template' in value && typeof value.template === 'string' ? value.template : undefined;
  return { owners, template };
}

/**
 * Keeps decisions in a file, for the load balancer of this directory that comes next: nobody loses a host to somebody else because that
 * one was restarted, and a template that is broken by then leaves no app out. Without the file everything is decided anew.
 */
export class KeptDecisions {
  readonly #path: string;
  readonly #logger: Logger;
  #decisions: Decisions;
  #written: Decisions;
  #work: Promise<void> | undefined;
  #endWait: (() => void) | undefined;
  #isClosing = false;

  private constructor(path: string, logger: Logger, decisions: Decisions) {
    this.#path = path;
    this.#logger = logger;
    this.#decisions = decisions;
    this.#written = decisions;
  }

  static async open(path: string, logger: Logger): Promise<KeptDecisions> {
    let decisions: Decisions = { owners: new Map(), template: undefined };
    try {
      decisions = parse(await readFile(path, 'utf8'));
    } catch (error) {
      logger.debug({ path, reason: messageOf(error) }, 'no earlier decisions are known');
    }
    return new KeptDecisions(path, logger, decisions);
  }

  get owners(): ReadonlyMap<string, PathId> {
    return this.#decisions.owners;
  }

  get template(): string | undefined {
    return this.#decisions.template;
  }

  /** Writes what is different, in the background. */
  keep(decisions: Decisions): void {
    this.#decisions = decisions;
    if (this.#isKept || this.#isClosing) return;
    this.#work ??= this.#write().finally(() => {
      this.#work = undefined;
    });
  }

  /** Resolves when all is written. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#endWait?.();
    await this.#work;
  }

  get #isKept(): boolean {
    return this.#written.owners === this.#decisions.owners && this.#written.template === this.#decisions.template;
  }

  async #write(): Promise<void> {
    while (!this.#isKept) {
      const decisions = this.#decisions;
      const { owners, template } = decisions;
      try {
        const text = `${JSON.stringify({ owners: Object.fromEntries(owners), template })}\n`;
        await writeFileAtomic(this.#path, text, 0o600, { sync: false });
      } catch (error) {
        this.#logger.warn({ path: this.#path, reason: messageOf(error) }, 'what was decided cannot be kept');
      }
      this.#written = decisions;
      if (!this.#isClosing) await this.#wait();
    }
  }

  async #wait(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, minDistanceMs);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#endWait = undefined;
  }
}
