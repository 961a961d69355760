import { messageOf } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';
import type { MasterClient } from '../../../mesos/master-client.js';
import { refusalOf } from '../../../mesos/master-client.js';
import { masterAuthorityOf } from '../../../mesos/master-info.js';
import type { RecordStream } from '../../../mesos/record-stream.js';
import { openRecordStream } from '../../../mesos/record-stream.js';
import type { SchedulerEvent } from '../../../mesos/types.js';
import type { ClusterCall } from '../../core/effects.js';
import type { ClusterListener } from '../../ports/cluster.js';
import type { FrameworkSettings } from './framework-info.js';
import { frameworkInfoOf } from './framework-info.js';
import { offerOf } from './offer.js';
import type { Outbox } from './outbox.js';
import type { RoleSubscription } from './role-subscription.js';
import { createOutbox } from './outbox.js';
import { declineRefused, refusedLaunches } from './refused-accept.js';
import { schedulerCallOf } from './scheduler-call.js';
import { statusUpdateOf } from './task-status.js';

const path = '/api/v1/scheduler';

type SubscribeRoles = Extract<ClusterCall, { readonly type: 'subscribeRoles' }>;

/** Acknowledgements and kills of a large restart; far above what a healthy master lets pile up. */
const maxWaitingCalls = 100_000;

/** Executors' messages above that are dropped with a log line: each byte becomes several in every event. */
const maxMessageBytes = 1 << 20;

/** The connection to the master that is being used, or tried. */
export interface Session {
  readonly outbox: Outbox;
  /** Whether it is with the master that others know as `authority` (`host:port`): a redirect may call it by another name. */
  isWith(authority: string): boolean;
  /** Ends it as if the connection had been lost. */
  end(reason: string): void;
}

/** What a session tells of: a Cluster's events but for its beginning and end. */
export type SessionListener = Pick<
  ClusterListener,
  'registered' | 'offers' | 'rescinded' | 'status' | 'frameworkMessage'
>;

/** Why a session is over. */
export interface SessionEnd {
  /** Mesos will not have this framework (ERROR event), trying again is of no use. */
  readonly refused: boolean;
  /** Nothing is wrong with the master: the next session may begin at once. */
  readonly atOnce: boolean;
  readonly reason: string;
  /** Whether SUBSCRIBED was seen. */
  readonly subscribed: boolean;
}

export interface SessionOptions {
  readonly client: MasterClient;
  /** `host:port` of the master that is asked. */
  readonly authority: string;
  readonly framework: FrameworkSettings;
  readonly frameworkId: string | undefined;
  readonly subscription: RoleSubscription;
  /** Expected until the master says how often it sends one. */
  readonly heartbeatIntervalMs: number;
  /** Silence of this many heartbeat intervals = the connection is dead. */
  readonly heartbeatFailureThreshold: number;
  /** Asked before every call: whether this process may act for the framework at this very moment. */
  readonly mayAct: () => boolean;
  readonly logger: Logger;
}

const mayNotLead = 'this scheduler may not lead any more';

/** Longer timers would ring at once. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * Whether an answer means that the master no longer takes this session's calls, rather than that one call was wrong, or is not for this
 * principal to make.
 */
function endsSession(status: number, body: string): boolean {
  if (status === 400) return /Stream[ -]ID|Framework cannot be found/i.test(body);
  return status !== 403 || /not subscribed/i.test(body);
}

/**
 * Whether a master says that it does not take UPDATE_FRAMEWORK, whatever the roles: masters before Mesos 1.9 do not know it, and later ones
 * do not take it from a framework whose user or checkpointing is another than at its first registration, while SUBSCRIBE leaves those as
 * they were.
 */
function takesNoUpdate(status: number, body: string): boolean {
  if (status === 501) return true;
  const pattern = /Expecting 'type' to be present|Failed to find enum|Updating 'FrameworkInfo\.\w+' is unsupported/i;
  return status === 400 && pattern.test(body);
}

function sameRoles(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((role) => b.includes(role));
}

/** Rings when it was not fed for a while. */
function createWatchdog(ring: (silentMs: number) => void): {
  set: (limitMs: number) => void;
  feed: () => void;
  stop: () => void;
} {
  let timer: NodeJS.Timeout | undefined;
  return {
    set(limitMs) {
      clearTimeout(timer);
      timer = setTimeout(() => ring(limitMs), Math.min(limitMs, maxTimerMs));
    },
    feed: () => void timer?.refresh(),
    stop: () => clearTimeout(timer),
  };
}

/**
 * Subscribes at one master (or the one that it redirects to) and passes on what it says until the connection ends, the master
 * falls silent, a call shows that the session is void, or `end` is called. `opened` gets the session before anything else
 * happens. Never rejects: the result says how it ended.
 */
