import type { SseClient } from '../../http/sse.js';
import type { BackendReader } from './backend-reader.js';
import type { LiveRevisions } from './revisions.js';

/** Changes that follow one another faster are told as one. */
const lookMs = 200;
/** How often HAProxy is asked, once for all who read its backends. */
const backendsMs = 2_000;
/** So many pages can be open at a time. */
const maxReaders = 100;

interface Reader {
  readonly client: SseClient;
  readonly wantsBackends: boolean;
  /** It has not taken what was sent last: of figures it gets the next ones. */
  isBehind: boolean;
}

/**
 * Those who read the events: each gets `state` first and whenever something has changed, and `backends` if it wants them. While nobody reads,
 * nothing is looked at, and HAProxy is not asked.
 */
export class EventReaders {
  readonly #revisions: LiveRevisions;
  readonly #backends: BackendReader;
  readonly #readers = new Set<Reader>();
  #looking: NodeJS.Timeout | undefined;
  #asking: NodeJS.Timeout | undefined;

  constructor(revisions: LiveRevisions, backends: BackendReader) {
    this.#revisions = revisions;
    this.#backends = backends;
  }

  /** There are as many as there may be. */
  get isFull(): boolean {
    return this.#readers.size >= maxReaders;
  }

  add(client: SseClient, { wantsBackends }: { readonly wantsBackends: boolean }): void {
    const reader: Reader = { client, wantsBackends, isBehind: false };
    // What has changed while nobody looked has to have another number than whoever comes back knows.
    this.#look();
    this.#readers.add(reader);
    client.onClose(() => {
      this.#readers.delete(reader);
      this.#keepTime();
    });
    client.send('state', JSON.stringify(this.#revisions.current));
    this.#keepTime();
    if (wantsBackends) void this.#sendBackends([reader]);
  }

  /** Ends all streams. */
  close(): void {
    for (const { client } of [...this.#readers]) client.close();
    this.#readers.clear();
    this.#keepTime();
  }

  get #backendReaders(): Reader[] {
    return [...this.#readers].filter(({ wantsBackends }) => wantsBackends);
  }

  #keepTime(): void {
    if (this.#readers.size === 0) {
      clearInterval(this.#looking);
      this.#looking = undefined;
    } else {
      this.#looking ??= setInterval(() => this.#look(), lookMs);
    }
    if (this.#backendReaders.length === 0) {
      clearInterval(this.#asking);
      this.#asking = undefined;
    } else {
      this.#asking ??= setInterval(() => void this.#sendBackends(this.#backendReaders), backendsMs);
    }
  }

  #look(): void {
    if (!this.#revisions.look()) return;
    const text = JSON.stringify(this.#revisions.current);
    for (const { client } of this.#readers) client.send('state', text);
  }

  /** To those who have taken the last ones: what is late of these is worth nothing. */
  async #sendBackends(readers: readonly Reader[]): Promise<void> {
    const json = await this.#backends.read();
    if (json === undefined) return;
    const text = json.toString('utf8');
    for (const reader of readers) {
      if (reader.isBehind || !this.#readers.has(reader)) continue;
      reader.isBehind = true;
      reader.client.send('backends', text);
      void reader.client.drained().then(() => (reader.isBehind = false));
    }
  }
}
