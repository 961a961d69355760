import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Readable } from 'node:stream';
import type { Logger } from '../../common/logger.js';
import { packageRoot } from '../../common/package-root.js';
import { sleep } from '../../common/time.js';
import type { AnswererSettings } from '../answerer.js';
import { noCounts } from '../metrics/answer-counts.js';
import type { AnswerCounts } from '../metrics/answer-counts.js';
import { Outbox } from './outbox.js';
import type { Parcel } from './parcel.js';
import type { FromWorker, ToWorker } from './protocol.js';
import { tellLine } from './worker-log.js';

/** How its start ended. */
export type WorkerStart =
  | { readonly type: 'serving' }
  | { readonly type: 'failed'; readonly usage: boolean; readonly message: string }
  | { readonly type: 'ended' };

/** How a worker ended. */
export interface WorkerEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly livedMs: number;
  /** Why it was ended, when we did it. */
  readonly reason: string | undefined;
  /** The end of what it printed: a stack, or what V8 says when there is no memory. */
  readonly printed: string;
}

/** What of a worker can be seen. */
export interface WorkerStatus {
  readonly pid: number;
  /** When it was started, in milliseconds since 1970. */
  readonly since: number;
  /** It answers queries. */
  readonly serving: boolean;
  /** Names that it knows, and the serial that it is at. */
  readonly names: number;
  readonly serial: number;
}

/** What the workers of one name server have in common. */
export interface WorkerTerms {
  readonly settings: AnswererSettings;
  readonly logger: Logger;
  readonly reportEveryMs: number;
  /** A worker that leaves so many reports unanswered is stuck. */
  readonly maxSilentReports: number;
  /** What may wait for a worker on top of the zone as it was at its start; see Parcel.weight. */
  readonly maxWaitingWeight: number;
}

/** A program that has not said a word by then never will; a machine that is busy takes its time. */
const startLimitMs = 60_000;
/** How long one may take to end by itself. */
const endLimitMs = 1_500;
const maxPrinted = 4 << 10;
/** How long the rest of what it printed is waited for after its end. */
const printedLimitMs = 200;

/** The worker's file: beside this one where modules are built one by one, in `dist/` where this one is part of the bundle. */
function workerPath(): string {
  const beside = fileURLToPath(new URL('./answer-worker.js', import.meta.url));
  return existsSync(beside) ? beside : join(packageRoot(), 'dist', 'dns', 'workers', 'answer-worker.js');
}

/** Starts the process. Its arguments are none: what it is to do comes by the channel, and nobody else sees it. */
function fork(): Worker {
  // Each worker takes connections from the shared socket itself: this process may be busy with the cluster, and is not asked.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({
    exec: workerPath(),
    args: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return cluster.fork();
}

/** The end of what the streams carry, and when they have carried all. */
function lastOf(streams: readonly (Readable | null | undefined)[]): { text(): string; readonly all: Promise<unknown> } {
  let text = '';
  const ends = streams.flatMap((stream) => {
    if (stream === null || stream === undefined) return [];
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => (text = (text + chunk).slice(-maxPrinted)));
    stream.on('error', () => undefined);
    return new Promise((resolve) => stream.once('close', resolve));
  });
  return { text: () => text.trim(), all: Promise.all(ends) };
}

/** One worker process, from its start to its end. */
export class WorkerLife {
  readonly started: Promise<WorkerStart>;
  readonly ended: Promise<WorkerEnd>;
  readonly #terms: WorkerTerms;
  readonly #worker: Worker;
  readonly #since = Date.now();
  readonly #outbox: Outbox;
  readonly #onSerial: () => void;
  readonly #startLimit: NodeJS.Timeout;
  #isReady = false;
  #toldToServe = false;
  #hasEnded = false;
  #reason: string | undefined;
  #counts: AnswerCounts = noCounts();
  #serving = false;
  #names = 0;
  #serial = 0;
  #unanswered = 0;
  #settle: (start: WorkerStart) => void = () => undefined;

