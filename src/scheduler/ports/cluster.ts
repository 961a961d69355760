import type { ClusterCall } from '../core/effects.js';
import type { Offer } from '../model/offer.js';
import type { TaskStatusUpdate } from '../model/task-status.js';

/** What a cluster tells the scheduler. Calls come one at a time, in the order of the events. */
export interface ClusterListener {
  /** `region`: that of the master, when it has one (a fault domain). */
  registered(frameworkId: string, master: string, region?: string): void;
  disconnected(): void;
  offers(offers: readonly Offer[]): void;
  rescinded(offerId: string): void;
  status(status: TaskStatusUpdate): void;
  /** What an executor sends to its framework; one number from -128 to 127 for each byte. */
  frameworkMessage(executorId: string, agentId: string, message: readonly number[]): void;
  /** The master refuses this framework for good (ERROR event, e.g. "Framework has been removed"). */
  refused(message: string): void;
}

/** The scheduler's connection to Mesos. It reconnects by itself until it is closed. */
export interface Cluster {
  /** Subscribes, with the framework id of former times if there is one. */
  start(frameworkId: string | undefined, listener: ClusterListener): void;
  /**
   * Sends calls in the order given; may be asked before `start`. The roles of the last `subscribeRoles` are those of every later
   * subscription, too. Other calls that cannot be sent (not connected, refused) are dropped with a log line: offers are
   * void then, kills and reconciliation are repeated by the core, unacknowledged updates are sent again by Mesos.
   */
  send(calls: readonly ClusterCall[]): Promise<void>;
  close(): Promise<void>;
}
