import { backoffMs, jittered } from '../../../common/backoff.js';
import { messageOf } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';
import type { Catalog } from '../../catalog.js';
import type { CatalogChange } from '../../types.js';
import { catalogDiff, isEmptyChange } from '../catalog-diff.js';
import { LossGuard } from '../loss-guard.js';
import type { LossGuardOptions } from '../loss-guard.js';
import { SchedulerAccess } from '../scheduler-access.js';
import type { Credentials } from '../scheduler-access.js';
import type { AppProblem, ReadApps } from './apps-to-catalog.js';
import { subscribe, unsubscribe } from './callbacks.js';
import { endOf, ToldEnds } from './event-facts.js';
import { followMarathonEvents } from './marathon-events.js';
import { PacedWork } from './paced-work.js';
import { answerTimeoutMs, connectTimeoutMs, maxAnswerBytes, readApps } from './read-apps.js';

const reconnect = { initialMs: 200, factor: 2, maxMs: 10_000 };
/** A connection that lived this long was a good one: its loss is a new trouble. */
const stableMs = 5_000;
/** The apps are read even before the events flow, when those take longer than this to begin. */
const openPatienceMs = 1_000;
/** Readiness checks are told of by no event: so long after each other are the looks while one has not said yes. */
const readinessPollMs = 5_000;
/** Where there are no events at all. */
const eventlessPollMs = 10_000;
const unsubscribeTimeoutMs = 3_000;

/** What is known about the connection. */
export interface MarathonStatus {
  /** Events arrive, or are posted to the callback. */
  readonly connected: boolean;
  readonly synced: boolean;
  readonly scheduler: string | undefined;
  /** Why the last connection ended, why there are no events, or why the last answer was not taken over. */
  readonly lastError: string | undefined;
  /** Apps and tasks that cannot be read, and Marathons that take no callback. */
  readonly problems: readonly AppProblem[];
}

/** A catalog that follows a Marathon of any version. */
export interface MarathonFollower {
  readonly status: MarathonStatus;
  /** An event was posted to the callback; `data` is its JSON text. */
  calledBack(data: string | undefined): void;
  close(): Promise<void>;
}

export interface MarathonOptions {
  /** Base URLs of one Marathon's nodes; the one that was good last is tried first, the others in turn. */
  readonly schedulers: readonly string[];
  /** The one of them to begin with, which is known to be no Ekiden. */
  readonly startWith?: string | undefined;
  readonly credentials?: Credentials | undefined;
  readonly readTrust?: (() => Promise<string>) | undefined;
  /** What is kept up to date. Its positions are of this process: nobody is told of them. */
  readonly catalog: Catalog;
  /** Time between two full looks, besides those after events. */
  readonly pollMs: number;
  /** Where Marathons before 1.5 post their events. */
  readonly callbackUrl?: string | undefined;
  readonly logger: Logger;
  /** Called after `catalog` has changed, and once when it is complete. */
  readonly onChange: () => void;
  /** Asked before each connection: whether this one speaks Ekiden's own protocol; it is not followed then. */
  readonly isEkiden?: ((base: string, signal: AbortSignal) => Promise<boolean>) | undefined;
  /** Silence after which the stream of events counts as dead; Marathon says something every 10 s. Default 30 s. */
  readonly idleTimeoutMs?: number;
  readonly losses?: LossGuardOptions;
  /** Bound on an answer, default 256 MiB. */
  readonly maxAnswerBytes?: number;
  /** Spreads the reconnects of many edges; in [0, 1). */
  readonly random?: () => number;
}

/**
 * Follows any Marathon for ever: its events say that something has changed, its list of apps says what. The apps are read after each
 * connection, after events (once for many), and every `pollMs`. An answer that is not whole changes nothing, one that suddenly lacks much
 * only when a second one lacks the same (LossGuard).
 */
export function followMarathon(options: MarathonOptions): MarathonFollower {
  return new Follower(options);
}

/** One connection to one Marathon, from its beginning to its loss. */
interface Session {
  readonly base: string;
  readonly work: PacedWork;
  readonly abort: AbortController;
  /** Ends it; only the first reason counts. */
  readonly end: (reason: string) => void;
  readonly startedAt: number;
  hasEvents: boolean;
  /** Why there are none, and will be none. */
  noEvents: string | undefined;
  isGood: boolean;
}

class Follower implements MarathonFollower {
  readonly #options: MarathonOptions;
  readonly #access: SchedulerAccess;
  readonly #guard: LossGuard;
  readonly #told = new ToldEnds();
  readonly #epoch: string;
  readonly #subscribed = new Set<string>();
  #subscribing: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #closed: Promise<void> | undefined;
  /** The one that was good last comes first. */
  #order: readonly string[];
  /** Which of the order is tried next. */
  #attempt = 0;
  /** Connections in a row that were not good for long. */
  #failures = 0;
  #seq = 0;
  #session: Session | undefined;
  #synced = false;
  #scheduler: string | undefined;
  #lastError: string | undefined;
  #appProblems: readonly AppProblem[] = [];
  #callbackProblems = new Map<string, string>();

