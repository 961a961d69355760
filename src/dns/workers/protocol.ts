import type { AnswererSettings } from '../answerer.js';
import type { AnswerCounts } from '../metrics/answer-counts.js';

/** What the process that follows the cluster tells a worker, in this order: the settings, the zone as it is, `serve`, changes of the zone. */
export type ToWorker =
  | {
      readonly type: 'settings';
      readonly settings: AnswererSettings;
      /** Lines of the level debug are wanted. */
      readonly verbose: boolean;
    }
  /** A ZoneChange as JSON: written once for all workers, and read faster than a clone of the objects. */
  | { readonly type: 'zone'; readonly change: string }
  /** What the zone is has been told: the ports are opened. */
  | { readonly type: 'serve' }
  /** Asks for the counts; whoever does not answer for long is stuck. */
  | { readonly type: 'report' };

/** What a worker tells. */
export type FromWorker =
  /** The first message of all: settings are taken from here on. */
  | { readonly type: 'ready' }
  /** One `zone` message was applied. */
  | { readonly type: 'applied'; readonly serial: number; readonly names: number }
  /** The ports are open. */
  | { readonly type: 'serving' }
  /** They cannot be had, or the settings make no sense: one line for the user. */
  | { readonly type: 'failed'; readonly usage: boolean; readonly message: string }
  /** `counts` is absent when nothing was counted since the last report. */
  | { readonly type: 'report'; readonly counts?: AnswerCounts }
  /** `fields` is JSON. */
  | {
      readonly type: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly fields: string;
      readonly message: string;
    };
