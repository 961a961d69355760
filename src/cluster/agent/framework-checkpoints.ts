import type { AgentLayout } from './layout.js';
import type { IdentifiedFramework } from './task-checkpoint.js';
import { checkpointFramework } from './task-checkpoint.js';

interface Checkpoint {
  readonly framework: IdentifiedFramework;
  /** Settled when it is on disk. */
  readonly written: Promise<void>;
}

/** The frameworks of this agent's tasks, as they are on disk: tasks mean nothing without them. */
export class FrameworkCheckpoints {
  readonly #layout: AgentLayout;
  readonly #byId = new Map<string, Checkpoint>();

  constructor(layout: AgentLayout) {
    this.#layout = layout;
  }

  /** An earlier agent has written it down. */
  recover(framework: IdentifiedFramework): void {
    this.#byId.set(framework.id.value, { framework, written: Promise.resolve() });
  }

  /** Settled when the framework is written down as it is now. Rejects when it cannot be; the next time it is tried again. */
  write(framework: IdentifiedFramework): Promise<void> {
    const frameworkId = framework.id.value;
    const known = this.#byId.get(frameworkId);
    if (known !== undefined) {
      const isSame = known.framework === framework || JSON.stringify(known.framework) === JSON.stringify(framework);
      if (isSame) return known.written;
    }
    const checkpoint: Checkpoint = { framework, written: checkpointFramework(this.#layout, framework) };
    this.#byId.set(frameworkId, checkpoint);
    // Each task that waits for it hears of the failure
    checkpoint.written.catch(() => {
      if (this.#byId.get(frameworkId) === checkpoint) this.#byId.delete(frameworkId);
    });
    return checkpoint.written;
  }

  forget(frameworkId: string): void {
    this.#byId.delete(frameworkId);
  }
}
