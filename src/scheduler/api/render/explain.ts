import type { PathId } from '../../../common/path-id.js';
import { deploymentWaitOf } from '../../core/explain/deployment-wait.js';
import type { ActionWait, DeploymentWait } from '../../core/explain/deployment-wait.js';
import type { FieldChange } from '../../core/explain/field-change.js';
import { smallestChanges } from '../../core/explain/smallest-change.js';
import type { Suggestion } from '../../core/explain/smallest-change.js';
import { countedInstances } from '../../core/launch/counted-instances.js';
import { launchedDefinition } from '../../core/deployment/launched-definition.js';
import type { MatchRules } from '../../core/match/match-offer.js';
import { hostPortNeedOf, missingPorts } from '../../core/match/ports.js';
import { Spreads } from '../../core/match/spread.js';
import { runSpecOf } from '../../core/state.js';
import type { LaunchDelay, QueueEntry, SchedulerState } from '../../core/state.js';
import { toTimestamp } from '../../core/timestamps.js';
import type { EndedInstance } from '../../model/ended-instance.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import { actionWaitText, deploymentWaitText, endText, suggestionText } from './explain-texts.js';
import { renderDelay } from './queue.js';
import { constraintList, refusalText, renderRefusal } from './refusal.js';

/** So many agents are named for each suggestion. */
const maxShownAgents = 100;

/** The suggestions for what waits: computed from the last offers that were refused, and nothing else. */
function suggestionsFor(
  state: SchedulerState,
  runSpec: RunSpec,
  entry: QueueEntry | undefined,
  rules: MatchRules,
): readonly Suggestion[] {
  if (entry === undefined || entry.offers.lastRefusals.size === 0) return [];
  const spreads = new Spreads(() => countedInstances(state, runSpec));
  return smallestChanges(runSpec, [...entry.offers.lastRefusals.values()], spreads, rules);
}

function renderFieldChange(change: FieldChange): object {
  switch (change.field) {
    case 'constraints':
      return { field: 'constraints', removed: constraintList(change.constraint) };
    case 'acceptedResourceRoles':
      return { field: 'acceptedResourceRoles', to: change.to };
    case 'hostPorts':
      return { field: 'hostPorts', anyInPlaceOf: change.ports };
    default: {
      const { field, from, to, container } = change;
      return { field: field === 'memMib' ? 'mem' : field === 'diskMib' ? 'disk' : field, container, from, to };
    }
  }
}

function renderSuggestion(suggestion: Suggestion): object {
  const { changes, fits } = suggestion;
  return {
    text: suggestionText(suggestion),
    changes: changes.map(renderFieldChange),
    fits: fits.length,
    agents: fits.slice(0, maxShownAgents).map(({ agentId, hostname }) => ({ agentId, hostname })),
  };
}

/** On which agents each fixed port was free when they were last refused; only where one was missing. */
function fixedPortsOf(runSpec: RunSpec, entry: QueueEntry | undefined): readonly { port: number; freeOn: string[] }[] {
  const offers = [...(entry?.offers.lastRefusals.values() ?? [])];
  if (!offers.some(({ refusals }) => refusals.some((refusal) => refusal.missingPorts !== undefined))) return [];
  return hostPortNeedOf(runSpec).fixed.map((port) => ({
    port,
    freeOn: offers.flatMap(({ hostname, offer }) => {
      const offered = offer.resources.flatMap(({ ports }) => ports);
      return missingPorts([port], offered).length === 0 ? [hostname] : [];
    }),
  }));
}

function portText({ port, freeOn }: { readonly port: number; readonly freeOn: readonly string[] }): string {
  return `Port ${port} is free on ${freeOn.length === 0 ? 'no agent that was offered' : freeOn.join(', ')}.`;
}

/** Those that ended by themselves since the configuration is the present one: they are what the delay comes from. */
function failuresOf(runSpec: RunSpec, ended: readonly EndedInstance[]): readonly EndedInstance[] {
  const causes: ReadonlySet<EndedInstance['cause']['type']> = new Set(['exited', 'lost', 'containerEnded']);
  return ended.filter(
    ({ cause, version }) => causes.has(cause.type) && version >= runSpec.versionInfo.lastConfigChangeAt,
  );
}

function renderHeld(delay: LaunchDelay, failures: readonly EndedInstance[], nowMs: number): object {
  const last = failures.at(-1);
  return {
    until: toTimestamp(delay.untilMs),
    ...renderDelay(delay, nowMs),
    delaySeconds: delay.delayMs / 1000,
    failures: failures.length,
    lastFailure: last === undefined ? undefined : renderEnded(last),
  };
}

function delayText(delay: LaunchDelay, failures: readonly EndedInstance[], nowMs: number): string {
  const { timeLeftSeconds } = renderDelay(delay, nowMs);
  const last = failures.at(-1);
  const why = last === undefined ? '' : `; the last one ended at ${last.endedAt} on ${last.host}: ${endText(last)}`;
  const many = failures.length === 0 ? 'instances' : `${failures.length} instances`;
  const who = failures.length === 1 ? 'an instance ended by itself' : `${many} ended by themselves`;
  return (
    `The next launch waits ${timeLeftSeconds} s more (${Math.round(delay.delayMs / 100) / 10} s from the last attempt, until ` +
    `${toTimestamp(delay.untilMs)}), because ${who}${why}.`
  );
}

