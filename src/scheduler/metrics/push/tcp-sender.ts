import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { backoffMs } from '../../../common/backoff.js';
import type { BackoffPolicy } from '../../../common/backoff.js';
import type { SinkState } from './sink.js';

/** What waits while there is no connection; the oldest is dropped above it. */
const defaultMaxPendingBytes = 4 << 20;
/** A peer that takes nothing for so long is given up. */
const stallMs = 30_000;
const connectMs = 10_000;
const closeMs = 1000;
const defaultReconnect: BackoffPolicy = { initialMs: 500, factor: 2, maxMs: 30_000 };

export interface TcpSenderOptions {
  readonly host: string;
  readonly port: number;
  /** Hears whether texts are taken. */
  readonly state: SinkState;
  readonly maxPendingBytes?: number;
  readonly reconnect?: BackoffPolicy;
}

/**
 * Sends texts over one TCP connection, in order, that it makes when there is something to send, and makes again, with growing waits, when it
 * breaks. A text that the system had not taken whole when it broke is sent again from its beginning.
 */
export class TcpSender {
  readonly #options: TcpSenderOptions;
  readonly #maxPendingBytes: number;
  readonly #reconnect: BackoffPolicy;
  readonly #pending: { readonly text: string; readonly bytes: number }[] = [];
  #pendingBytes = 0;
  /** The first of `#pending` is being written. */
  #isWriting = false;
  #socket: Socket | undefined;
  #isConnected = false;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: TcpSenderOptions) {
    this.#options = options;
    this.#maxPendingBytes = options.maxPendingBytes ?? defaultMaxPendingBytes;
    this.#reconnect = options.reconnect ?? defaultReconnect;
  }

  /** Sends a text as soon as it can be sent. Never throws. */
  send(text: string): void {
    if (this.#closing !== undefined) return;
    const bytes = Buffer.byteLength(text);
    this.#pending.push({ text, bytes });
    this.#pendingBytes += bytes;
    this.#dropOldest();
    this.#goOn();
  }

  /** What is on its way is given a moment, what waits is lost. */
  close(): Promise<void> {
    return (this.#closing ??= this.#end());
  }

  #dropOldest(): void {
    const first = this.#isWriting ? 1 : 0;
    while (this.#pendingBytes > this.#maxPendingBytes && this.#pending.length > first + 1) {
      const [dropped] = this.#pending.splice(first, 1);
      this.#pendingBytes -= dropped?.bytes ?? 0;
    }
  }

  #goOn(): void {
    const next = this.#pending[0];
    if (next === undefined || this.#isWriting || this.#closing !== undefined) return;
    const socket = this.#socket;
    if (socket === undefined) {
      if (this.#retry === undefined) this.#connect();
      return;
    }
    if (!this.#isConnected) return;
    this.#isWriting = true;
    socket.write(next.text, (error) => {
      if (socket !== this.#socket || (error !== null && error !== undefined)) return;
      this.#isWriting = false;
      this.#pending.shift();
      this.#pendingBytes -= next.bytes;
      this.#failures = 0;
      this.#options.state.works();
      this.#goOn();
    });
  }

  #connect(): void {
    const { host, port, state } = this.#options;
    let failure: Error | undefined;
    const socket = connect({ host, port }).unref();
    this.#socket = socket;
    socket.setTimeout(connectMs);
    socket.once('connect', () => {
      this.#isConnected = true;
      socket.setTimeout(stallMs);
      this.#goOn();
    });
    socket.on('timeout', () => {
      if (!this.#isConnected) socket.destroy(new Error(`no connection within ${connectMs} ms`));
      else if (this.#isWriting) socket.destroy(new Error(`nothing was taken for ${stallMs} ms`));
    });
    // Nobody answers to metrics; what comes is not kept
    socket.resume();
    socket.on('error', (error) => (failure = error));
    socket.once('close', () => {
      this.#socket = undefined;
      this.#isConnected = false;
      this.#isWriting = false;
      // An idle connection that the other side has closed is made again when it is needed
      if (this.#closing !== undefined || (failure === undefined && this.#pending.length === 0)) return;
      state.fails(failure ?? new Error('the connection was closed'));
      this.#retry = setTimeout(
        () => {
          this.#retry = undefined;
          this.#goOn();
        },
        backoffMs(this.#reconnect, this.#failures++),
      ).unref();
    });
  }

  async #end(): Promise<void> {
    clearTimeout(this.#retry);
    const socket = this.#socket;
    if (socket === undefined) return;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const timer = setTimeout(() => socket.destroy(), closeMs);
    if (this.#isConnected) socket.end();
    else socket.destroy();
    await closed;
    clearTimeout(timer);
  }
}