export async function runSession(
  options: SessionOptions,
  listener: SessionListener,
  opened: (session: Session) => void,
): Promise<SessionEnd> {
  const { client, framework, frameworkId, subscription, heartbeatFailureThreshold, logger } = options;
  const abort = new AbortController();
  let endReason: string | undefined;
  let atOnce = false;
  const end = (reason: string): void => {
    endReason ??= reason;
    outbox.stop();
    abort.abort();
  };
  const watchdog = createWatchdog((silentMs) => end(`nothing heard from the master for ${silentMs / 1000} s`));

  /** What the calls need; known once SUBSCRIBED has come. */
  let address: { url: string; headers: Readonly<Record<string, string>>; framework_id: { value: string } } | undefined;
  /** What the master is called. */
  let names: readonly string[] = [options.authority];
  let takesUpdates = true;

  /** UPDATE_FRAMEWORK was refused. */
  async function rolesRefused(call: SubscribeRoles, status: number, answer: string): Promise<void> {
    const noUpdate = takesNoUpdate(status, answer);
    if (status === 400 && call.offerConstraints !== undefined && !noUpdate) {
      // The roles are what matters; without constraints there are only more offers
      const { offerConstraints: _, ...roles } = call;
      await post(roles);
      return;
    }
    if (!noUpdate) return;
    takesUpdates = false;
    if (sameRoles(call.roles, subscription.roles)) return;
    // The next session begins with these roles, so that this happens once for each change of them
    atOnce = true;
    end(`the master takes no UPDATE_FRAMEWORK: the roles ${call.roles.join(', ')} need a new subscription`);
  }

  async function post(call: ClusterCall): Promise<void> {
    if (address === undefined) return;
    if (!options.mayAct()) {
      end(mayNotLead);
      return;
    }
    const { url, headers, framework_id } = address;
    if (call.type === 'subscribeRoles' && !takesUpdates && sameRoles(call.roles, subscription.roles)) return;
    try {
      const frameworkInfo = (roles: readonly string[]) => frameworkInfoOf(framework, framework_id.value, roles);
      const body = JSON.stringify({ framework_id, ...schedulerCallOf(call, frameworkInfo) });
      const answer = await client.http.request({ method: 'POST', url, headers, body, signal: abort.signal });
      const { status } = answer;
      if (status === 202 || status === 200) return;
      const text = answer.body.trim().slice(0, 500);
      logger.warn({ call: call.type, status, answer: text }, 'Mesos refused a call');
      if (endsSession(status, text) && status !== 501) {
        end(refusalOf(client, answer, `Mesos refused ${call.type}`).message);
        return;
      }
      if (call.type === 'subscribeRoles') await rolesRefused(call, status, text);
      if (call.type !== 'accept') return;
      await post(declineRefused(call));
      // Of a session that is over nothing is told any more: the next one reconciles
      if (abort.signal.aborted) return;
      for (const launch of refusedLaunches(call, text)) listener.status(launch);
    } catch (error) {
      // Whether the master got the call is unknown: the reconciliation that follows a new subscription finds out.
      end(`${call.type} could not be sent: ${messageOf(error)}`);
    }
  }

  const outbox = createOutbox({
    post,
    maxWaiting: maxWaitingCalls,
    dropped: (count, reason) => logger.warn({ count, reason }, 'calls to Mesos were dropped'),
  });

  let refusal: string | undefined;
  let subscribed = false;

  function handle(event: SchedulerEvent, { authority, url, streamId }: RecordStream<SchedulerEvent>): void {
    switch (event.type) {
      case 'SUBSCRIBED': {
        const { framework_id, heartbeat_interval_seconds: intervalSeconds, master_info: info } = event.subscribed;
        if (intervalSeconds !== undefined && intervalSeconds > 0) {
          watchdog.set(intervalSeconds * 1000 * heartbeatFailureThreshold);
        }
        const announced = masterAuthorityOf(info);
        names = announced === undefined ? [authority] : [authority, announced];
        address = {
          url,
          headers: {
            ...client.headers,
            'content-type': 'application/json',
            ...(streamId === undefined ? {} : { 'mesos-stream-id': streamId }),
          },
          framework_id,
        };
        subscribed = true;
        listener.registered(framework_id.value, authority, info?.domain?.fault_domain?.region.name);
        return;
      }
      case 'OFFERS':
        listener.offers(event.offers.offers.map((offer) => offerOf(offer, framework.role)));
        return;
      case 'RESCIND':
        listener.rescinded(event.rescind.offer_id.value);
        return;
      case 'UPDATE':
        listener.status(statusUpdateOf(event.update.status));
        return;
      case 'MESSAGE': {
        const { executor_id: executor, agent_id: agent, data } = event.message;
        const bytes = Buffer.from(data, 'base64');
        if (bytes.length > maxMessageBytes) {
          const fields = { executor: executor.value, bytes: bytes.length, allowed: maxMessageBytes };
          logger.warn(fields, 'a message of an executor is too large and was dropped');
        } else listener.frameworkMessage(executor.value, agent.value, [...Int8Array.from(bytes)]);
        return;
      }
      case 'ERROR':
        refusal = event.error.message;
        return;
      default:
        // HEARTBEAT fed the watchdog; FAILURE repeats what status updates tell; unknown events are not for us
        return;
    }
  }

  opened({ outbox, end, isWith: (authority) => names.includes(authority) });
  try {
    watchdog.set(options.heartbeatIntervalMs * heartbeatFailureThreshold);
    const stream = await openRecordStream<SchedulerEvent>(client, {
      authority: options.authority,
      path,
      call: {
        type: 'SUBSCRIBE',
        ...(frameworkId === undefined ? {} : { framework_id: { value: frameworkId } }),
        subscribe: {
          framework_info: frameworkInfoOf(framework, frameworkId, subscription.roles),
          suppressed_roles: subscription.suppressedRoles,
        },
      },
      idleTimeoutMs: 0, // the watchdog's business, because the master announces its interval
      signal: abort.signal,
      beforeSending() {
        if (!options.mayAct()) throw new Error(mayNotLead);
      },
    });
    names = [stream.authority];
    for await (const event of stream.messages) {
      if (abort.signal.aborted) break;
      watchdog.feed();
      try {
        handle(event, stream);
      } catch (error) {
        logger.error({ event: event.type, error: messageOf(error) }, 'an event of Mesos could not be handled');
      }
      if (refusal !== undefined) break;
    }
    end(refusal ?? 'the master ended the stream');
  } catch (error) {
    end(messageOf(error));
  } finally {
    watchdog.stop();
  }
  return { refused: refusal !== undefined, atOnce, reason: endReason ?? '', subscribed };
}
