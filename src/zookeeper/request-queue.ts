import { ZooKeeperError, zooKeeperCodeOf } from './errors.js';

/** Of requests that wait for a connection, or for those before them. */
const maxWaiting = 10_000;
/** Of requests whose answers are missing: what a broken connection makes uncertain. */
const maxInFlight = 256;

interface Request {
  readonly what: string;
  /** What only reads may be done twice. */
  readonly kind: 'read' | 'write';
  readonly send: () => Promise<unknown>;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The requests of a session: they wait, in order, while no connection is open, and for no longer than the time limit; a bounded
 * number is on its way at once. When the connection breaks, reads wait again and writes fail as uncertain.
 */
export class RequestQueue {
  readonly #timeoutMs: number;
  readonly #unanswered: (ms: number) => void;
  #waiting: Request[] = [];
  #inFlight = new Set<Request>();
  #isOpen = false;
  #overBecause: ZooKeeperError | undefined;

  /** `unanswered`: a request that was sent has no answer after `timeoutMs`; the connection should be given up. */
  constructor(options: { timeoutMs: number; unanswered: (ms: number) => void }) {
    this.#timeoutMs = options.timeoutMs;
    this.#unanswered = options.unanswered;
  }

  /** What every request is refused with; undefined while they are taken. */
  get overBecause(): ZooKeeperError | undefined {
    return this.#overBecause;
  }

  add<Result>(what: string, kind: 'read' | 'write', send: () => Promise<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#overBecause !== undefined) {
        reject(this.#overBecause);
        return;
      }
      if (this.#waiting.length >= maxWaiting) {
        const why = `${what}: ${this.#waiting.length} requests wait for ZooKeeper already`;
        reject(new ZooKeeperError('TOO_MANY_REQUESTS', why));
        return;
      }
      const request: Request = { what, kind, send, resolve, reject, timer: undefined };
      request.timer = setTimeout(() => this.#timeOut(request), this.#timeoutMs);
      this.#waiting.push(request);
      this.#sendWaiting();
    });
  }

  /** A connection is open. */
  open(): void {
    this.#isOpen = true;
    this.#sendWaiting();
  }

  /** The connection is gone: its answers will not come. */
  shut(): void {
    this.#isOpen = false;
    const lost = [...this.#inFlight];
    this.#inFlight.clear();
    this.#waiting = [...lost.filter(({ kind }) => kind === 'read'), ...this.#waiting];
    for (const request of lost) if (request.kind === 'write') this.#fail(request, uncertain(request.what));
  }

  /** No request will be answered any more. */
  end(error: ZooKeeperError): void {
    this.#overBecause ??= error;
    this.#isOpen = false;
    const all = [...this.#inFlight, ...this.#waiting];
    const sent = new Set(this.#inFlight);
    this.#inFlight.clear();
    this.#waiting = [];
    for (const request of all) {
      const maybeApplied = sent.has(request) && request.kind === 'write';
      this.#fail(request, new ZooKeeperError(error.code, `${request.what}: ${error.message}`, { maybeApplied }));
    }
  }

  #sendWaiting(): void {
    let count = 0;
    while (this.#isOpen && count < this.#waiting.length && this.#inFlight.size < maxInFlight) {
      const request = this.#waiting[count++];
      if (request !== undefined) this.#send(request);
    }
    if (count > 0) this.#waiting.splice(0, count);
  }

  #send(request: Request): void {
    this.#inFlight.add(request);
    request.send().then(
      (result) => {
        if (!this.#inFlight.delete(request)) return;
        clearTimeout(request.timer);
        request.resolve(result as never);
        this.#sendWaiting();
      },
      (error: unknown) => {
        if (!this.#inFlight.delete(request)) return;
        if (zooKeeperCodeOf(error) === 'CONNECTION_LOSS' && request.kind === 'read') {
          this.#waiting.unshift(request);
        } else {
          this.#fail(request, error);
        }
        this.#sendWaiting();
      },
    );
  }

  #timeOut(request: Request): void {
    if (this.#inFlight.has(request)) {
      if (request.kind === 'read') {
        this.#inFlight.delete(request);
        this.#fail(request, late(request.what, this.#timeoutMs));
      }
      this.#unanswered(this.#timeoutMs);
      return;
    }
    const index = this.#waiting.indexOf(request);
    if (index >= 0) this.#waiting.splice(index, 1);
    this.#fail(request, late(request.what, this.#timeoutMs));
  }

  #fail(request: Request, error: unknown): void {
    clearTimeout(request.timer);
    request.reject(error);
  }
}

function uncertain(what: string): ZooKeeperError {
  const why = `${what}: the connection to ZooKeeper broke before the answer`;
  return new ZooKeeperError('CONNECTION_LOSS', why, { maybeApplied: true });
}

function late(what: string, ms: number): ZooKeeperError {
  return new ZooKeeperError('CONNECTION_LOSS', `${what}: no connection to ZooKeeper for ${ms} ms`);
}