  constructor(options: MarathonOptions) {
    if (options.schedulers.length === 0) throw new Error('at least one scheduler is needed');
    const { schedulers, startWith, credentials, readTrust, losses } = options;
    this.#options = options;
    this.#order = startWith === undefined ? schedulers : inFront(schedulers, startWith);
    this.#access = new SchedulerAccess({
      credentials,
      readTrust,
      connectTimeoutMs,
      timeoutMs: answerTimeoutMs,
      maxBodyBytes: options.maxAnswerBytes ?? maxAnswerBytes,
    });
    this.#guard = new LossGuard(losses);
    this.#epoch = `marathon ${new Date().toISOString()}`;
    this.#running = this.#run();
  }

  get status(): MarathonStatus {
    const session = this.#session;
    const isCalledBack = session?.isGood === true && this.#subscribed.size > 0;
    return {
      connected: session?.hasEvents === true || isCalledBack,
      synced: this.#synced,
      scheduler: this.#scheduler,
      lastError: this.#lastError,
      problems: [
        ...this.#appProblems,
        ...Array.from(this.#callbackProblems, ([id, reason]) => ({ id, reason: `no callbacks: ${reason}` })),
      ],
    };
  }

  calledBack(data: string | undefined): void {
    // Whoever reaches the callback may say anything: it is a reason to look, and no more.
    const end = data === undefined ? undefined : endOf(data);
    if (end !== undefined) this.#told.add(end.id, -Infinity);
    this.#session?.work.ask();
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#closing.abort(new Error('closed'));
    await this.#running;
    await this.#unsubscribe();
    await this.#access.close();
  }

  /** One session after the other, each after a wait that grows while none is good. */
  async #run(): Promise<void> {
    const { random = Math.random, logger } = this.#options;
    let isFirst = this.#options.startWith !== undefined;
    while (!this.#closing.signal.aborted) {
      const base = this.#order[this.#attempt % this.#order.length] ?? '';
      const { reason, isGood, isStable } = await this.#follow(base, isFirst);
      isFirst = false;
      if (this.#closing.signal.aborted) return;
      this.#lastError = reason;
      this.#attempt = isGood ? 0 : this.#attempt + 1;
      this.#failures = isStable ? 0 : this.#failures + 1;
      logger.warn({ scheduler: base, reason }, 'Marathon is away; what is known is kept');
      const round = Math.floor(this.#failures / this.#order.length);
      await this.#wait(jittered(backoffMs(reconnect, round), random()));
    }
  }

  /** Follows one Marathon until it is lost. */
  async #follow(base: string, isKnown: boolean): Promise<{ reason: string; isGood: boolean; isStable: boolean }> {
    const abort = new AbortController();
    let close = (): void => undefined;
    let opening: NodeJS.Timeout | undefined;
    const ended = new Promise<string>((resolve) => {
      const session: Session = {
        base,
        abort,
        work: new PacedWork(() => this.#read(session)),
        end: resolve,
        startedAt: performance.now(),
        hasEvents: false,
        noEvents: undefined,
        isGood: false,
      };
      this.#session = session;
      const onClosing = (): void => resolve('closed');
      this.#closing.signal.addEventListener('abort', onClosing, { once: true, signal: abort.signal });
      this.#begin(session, isKnown).then(
        (begun) => {
          if (abort.signal.aborted) begun();
          else {
            close = begun;
            opening = setTimeout(() => {
              if (!session.isGood) session.work.ask();
            }, openPatienceMs);
          }
        },
        (error: unknown) => resolve(messageOf(error)),
      );
    });
    const reason = await ended;
    const session = this.#session;
    this.#session = undefined;
    clearTimeout(opening);
    session?.work.close();
    close();
    abort.abort(new Error(reason));
    const isGood = session?.isGood === true;
    const isStable = isGood && performance.now() - session.startedAt >= stableMs;
    return { reason, isGood, isStable };
  }

  /** Resolves with what closes the stream of events. */
  async #begin(session: Session, isKnown: boolean): Promise<() => void> {
    const { base, abort, work, end } = session;
    const { isEkiden, credentials, idleTimeoutMs = 30_000, logger } = this.#options;
    if (!URL.canParse(base)) throw new Error(`${base} is not a URL`);
    if (!isKnown && (await isEkiden?.(base, abort.signal)) === true) throw new Error(`${base} is an Ekiden`);
    if (abort.signal.aborted) return () => undefined;
    return followMarathonEvents({
      base,
      access: this.#access,
      user: credentials?.user,
      idleTimeoutMs,
      onOpen: () => {
        session.hasEvents = true;
        logger.info({ scheduler: base }, 'following the events of Marathon');
        work.ask();
      },
      onEvent: (data) => this.#hear(data),
      onEnd: (reason, isAbsent) => {
        session.hasEvents = false;
        if (!isAbsent) return end(reason);
        session.noEvents = `${reason}: there are no events, its apps are read every few seconds`;
        logger.warn({ scheduler: base, reason }, 'Marathon has no stream of events');
        work.ask();
      },
    });
  }

  /** An event of the stream. A task that is over is not sent anything any more, even before there is a look at the others. */
  #hear(data: string): void {
    const { catalog, onChange } = this.#options;
    const end = endOf(data);
    if (end !== undefined) {
      const { id, isOver } = end;
      this.#told.add(id, isOver ? performance.now() : -Infinity);
      if (isOver && catalog.position.epoch === this.#epoch && catalog.instances.has(id)) {
        this.#apply({ apps: [], removedApps: [], instances: [], removedInstances: [id] });
        onChange();
      }
    }
    this.#session?.work.ask();
  }

  #apply(change: CatalogChange): void {
    const { catalog } = this.#options;
    catalog.change(change);
    catalog.position = { epoch: this.#epoch, seq: ++this.#seq };
  }

  async #read(session: Session): Promise<void> {
    const { base, abort } = session;
    const { catalog, credentials } = this.#options;
    const startedAt = performance.now();
    try {
      const read = await readApps(
        { base, access: this.#access, user: credentials?.user, signal: abort.signal },
        { nowMs: Date.now(), previous: (taskId) => catalog.instances.get(taskId) },
      );
      if (abort.signal.aborted) return;
      this.#take(session, read, startedAt);
    } catch (error) {
      session.end(messageOf(error));
    }
  }

  /** Takes an answer over, unless it has to be confirmed by another one. */
  #take(session: Session, { apps, instances: listed, problems }: ReadApps, startedAt: number): void {
    const { catalog, logger, onChange } = this.#options;
    const { base, work } = session;
    if (!session.isGood) {
      session.isGood = true;
      this.#scheduler = base;
      this.#order = inFront(this.#order, base);
      this.#subscribing = this.#subscribe();
    }
    const instances = listed.filter(({ taskId }) => !this.#told.isNewsTo(startedAt, taskId));
    const ids = { apps: new Set(apps.map(({ id }) => id)), instances: new Set(instances.map((i) => i.taskId)) };
    const doubt = this.#guard.judge(catalog, ids, (id) => this.#told.has(id), performance.now());
    if (doubt !== undefined) {
      if (this.#lastError !== doubt)
        logger.warn({ scheduler: base, reason: doubt }, 'an answer of Marathon is doubted');
      this.#lastError = doubt;
      work.askIn(this.#guard.confirmAfterMs);
      return;
    }
    const change = catalogDiff(catalog, { apps, instances });
    const isFirst = !this.#synced || catalog.position.epoch !== this.#epoch;
    this.#lastError = session.noEvents;
    this.#appProblems = problems;
    this.#synced = true;
    if (isFirst || !isEmptyChange(change)) {
      this.#apply(change);
      onChange();
    }
    this.#told.forget(startedAt, (id) => catalog.instances.has(id) || catalog.apps.has(id));
    work.askIn(
      this.#pollMs(
        session,
        instances.some(({ ready }) => ready === false),
      ),
    );
  }

  #pollMs(session: Session, isWaitedFor: boolean): number {
    const isTold = session.noEvents === undefined || this.#subscribed.size > 0;
    return Math.min(
      this.#options.pollMs,
      isWaitedFor ? readinessPollMs : Infinity,
      isTold ? Infinity : eventlessPollMs,
    );
  }

  /** Asks all Marathons to call back: whichever leads then keeps it. */
  async #subscribe(): Promise<void> {
    const { callbackUrl, schedulers, logger } = this.#options;
    if (callbackUrl === undefined) return;
    for (const base of schedulers) {
      if (this.#closing.signal.aborted) return;
      const outcome = await subscribe({ base, access: this.#access, callbackUrl });
      if (outcome.isSubscribed) {
        this.#subscribed.add(base);
        this.#callbackProblems.delete(base);
        continue;
      }
      this.#subscribed.delete(base);
      if (this.#callbackProblems.get(base) === outcome.reason) continue;
      this.#callbackProblems.set(base, outcome.reason);
      logger.warn(
        { scheduler: base, reason: outcome.reason },
        'Marathon does not call back; its event stream is followed',
      );
    }
  }

  async #unsubscribe(): Promise<void> {
    const { callbackUrl } = this.#options;
    if (callbackUrl === undefined) return;
    const done = this.#subscribing.then(() =>
      Promise.all(Array.from(this.#subscribed, (base) => unsubscribe({ base, access: this.#access, callbackUrl }))),
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, unsubscribeTimeoutMs)));
    await Promise.race([done, late]);
    clearTimeout(timer);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#closing.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#closing.signal.addEventListener('abort', done, { once: true });
    });
  }
}

function inFront(list: readonly string[], first: string): readonly string[] {
  return list[0] === first ? list : [first, ...list.filter((element) => element !== first)];
}