function renderActionWait(wait: ActionWait): object {
  const { action, wanted, present, healthy, ready, ending, draining, artifacts } = wait;
  return {
    [action.kind]: action.id,
    action: action.kind === 'pod' ? action.action.replace('Application', 'Pod') : action.action,
    text: actionWaitText(wait),
    wanted,
    present,
    healthy,
    ready,
    ending,
    draining,
    artifacts,
  };
}

function renderDeploymentWait(wait: DeploymentWait | undefined): object | undefined {
  if (wait === undefined) return undefined;
  const { deploymentId, step, steps, ownStep, waiting, waitsFor } = wait;
  return { id: deploymentId, step, steps, ownStep, waiting, waitsFor: waitsFor.map(renderActionWait) };
}

function renderEnded(ended: EndedInstance): object {
  const { cause, condition, state, reason, message, ...others } = ended;
  return { ...others, text: endText(ended), cause, condition, state, reason, message };
}

interface Facts {
  readonly runSpec: RunSpec;
  readonly entry: QueueEntry | undefined;
  readonly held: LaunchDelay | undefined;
  readonly failures: readonly EndedInstance[];
  readonly wait: DeploymentWait | undefined;
  readonly suggestions: readonly Suggestion[];
  readonly ports: readonly { readonly port: number; readonly freeOn: readonly string[] }[];
}

/** Sentences for people, the most decisive first. */
function reasonsOf(state: SchedulerState, nowMs: number, facts: Facts): readonly string[] {
  const { runSpec, entry, held, failures, wait, suggestions, ports } = facts;
  const reasons: string[] = [];
  if (entry !== undefined) {
    for (const url of isPod(runSpec) ? [] : runSpec.storeUrls.filter((one) => !state.artifacts.has(one))) {
      const why = state.artifactErrors.get(url) ?? 'it is being downloaded';
      reasons.push(`${url} is not in the artifact store: ${why}.`);
    }
    if (state.connectedMaster === undefined) reasons.push('There is no connection to a Mesos master.');
    if (held !== undefined) reasons.push(delayText(held, failures, nowMs));
  }
  if (wait !== undefined) reasons.push(deploymentWaitText(runSpec.id, wait));
  if (entry === undefined) return reasons;
  const isBlocked = reasons.length > (wait === undefined ? 0 : 1);
  reasons.push(...suggestions.map(suggestionText), ...ports.map(portText));
  for (const { hostname, refusals } of entry.offers.lastRefusals.values()) {
    reasons.push(...refusals.map((refusal) => refusalText(hostname, refusal)));
  }
  if (!isBlocked && entry.offers.processed === 0) reasons.push('No offer has been seen since it waits.');
  return reasons;
}

/**
 * Why an app or pod has fewer instances than wanted, and why others have ended, as far as is known: `GET /ekiden/v1/explain/{app}`.
 * Undefined: there is none. `reasons` are sentences for people, the rest are the facts behind them.
 */
export function renderExplanation(state: SchedulerState, id: PathId, rules: MatchRules): object | undefined {
  const current = runSpecOf(state, id);
  if (current === undefined) return undefined;
  const { nowMs } = rules;
  const runSpec = launchedDefinition(state, id) ?? current;
  const entry = state.queue.get(id);
  const delay = state.delays.get(id);
  const held = delay !== undefined && delay.untilMs > nowMs ? delay : undefined;
  const ended = state.ended.get(id) ?? [];
  const facts: Facts = {
    runSpec,
    entry,
    held,
    failures: failuresOf(runSpec, ended),
    wait: deploymentWaitOf(state, id),
    suggestions: suggestionsFor(state, runSpec, entry, rules),
    ports: fixedPortsOf(runSpec, entry),
  };
  return {
    appId: id,
    version: current.version,
    instances: current.instances,
    live: state.instancesOf.get(id)?.size ?? 0,
    waiting: entry?.count ?? 0,
    since: entry?.since,
    reasons: reasonsOf(state, nowMs, facts),
    suggestions: facts.suggestions.map(renderSuggestion),
    fixedPorts: facts.ports.length === 0 ? undefined : facts.ports,
    connected: state.connectedMaster !== undefined,
    delay: held === undefined ? undefined : renderHeld(held, facts.failures, nowMs),
    deployment: renderDeploymentWait(facts.wait),
    offers:
      entry === undefined
        ? undefined
        : {
            processed: entry.offers.processed,
            unused: entry.offers.unused,
            lastUsedAt: entry.offers.lastUsedAt,
            lastUnusedAt: entry.offers.lastUnusedAt,
          },
    agents: [...(entry?.offers.lastRefusals ?? [])].map(([agentId, { hostname, at, refusals }]) => ({
      agentId,
      hostname,
      at,
      refusals: refusals.map(renderRefusal),
    })),
    ended: ended.toReversed().map(renderEnded),
  };
}
