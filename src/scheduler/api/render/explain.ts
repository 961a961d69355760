import type { PathId } from '../../../common/path-id.js';
import { askOf } from '../../core/match/ask.js';
import { instancesOf, runSpecOf } from '../../core/state.js';
import type { SchedulerState } from '../../core/state.js';
import { isPod } from '../../model/run-spec.js';
import { toTimestamp } from '../../core/timestamps.js';
import { renderDelay } from './queue.js';
import { renderRefusal } from './refusal.js';

/**
 * Why an app or pod has fewer instances than wanted, as far as is known: `GET /ekiden/v1/explain/{app}`. Undefined: there is none.
 * `reasons` are sentences for people, most decisive first; the rest are the facts behind them.
 */
export function renderExplanation(state: SchedulerState, id: PathId, nowMs: number): object | undefined {
  const app = runSpecOf(state, id);
  if (app === undefined) return undefined;
  const entry = state.queue.get(id);
  const delay = state.delays.get(id);
  const held = delay !== undefined && delay.untilMs > nowMs ? delay : undefined;
  const fields = askOf(app).unplaceable;
  const artifacts = isPod(app) ? [] : app.storeUrls.filter((url) => !state.artifacts.has(url));
  const refusing = [...(entry?.offers.lastRefusals ?? [])].map(([agentId, { hostname, at, refusals }]) => ({
    agentId,
    hostname,
    at,
    refusals: refusals.map(renderRefusal),
  }));
  const reasons: string[] = [];
  if (entry !== undefined) {
    reasons.push(...fields.map((field) => `Nothing here can place ${isPod(app) ? 'a pod' : 'an app'} with this '${field}' yet.`));
    for (const url of artifacts) {
      reasons.push(
        `${url} is not in the artifact store: ${state.artifactErrors.get(url) ?? 'it is being downloaded'}.`,
      );
    }
    if (state.connectedMaster === undefined) reasons.push('There is no connection to a Mesos master.');
    if (held !== undefined) {
      const { timeLeftSeconds } = renderDelay(held, nowMs);
      reasons.push(`Its last tasks failed: the next launch waits ${timeLeftSeconds} s more.`);
    }
    for (const { hostname, refusals } of refusing) {
      for (const { reason, needed, had } of refusals) {
        reasons.push(`${hostname}: ${reason}, needs ${needed}, the offer has ${had}.`);
      }
    }
    if (reasons.length === 0 && entry.offers.processed === 0) reasons.push('No offer has been seen since it waits.');
  }
  const deployment = state.locks.get(id);
  return {
    appId: id,
    version: app.version,
    instances: app.instances,
    live: instancesOf(state, id).length,
    waiting: entry?.count ?? 0,
    since: entry?.since,
    reasons,
    unplaceable: fields,
    connected: state.connectedMaster !== undefined,
    delay: held === undefined ? undefined : { until: toTimestamp(held.untilMs), ...renderDelay(held, nowMs) },
    offers:
      entry === undefined
        ? undefined
        : {
            processed: entry.offers.processed,
            unused: entry.offers.unused,
            lastUsedAt: entry.offers.lastUsedAt,
            lastUnusedAt: entry.offers.lastUnusedAt,
          },
    agents: refusing,
    deployment,
  };
}
