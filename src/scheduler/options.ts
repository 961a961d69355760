import type { CoreSettings } from './core/settings.js';

/** Settings of `ekiden scheduler`. Names follow Marathon's flags; times are in milliseconds unless the name says otherwise. */
export interface SchedulerOptions extends CoreSettings {
  readonly host: string;
  readonly httpPort: number;
  /** What `X-Marathon-Leader` and `/v2/leader` show (`--hostname`). */
  readonly hostname: string;
  /** `host:port` of each Mesos master, separated by commas; redirects to the leading one are followed. */
  readonly master: string;
  /** The embedded store is kept in `<workDir>/scheduler`. */
  readonly workDir: string;
  readonly frameworkName: string;
  readonly mesosUser: string | undefined;
  readonly failoverTimeoutSeconds: number;
  readonly webuiUrl: string | undefined;
  readonly maxConcurrentHealthChecks: number;
  readonly eventStreamMaxOutstandingMessages: number;
}
