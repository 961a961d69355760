/** Which masters there are, as far as is known at a moment. */
export interface KnownMasters {
  /** `host:port` of the one that leads; undefined when that is not known, as with a fixed list, or when there is none. */
  readonly leader: string | undefined;
  /** `host:port` of all of them, in the order in which they should be asked: the leader first. Empty when none is known. */
  readonly masters: readonly string[];
}

/** Knows the masters of a cluster and hears of changes. */
export interface MasterSource {
  readonly current: KnownMasters;
  /** Calls `listener` at every change from now on; returns what ends that. */
  onChange(listener: (masters: KnownMasters) => void): () => void;
  /** Resolves as soon as there is a master to ask, with all of them; rejects with the signal's reason when that is aborted. */
  known(signal: AbortSignal): Promise<KnownMasters>;
  close(): Promise<void>;
}

const none: KnownMasters = { leader: undefined, masters: [] };

function equal(a: KnownMasters, b: KnownMasters): boolean {
  return (
    a.leader === b.leader && a.masters.length === b.masters.length && a.masters.every((m, i) => m === b.masters[i])
  );
}

/** What is known at present, and who wants to hear of it: the part that all sources share. */
export class MasterBoard {
  #current = none;
  readonly #listeners = new Set<(masters: KnownMasters) => void>();

  get current(): KnownMasters {
    return this.#current;
  }

  set(masters: KnownMasters): void {
    if (equal(this.#current, masters)) return;
    this.#current = masters;
    for (const listener of [...this.#listeners]) listener(masters);
  }

  onChange(listener: (masters: KnownMasters) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  known(signal: AbortSignal): Promise<KnownMasters> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        stop();
        signal.removeEventListener('abort', abort);
        settle();
      };
      const look = (): void => {
        if (this.#current.masters.length > 0) finish(() => resolve(this.#current));
      };
      const abort = (): void =>
        finish(() =>
          reject(signal.reason instanceof Error ? signal.reason : new Error('stopped waiting for a master')),
        );
      const stop = this.onChange(look);
      signal.addEventListener('abort', abort);
      if (signal.aborted) abort();
      else look();
    });
  }
}

/** Masters that are given and do not change. Which one leads, each of them tells by a redirect. */
export function fixedMasters(masters: readonly string[]): MasterSource {
  const board = new MasterBoard();
  board.set({ leader: undefined, masters });
  return {
    current: board.current,
    onChange: (listener) => board.onChange(listener),
    known: (signal) => board.known(signal),
    close: () => Promise.resolve(),
  };
}
