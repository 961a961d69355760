import type { BackoffPolicy } from '../../../common/backoff.js';
import { backoffMs, jittered } from '../../../common/backoff.js';
import type { HttpClient } from '../../../common/http-client.js';
import type { Logger } from '../../../common/logger.js';
import type { Clock } from '../../../common/time.js';
import { sleep } from '../../../common/time.js';
import type { Cluster, ClusterListener } from '../../ports/cluster.js';
import type { FrameworkSettings } from './framework-info.js';
import type { Outbox } from './outbox.js';
import { RoleBook } from './role-subscription.js';
import type { Session } from './session.js';
import { runSession } from './session.js';

export interface MesosClusterOptions {
  /** Used for all calls; stays the caller's. Needs at least 5 connections per origin. */
  readonly http: HttpClient;
  /** `host:port` of each master, at least one; they are tried in turn, and their redirects to the leader followed. */
  readonly masters: readonly string[];
  readonly framework: FrameworkSettings;
  /** Secret of `framework.principal`, for masters with HTTP basic authentication. */
  readonly secret?: string;
  /** Marathon's `--mesos_heartbeat_interval`, until the master announces its own. */
  readonly heartbeatIntervalMs?: number;
  /** Marathon's `--mesos_heartbeat_failure_threshold`. */
  readonly heartbeatFailureThreshold?: number;
  readonly reconnect?: BackoffPolicy;
  readonly logger: Logger;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

const defaultReconnect: BackoffPolicy = { initialMs: 100, factor: 2, maxMs: 5_000 };

/** The scheduler's connection to a Mesos cluster, through the v1 scheduler HTTP API. */
export function createMesosCluster(options: MesosClusterOptions): Cluster {
  const { masters, framework, secret, logger, clock, random, reconnect = defaultReconnect } = options;
  const headers: Record<string, string> =
    framework.principal === undefined || secret === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${framework.principal}:${secret}`).toString('base64')}` };
  const roles = new RoleBook(framework.role);
  const closed = new AbortController();
  let session: Session | undefined;
  /** Takes calls while the framework is subscribed. */
  let outbox: Outbox | undefined;
  let loop: Promise<void> | undefined;

  async function run(formerId: string | undefined, listener: ClusterListener): Promise<void> {
    let frameworkId = formerId;
    let failures = 0;
    let turn = 0;
    /** The last reason that each master gave, so that a reason is logged once and not at every attempt. */
    const reasons = new Map<string, string>();

    while (!closed.signal.aborted) {
      const authority = masters[turn % masters.length];
      if (authority === undefined) throw new Error('no Mesos master is given');
      let subscribedAtMs = Infinity;
      const subscription = roles.current;
      const end = await runSession(
        {
          http: options.http,
          authority,
          framework,
          frameworkId,
          subscription,
          headers,
          heartbeatIntervalMs: options.heartbeatIntervalMs ?? 15_000,
          heartbeatFailureThreshold: options.heartbeatFailureThreshold ?? 5,
          logger,
        },
        {
          registered(id, master, region) {
            outbox = session?.outbox;
            // What was said while the subscription was under way
            if (roles.current.roles !== subscription.roles)
              void outbox?.send([{ type: 'subscribeRoles', ...roles.current }]);
            frameworkId = id;
            subscribedAtMs = clock();
            reasons.clear();
            logger.info({ master, frameworkId: id }, 'subscribed to Mesos');
            listener.registered(id, master, region);
          },
          offers: (offers) => listener.offers(offers),
          rescinded: (offerId) => listener.rescinded(offerId),
          status: (status) => listener.status(status),
          frameworkMessage: (...message) => listener.frameworkMessage(...message),
        },
        (opened) => (session = opened),
      );
      session = undefined;
      outbox = undefined;
      if (end.subscribed) listener.disconnected();
      if (closed.signal.aborted) return;
      if (end.refused) {
        logger.error({ reason: end.reason }, 'Mesos refuses this framework');
        listener.refused(end.reason);
        return;
      }
      if (end.subscribed || reasons.get(authority) !== end.reason) {
        logger.warn(
          { master: authority, reason: end.reason },
          end.subscribed ? 'the connection to Mesos was lost' : 'Mesos cannot be reached, trying again',
        );
      }
      reasons.set(authority, end.reason);
      // A subscription that held is news; one that broke at once counts as a failed attempt, or two broken ends would spin.
      const held = clock() - subscribedAtMs >= reconnect.maxMs;
      if (held) failures = 0;
      if (!end.subscribed) turn++;
      await sleep(jittered(backoffMs(reconnect, failures++), random()), closed.signal);
    }
  }

  return {
    start(frameworkId, listener) {
      if (loop !== undefined) throw new Error('the connection to Mesos was started already');
      loop = run(frameworkId, listener);
    },
    async send(calls) {
      if (calls.length === 0) return;
      for (const call of calls) roles.note(call);
      if (outbox === undefined) {
        // The next subscription says which roles there are
        const dropped = calls.filter(({ type }) => type !== 'subscribeRoles').length;
        if (dropped > 0) logger.warn({ count: dropped, reason: 'not connected' }, 'calls to Mesos were dropped');
        return;
      }
      await outbox.send(calls);
    },
    async close() {
      closed.abort();
      session?.end('closed');
      await loop;
    },
  };
}
