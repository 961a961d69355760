import { backoffMs } from '../../common/backoff.js';
import { messageOf, StartupError, UsageError } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { sleep } from '../../common/time.js';
import type { AnswererSettings } from '../answerer.js';
import { noCounts } from '../metrics/answer-counts.js';
import type { ZoneChange } from '../served/zone-change.js';
import type { Answerers } from './answerers.js';
import { sumCounts } from './sum-counts.js';
import { WorkerLife } from './worker-life.js';
import type { WorkerEnd, WorkerStatus, WorkerTerms } from './worker-life.js';
import { ZoneFeed } from './zone-feed.js';

/** Bounds, which tests set otherwise. */
export interface WorkerLimits {
  readonly reportEveryMs: number;
  readonly maxSilentReports: number;
  readonly maxWaitingWeight: number;
  /** A worker that lived so long did not die of its start. */
  readonly goodLifeMs: number;
  /** After so many that did not, one after the other in the same place, another one is not tried. */
  readonly maxRestarts: number;
}

const usualLimits: WorkerLimits = {
  reportEveryMs: 1_000,
  maxSilentReports: 30,
  maxWaitingWeight: 500_000,
  goodLifeMs: 60_000,
  maxRestarts: 8,
};

/** Between the second restart and those after it: the first one is immediate. */
const restartWaits = { initialMs: 250, factor: 2, maxMs: 10_000 };

/** The place of one worker: when it ends, another one takes it. */
interface Place {
  life: WorkerLife | undefined;
  /** One has served here: the settings are good, and the ports can be had. */
  hasServed: boolean;
  /** Those that were started since the last one with a good life. */
  restarts: number;
}

function describeEnd({ status, signal, reason }: WorkerEnd): string {
  const how = signal === null ? `ended with status ${status}` : `was ended by ${signal}`;
  return reason === undefined ? how : `${how} (${reason})`;
}

/** What several of the processes that answer have in common. */
class Workers implements Answerers {
  readonly #terms: WorkerTerms;
  readonly #limits: WorkerLimits;
  readonly #logger: Logger;
  readonly #feed: ZoneFeed;
  readonly #places: readonly Place[];
  readonly #closing = new AbortController();
  #past = noCounts();
  #waiting: { readonly serial: number; readonly resolve: () => void }[] = [];
  #closed: Promise<void> | undefined;

  constructor(options: {
    settings: AnswererSettings;
    count: number;
    subscribe: (listener: (change: ZoneChange) => void) => () => void;
    logger: Logger;
    limits: WorkerLimits;
  }) {
    const { settings, count, logger, limits } = options;
    this.#limits = limits;
    this.#logger = logger;
    this.#terms = { settings, logger, ...limits };
    this.#places = Array.from({ length: count }, () => ({ life: undefined, hasServed: false, restarts: 0 }));
    this.#feed = new ZoneFeed(options.subscribe, (parcel) => {
      for (const { life } of this.#places) life?.tell(parcel);
    });
  }

  get counts() {
    const now = this.#places.flatMap(({ life }) => life?.counts ?? []);
    return sumCounts([this.#past, ...now]);
  }

  workers(): WorkerStatus[] {
    return this.#places.flatMap(({ life }) => life?.status ?? []);
  }

  whenServed(serial: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ serial, resolve });
      this.#look();
    });
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  /** Starts all and resolves when all of them serve. */
  async start(fatal: (error: Error) => void): Promise<void> {
    const kept = this.#places.map((place) => {
      let serves: () => void = () => undefined;
      const first = new Promise<void>((resolve) => (serves = resolve));
      const whole = this.#keep(place, serves);
      return { first: Promise.race([first, whole]), whole };
    });
    await Promise.all(kept.map(({ first }) => first));
    for (const { whole } of kept) {
      whole.catch((error: unknown) => fatal(error instanceof Error ? error : new Error(messageOf(error))));
    }
  }

  /** Keeps a worker in `place` until all are closed; `serves` is called when one of them answers. Throws when none can be kept. */
  async #keep(place: Place, serves: () => void): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const life = new WorkerLife(this.#terms, this.#feed.whole(), () => this.#look());
      place.life = life;
      const start = await life.started;
      this.#feed.forgetWhole();
      if (start.type === 'serving') {
        place.hasServed = true;
        serves();
      } else if (start.type === 'failed' && !place.hasServed) {
        throw start.usage ? new UsageError(start.message) : new StartupError(start.message);
      }
      const end = await life.ended;
      this.#past = sumCounts([this.#past, life.counts]);
      place.life = undefined;
      this.#look();
      if (signal.aborted) return;
      await sleep(this.#waitAfter(end, place), signal);
    }
  }

  /** How long to wait with the next one, in milliseconds. Throws when there is not to be one. */
  #waitAfter(end: WorkerEnd, place: Place): number {
    const { goodLifeMs, maxRestarts } = this.#limits;
    const sentence = `a process that answers queries ${describeEnd(end)}`;
    const { printed } = end;
    place.restarts = end.livedMs >= goodLifeMs ? 1 : place.restarts + 1;
    if (place.restarts > maxRestarts) {
      throw new StartupError(`${sentence}, like ${maxRestarts} before it that did not last either${shown(printed)}`);
    }
    const restartInMs = place.restarts === 1 ? 0 : backoffMs(restartWaits, place.restarts - 2);
    const fields = { restartInMs, ...(printed === '' ? {} : { printed }) };
    this.#logger.error(fields, `${sentence}, another one is started`);
    return restartInMs;
  }

  /** Looks whether somebody waits for what is served now. */
  #look(): void {
    if (this.#waiting.length === 0) return;
    const serials = this.workers().flatMap(({ serving, serial }) => (serving ? serial : []));
    if (serials.length === 0) return;
    const reached = Math.min(...serials);
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ serial }) => serial > reached);
    for (const { serial, resolve } of waiting) if (serial <= reached) resolve();
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.#feed.stop();
    await Promise.all(this.#places.flatMap(({ life }) => life?.end() ?? []));
  }
}

function shown(printed: string): string {
  const last = printed.split('\n').find((line) => /\S/.test(line));
  return last === undefined ? '' : `: ${last.trim()}`;
}

/**
 * Starts `count` processes that answer queries from the same sockets, and tells them the zone: `subscribe` tells all of it at once,
 * and then what changes. Resolves when all of them answer. A process that ends is replaced, at once and then with growing waits;
 * while one is there the sockets stay open, and the others take what comes. `fatal` is called when one cannot be kept alive.
 * Throws UsageError for bad settings, StartupError for ports that cannot be had and when they end again and again at the start.
 */
export async function startWorkers(
  settings: AnswererSettings,
  count: number,
  parts: {
    readonly subscribe: (listener: (change: ZoneChange) => void) => () => void;
    readonly logger: Logger;
    readonly fatal: (error: Error) => void;
    readonly limits?: Partial<WorkerLimits>;
  },
): Promise<Answerers> {
  const { subscribe, logger, fatal } = parts;
  const workers = new Workers({ settings, count, subscribe, logger, limits: { ...usualLimits, ...parts.limits } });
  try {
    await workers.start(fatal);
  } catch (error) {
    await workers.close();
    throw error;
  }
  return workers;
}
