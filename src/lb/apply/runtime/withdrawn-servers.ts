import type { RuntimeChange } from '../../plan/runtime-change.js';

/** A server that is not in the text any more and still in the process. */
export interface WithdrawnServer {
  readonly backend: string;
  readonly server: string;
  readonly endpoint: string;
  readonly words: readonly string[];
  readonly state: 'maint' | 'drain';
  /** Other parts of the configuration name it: it cannot be deleted. */
  readonly pinned: boolean;
}

const keyOf = (backend: string, server: string): string => `${backend}/${server}`;

/** The servers that were taken out of traffic and wait for the end of what is under way to them. */
export class WithdrawnServers {
  readonly #servers = new Map<string, WithdrawnServer>();

  get size(): number {
    return this.#servers.size;
  }

  /** Those that can be deleted at some time. */
  get deletable(): WithdrawnServer[] {
    return [...this.#servers.values()].filter(({ pinned }) => !pinned);
  }

  get(backend: string, server: string): WithdrawnServer | undefined {
    return this.#servers.get(keyOf(backend, server));
  }

  /** Those that lead to an endpoint, whatever they are called. */
  at(endpoint: string): WithdrawnServer[] {
    return [...this.#servers.values()].filter((server) => server.endpoint === endpoint);
  }

  add({ backend, server, endpoint, words, state }: RuntimeChange & { kind: 'withdraw-server' }): void {
    this.#servers.set(keyOf(backend, server), { backend, server, endpoint, words, state, pinned: false });
  }

  /** It cannot be deleted before HAProxy is replaced. */
  pin(server: WithdrawnServer): void {
    this.#servers.set(keyOf(server.backend, server.server), { ...server, pinned: true });
  }

  delete(backend: string, server: string): void {
    this.#servers.delete(keyOf(backend, server));
  }

  clear(): void {
    this.#servers.clear();
  }
}
