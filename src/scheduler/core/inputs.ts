import type { Offer } from '../model/offer.js';
import type { ReadinessResponse } from '../model/readiness.js';
import type { TaskStatusUpdate } from '../model/task-status.js';
import type { Command } from './commands.js';

/** The result of one run of one Marathon-level health check. */
export interface HealthResult {
  readonly taskId: string;
  /** Index into the app's `healthChecks`. */
  readonly checkIndex: number;
  /** `ignored`: a 1xx answer with ignoreHttp1xx. */
  readonly result: 'healthy' | 'unhealthy' | 'ignored';
  readonly cause?: string;
}

/** The result of one run of a task's readiness check. */
export interface ReadinessResult {
  readonly taskId: string;
  readonly response: ReadinessResponse;
}

/** All that can happen to the scheduler. One input is stepped after the other. */
export type Input =
  | {
      /** The state was just loaded: everything is looked at once, and deployments go on. */
      readonly type: 'loaded';
    }
  | { readonly type: 'command'; readonly requestId: number; readonly command: Command }
  | {
      readonly type: 'registered';
      readonly frameworkId: string;
      readonly master: string;
      /** The master's, when it has a fault domain. */
      readonly region?: string;
    }
  | { readonly type: 'disconnected' }
  | { readonly type: 'offers'; readonly offers: readonly Offer[] }
  | { readonly type: 'rescinded'; readonly offerId: string }
  | { readonly type: 'status'; readonly status: TaskStatusUpdate }
  | {
      /** An executor says something to the framework; one number from -128 to 127 for each byte. */
      readonly type: 'frameworkMessage';
      readonly executorId: string;
      readonly agentId: string;
      readonly message: readonly number[];
    }
  | { readonly type: 'health'; readonly results: readonly HealthResult[] }
  | { readonly type: 'readiness'; readonly results: readonly ReadinessResult[] }
  | {
      /** What came of a download: where tasks fetch it from, or why there is nothing. */
      readonly type: 'artifact';
      readonly url: string;
      readonly result: { readonly uri: string } | { readonly error: string };
    }
  /** Other name servers and load balancers (`role host:port`) than before follow the catalog. */
  | { readonly type: 'edges'; readonly edges: readonly string[] }
  /** Nobody sends anything to these instances any more. */
  | { readonly type: 'drained'; readonly instanceIds: readonly string[] }
  /** Time has passed: the engine sends it when the instant that `nextWakeMs` asked for has come. */
  | { readonly type: 'tick' };
