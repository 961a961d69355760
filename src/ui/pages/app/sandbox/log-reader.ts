import { effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { SandboxFollowed, SandboxPiece } from '../../../api/sandbox.js';
import { messageOf } from '../../../http/api-error.js';
import { request } from '../../../http/request.js';
import { openStream } from '../../../live/stream.js';
import type { LiveStream } from '../../../live/stream.js';
import { appended, emptyLog, prepended } from './log-text.js';
import type { LogText } from './log-text.js';
import { sandboxPath } from './sandbox-urls.js';

/** What is read of a file at first: its end. */
const firstBytes = 128 << 10;
/** Of one reading, as the server has it. */
const pieceBytes = 64 << 10;
/** So long pieces are gathered, to be drawn together. */
const gatherMs = 80;
/** So many pieces are, at most. */
const maxPending = 64;

export interface LogState {
  readonly log: LogText;
  /** What was read first has come. */
  readonly isKnown: boolean;
  readonly isFollowing: boolean;
  /** The file does not grow any more for this reader: why. */
  readonly gone: string | undefined;
  /** Why it cannot be read now. */
  readonly problem: string | undefined;
  /** The file has become shorter: it was begun again. */
  readonly wasCut: boolean;
}

const beginning: LogState = {
  log: emptyLog,
  isKnown: false,
  isFollowing: false,
  gone: undefined,
  problem: undefined,
  wasCut: false,
};

/** A file of a sandbox as a log: its end, what it gets, and what was before when it is asked for. */
export class LogReader {
  readonly #taskId: string;
  readonly #path: string;
  readonly #state = signal<LogState>(beginning);
  #stream: LiveStream | undefined;
  #unwatch: (() => void) | undefined;
  #abort = new AbortController();
  #pending: SandboxPiece[] = [];
  #timer: number | undefined;
  #isReading = false;

  constructor(taskId: string, path: string) {
    this.#taskId = taskId;
    this.#path = path;
  }

  get state(): ReadonlySignal<LogState> {
    return this.#state;
  }

  #change(change: Partial<LogState>): void {
    this.#state.value = { ...this.#state.peek(), ...change };
  }

  #read(offset: number, length: number): Promise<SandboxPiece> {
    return request<SandboxPiece>(sandboxPath(this.#taskId, 'read'), {
      query: { path: this.#path, offset, length },
      signal: this.#abort.signal,
    });
  }

  /** Does one reading at a time; says why it fails. */
  async #reading(act: () => Promise<void>): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      await act();
      this.#change({ problem: undefined });
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#change({ problem: messageOf(error), isKnown: true });
    } finally {
      this.#isReading = false;
    }
  }

  /** Pieces that come faster than the page is drawn are put in together. */
  #take(piece: SandboxPiece): void {
    this.#pending.push(piece);
    // Pages that nobody looks at have slow timers
    if (this.#pending.length > maxPending) {
      this.#takePending();
      return;
    }
    this.#timer ??= window.setTimeout(() => this.#takePending(), gatherMs);
  }

  #takePending(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pieces = this.#pending;
    this.#pending = [];
    let { log, wasCut } = this.#state.value;
    for (const piece of pieces) {
      wasCut ||= piece.offset < log.end;
      log = appended(log, piece);
    }
    this.#change({ log, wasCut, isKnown: true, problem: undefined });
  }

  /** Shows the end of the file and what it gets. */
  follow(): void {
    this.#close();
    const { log } = this.#state.value;
    // What lies between is not worth reading piece by piece
    const isNear = log.chunks.length > 0 && log.size - log.end <= firstBytes;
    if (!isNear) this.#change({ log: emptyLog });
    this.#change({ isFollowing: true, gone: undefined });
    const stream = openStream(sandboxPath(this.#taskId, 'follow'), {
      query: () => {
        const now = this.#state.value.log;
        return { path: this.#path, offset: now.chunks.length === 0 ? -firstBytes : now.end };
      },
      on: {
        piece: (piece: SandboxFollowed) => this.#take(piece),
        gone: ({ message }: { readonly message: string }) => {
          this.#close();
          this.#change({ isFollowing: false, gone: message, isKnown: true });
        },
      },
    });
    this.#stream = stream;
    this.#unwatch = effect(() => {
      const refusal = stream.refusal.value;
      if (refusal !== undefined) this.#change({ problem: refusal, isKnown: true });
    });
  }

  /** Leaves what is shown as it is. */
  pause(): void {
    this.#close();
    this.#change({ isFollowing: false });
  }

  /** Reads what was before the first line that is shown. */
  async earlier(): Promise<void> {
    const { log } = this.#state.value;
    if (log.start === 0 || log.chunks.length === 0) return;
    await this.#reading(async () => {
      const offset = Math.max(0, log.start - pieceBytes);
      const piece = await this.#read(offset, log.start - offset);
      this.#change({ log: prepended(this.#state.value.log, piece) });
    });
  }

  /** Reads what comes after the last line that is shown. */
  async later(): Promise<void> {
    if (this.#state.value.isFollowing) return;
    await this.#reading(async () => {
      const { log } = this.#state.value;
      const piece = await this.#read(log.end, pieceBytes);
      if (piece.data !== '' || piece.size !== log.size) this.#change({ log: appended(this.#state.value.log, piece) });
    });
  }

  /** Shows the end of the file once. */
  async end(): Promise<void> {
    await this.#reading(async () => {
      const { size } = await this.#read(-1, 1);
      let from = Math.max(0, size - firstBytes);
      let log = emptyLog;
      // Two pieces at most
      while (from < size || log.chunks.length === 0) {
        const piece = await this.#read(from, pieceBytes);
        log = appended(log, piece);
        if (piece.next <= from) break;
        from = piece.next;
      }
      this.#change({ log, isKnown: true });
    });
  }

  #close(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#stream?.close();
    this.#stream = undefined;
    if (this.#pending.length > 0) this.#takePending();
  }

  close(): void {
    this.#close();
    this.#abort.abort();
  }
}
