import type { LbBackend, LbBackends } from '../api/edge-live.js';

/** What is drawn of one backend: the same number of values in each, null where it was not there or nothing was said. */
export interface BackendSeries {
  /** Seconds since 1970. */
  readonly at: readonly number[];
  readonly rate: readonly (number | null)[];
  readonly sessions: readonly (number | null)[];
  /** Requests that failed, in each second. */
  readonly errors: readonly (number | null)[];
  /** Answers of 5xx, in each second. */
  readonly serverErrors: readonly (number | null)[];
  readonly responseMs: readonly (number | null)[];
}

/** What is kept of a backend in one sample; its servers are many, and only those of now are shown. */
interface Kept {
  readonly rate: number;
  readonly sessions: number;
  readonly errors: number;
  readonly serverErrors: number;
  readonly responseMs: number | null;
}

interface Sample {
  readonly at: number;
  readonly backends: ReadonlyMap<string, Kept>;
}

function keptOf({ rate, sessions, errors, responses, responseMs }: LbBackend): Kept {
  return { rate, sessions, errors, serverErrors: responses['5xx'], responseMs };
}

/** Charts show so much of the past, in milliseconds. */
export const shownMs = 5 * 60_000;
/** A sample comes every two seconds; what comes more often than that is not all kept. */
const maxSamples = 200;
/** Of very many backends only the first ones have lines: 200 samples of each take some ten megabytes. */
const maxBackends = 1_000;

/** How much a counter has grown in each second; null where it was not known before, or began anew. */
function growth(now: number, before: number | undefined, seconds: number): number | null {
  if (before === undefined || seconds <= 0 || now < before) return null;
  return (now - before) / seconds;
}

/** What HAProxy has said of its backends in the last five minutes, as long as the page is open. */
export class Samples {
  #samples: readonly Sample[] = [];

  /** Samples that are not newer than the last one change nothing. */
  take({ at, backends }: LbBackends): void {
    const ms = Date.parse(at);
    const last = this.#samples.at(-1);
    if (Number.isNaN(ms) || (last !== undefined && ms <= last.at)) return;
    const kept = this.#samples.filter((sample) => ms - sample.at <= shownMs).slice(1 - maxSamples);
    this.#samples = [
      ...kept,
      { at: ms, backends: new Map(backends.slice(0, maxBackends).map((backend) => [backend.name, keptOf(backend)])) },
    ];
  }

  /** Forgets everything: another process of the load balancer counts anew. */
  clear(): void {
    this.#samples = [];
  }

  get size(): number {
    return this.#samples.length;
  }

  of(name: string): BackendSeries {
    const at: number[] = [];
    const series = {
      rate: [] as (number | null)[],
      sessions: [] as (number | null)[],
      errors: [] as (number | null)[],
      serverErrors: [] as (number | null)[],
      responseMs: [] as (number | null)[],
    };
    let before: Sample | undefined;
    for (const sample of this.#samples) {
      const backend = sample.backends.get(name);
      const old = before?.backends.get(name);
      const seconds = before === undefined ? 0 : (sample.at - before.at) / 1000;
      at.push(sample.at / 1000);
      series.rate.push(backend?.rate ?? null);
      series.sessions.push(backend?.sessions ?? null);
      series.errors.push(backend === undefined ? null : growth(backend.errors, old?.errors, seconds));
      series.serverErrors.push(backend === undefined ? null : growth(backend.serverErrors, old?.serverErrors, seconds));
      series.responseMs.push(backend?.responseMs ?? null);
      before = sample;
    }
    return { at, ...series };
  }
}

/** A series in a sentence, for those who do not see the chart: `now 12, between 3 and 20 in the last 4 min`. */
export function seriesText(values: readonly (number | null)[], unit: string): string {
  const known = values.filter((value) => value !== null);
  const last = values.at(-1);
  if (known.length === 0) return 'nothing known yet';
  const text = (value: number): string => `${Math.round(value * 10) / 10}${unit}`;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const now = last === null || last === undefined ? 'not known now' : `now ${text(last)}`;
  return low === high ? `${now}, all the time` : `${now}, between ${text(low)} and ${text(high)}`;
}

/** Points of a line through the values, from left to right over `width`, the highest at 0 and 0 at `height`: SVG's `points`, a line for each piece without gaps. */
export function linePoints(values: readonly (number | null)[], width: number, height: number): string[] {
  const highest = Math.max(1, ...values.map((value) => value ?? 0));
  const step = values.length < 2 ? width : width / (values.length - 1);
  const pieces: string[][] = [[]];
  for (const [index, value] of values.entries()) {
    if (value === null) pieces.push([]);
    else {
      const y = height - (value / highest) * height;
      pieces.at(-1)?.push(`${Math.round(index * step * 10) / 10},${Math.round(y * 10) / 10}`);
    }
  }
  return pieces.filter((piece) => piece.length > 1).map((piece) => piece.join(' '));
}
