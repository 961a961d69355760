import { backoffMs } from '../../common/backoff.js';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';

const retry = { initialMs: 100, factor: 2, maxMs: 5_000 };

/**
 * Sends an edge's receipts, one at a time and the newest only: what was not sent when another one comes is left out. One that fails is tried
 * again until it succeeds, is refused, or another one takes its place. On each new connection the newest one is sent once more: the
 * scheduler forgets edges that were away for long.
 */
export class ReceiptSender {
  readonly #send: (body: string) => Promise<number | undefined>;
  readonly #logger: Logger;
  /** To be sent, or sent again. */
  #body: string | undefined;
  /** The newest one, when it was taken. */
  #taken: string | undefined;
  #busy = false;
  #attempt = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** `send` posts a receipt and resolves with the status of the answer; undefined: there is nobody to send it to now. */
  constructor(options: { readonly send: (body: string) => Promise<number | undefined>; readonly logger: Logger }) {
    this.#send = options.send;
    this.#logger = options.logger;
  }

  send(body: string): void {
    this.#body = body;
    this.#taken = undefined;
    this.#attempt = 0;
    this.#next();
  }

  /** There is somebody to send to (again). */
  connected(): void {
    this.#body ??= this.#taken;
    this.#attempt = 0;
    this.#next();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #next(): void {
    if (this.#busy || this.#closed || this.#body === undefined) return;
    clearTimeout(this.#timer);
    this.#busy = true;
    void this.#exchange(this.#body).then((isDone) => {
      this.#busy = false;
      if (this.#closed || this.#body === undefined) return;
      if (isDone) this.#next();
      else this.#timer = setTimeout(() => this.#next(), backoffMs(retry, this.#attempt++));
    });
  }

  /** Whether `body` need not be sent again. */
  async #exchange(body: string): Promise<boolean> {
    let problem: string;
    try {
      const status = await this.#send(body);
      if (status === undefined) {
        // `connected` goes on with it
        problem = 'no scheduler is followed';
      } else if (status >= 500) {
        problem = `the scheduler answers ${status}`;
      } else {
        const isTaken = status < 300;
        if (!isTaken) this.#logger.warn({ status }, 'the scheduler does not take a receipt');
        if (this.#body === body) {
          this.#body = undefined;
          this.#taken = isTaken ? body : undefined;
        }
        return true;
      }
    } catch (error) {
      problem = messageOf(error);
    }
    this.#logger.debug({ reason: problem }, 'a receipt was not sent');
    return this.#body !== body;
  }
}