  /** `zone` is all that there is to know of it now; `onSerial` is called when the worker says that it is further, or serves. */
  constructor(terms: WorkerTerms, zone: readonly Parcel[], onSerial: () => void) {
    this.#terms = terms;
    this.#outbox = new Outbox(zone, terms.maxWaitingWeight);
    this.#onSerial = onSerial;
    this.started = new Promise((resolve) => (this.#settle = resolve));
    const startedAt = performance.now();
    this.#worker = fork();
    const { process: child } = this.#worker;
    const printed = lastOf([child.stdout, child.stderr]);
    const reports = setInterval(() => this.#askForReport(), terms.reportEveryMs);
    this.#startLimit = setTimeout(() => this.#kill('it does not start'), startLimitMs);
    this.ended = new Promise((resolve) => {
      const finish = (status: number | null, signal: NodeJS.Signals | null, error?: Error): void => {
        if (this.#hasEnded) return;
        this.#hasEnded = true;
        this.#serving = false;
        clearInterval(reports);
        clearTimeout(this.#startLimit);
        const livedMs = performance.now() - startedAt;
        const limit = new AbortController();
        void Promise.race([printed.all, sleep(printedLimitMs, limit.signal)]).then(() => {
          limit.abort();
          this.#settle({ type: 'ended' });
          resolve({ status, signal, livedMs, reason: this.#reason ?? error?.message, printed: printed.text() });
        });
      };
      child.once('exit', finish);
      child.on('error', (error) => {
        if (child.pid === undefined) finish(null, null, error);
      });
    });
    this.#worker.on('message', (message) => this.#take(message as FromWorker));
  }

  get counts(): AnswerCounts {
    return this.#counts;
  }

  get status(): WorkerStatus | undefined {
    const { pid } = this.#worker.process;
    if (pid === undefined || this.#hasEnded) return undefined;
    return { pid, since: this.#since, serving: this.#serving, names: this.#names, serial: this.#serial };
  }

  /** Tells the worker of a change, when it is its turn. */
  tell(parcel: Parcel): void {
    if (this.#hasEnded || this.#reason !== undefined) return;
    this.#outbox.add(parcel);
    if (this.#outbox.isOverfull) this.#kill('it does not follow the changes of the zone');
    else this.#sendNext();
  }

  /** Ends it: by itself, as the channel is closed, or at last by force. Resolves when it is gone. */
  async end(): Promise<void> {
    if (this.#worker.process.connected) this.#worker.process.disconnect();
    const limit = new AbortController();
    await Promise.race([this.ended, sleep(endLimitMs, limit.signal)]);
    limit.abort();
    if (!this.#hasEnded) this.#worker.process.kill('SIGKILL');
    await this.ended;
  }

  #kill(reason: string): void {
    if (this.#hasEnded) return;
    this.#reason ??= reason;
    this.#serving = false;
    this.#worker.process.kill('SIGKILL');
  }

  #send(message: ToWorker): void {
    // A channel that breaks is a worker that ends, which is noticed anyway.
    if (this.#worker.process.connected) this.#worker.process.send(message, undefined, {}, () => undefined);
  }

  #sendNext(): void {
    if (!this.#isReady) return;
    for (let parcel = this.#outbox.next(); parcel !== undefined; parcel = this.#outbox.next()) {
      this.#send({ type: 'zone', change: parcel.text });
    }
    if (!this.#toldToServe && this.#outbox.isDone) {
      this.#toldToServe = true;
      this.#send({ type: 'serve' });
    }
  }

  #askForReport(): void {
    if (!this.#isReady) return;
    if (this.#unanswered >= this.#terms.maxSilentReports) {
      this.#kill('it has not said a word for too long');
      return;
    }
    this.#unanswered += 1;
    // One question is enough for whoever does not listen.
    if (this.#unanswered === 1) this.#send({ type: 'report' });
  }

  #take(message: FromWorker): void {
    const { settings, logger } = this.#terms;
    this.#unanswered = 0;
    switch (message.type) {
      case 'ready': {
        this.#isReady = true;
        clearTimeout(this.#startLimit);
        const levels = logger.levelControl?.all().values();
        const verbose =
          levels === undefined || [...levels].some(({ level }) => ['all', 'trace', 'debug'].includes(level));
        this.#send({ type: 'settings', settings, verbose });
        this.#sendNext();
        return;
      }
      case 'applied': {
        this.#outbox.applied();
        this.#names = message.names;
        this.#serial = message.serial;
        this.#sendNext();
        this.#onSerial();
        return;
      }
      case 'serving': {
        this.#serving = true;
        this.#settle({ type: 'serving' });
        this.#onSerial();
        return;
      }
      case 'failed': {
        this.#reason ??= message.message;
        this.#settle(message);
        return;
      }
      case 'report': {
        if (message.counts !== undefined) this.#counts = message.counts;
        return;
      }
      case 'log': {
        tellLine(logger.child({ worker: this.#worker.process.pid }), message);
        return;
      }
    }
  }
}
