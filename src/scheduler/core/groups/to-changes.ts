import type { AppDefinition, Timestamp } from '../../model/app-definition.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { Rejection } from '../commands.js';
import type { AppDraft } from '../normalize/app-draft.js';
import { changeKind } from '../normalize/change-kind.js';
import type { ChangeKind } from '../normalize/change-kind.js';
import { podChangeKind } from '../normalize/pods/pod-change-kind.js';
import type { PodDraft } from '../normalize/pods/pod-draft.js';
import { assignServicePorts, servicePortsOf } from '../normalize/service-ports.js';
import type { Tx } from '../tx.js';
import type { RunSpecChange } from './changes.js';

/** An app or pod before its deployment gives it a version. */
export type RunSpecDraft = AppDraft | PodDraft;

/**
 * Why a definition is set. `restart`: the configuration counts as changed even when it is equal. `revert`: if it is equal, the
 * instances that the reverted deployment has already started count as well as those from before it.
 */
export type Intent = 'update' | 'restart' | 'revert';

function isPodDraft(draft: RunSpecDraft): draft is PodDraft {
  return 'containers' in draft;
}

interface Comparison {
  readonly from: RunSpec | undefined;
  readonly changed: ChangeKind;
}

/** What there is of a draft already, and how the draft differs from it. */
function compare(tx: Tx, draft: RunSpecDraft): Comparison {
  if (isPodDraft(draft)) {
    const from = tx.state.pods.get(draft.id);
    return { from, changed: from === undefined ? 'upgrade' : podChangeKind(from, draft) };
  }
  const from = tx.state.apps.get(draft.id);
  return { from, changed: from === undefined ? 'upgrade' : changeKind(from, draft) };
}

/**
 * When the configuration of the definition that `from` is replaced by (undefined: that is made) counts as changed: now for another
 * configuration, as before for the same. What a revert makes again is as it was: instances that have not been ended yet are its own.
 */
function configChangeAt(
  from: RunSpec | undefined,
  draft: RunSpecDraft,
  version: Timestamp,
  intent: Intent,
  isUpgrade: boolean,
): Timestamp {
  if (isUpgrade) return version;
  const old = draft as Partial<Pick<AppDefinition, 'versionInfo'>>;
  return intent === 'revert' && old.versionInfo !== undefined
    ? old.versionInfo.lastConfigChangeAt
    : (from?.versionInfo.lastConfigChangeAt ?? version);
}

/** The service ports that the apps of one request may be given. */
class FreePorts {
  readonly #tx: Tx;
  readonly #taken = new Set<number>();
  /** Below it none is free. */
  #lowest: number;

  constructor(tx: Tx) {
    this.#tx = tx;
    this.#lowest = tx.settings.localPortMin;
  }

  /** Another app of the request has these ports. */
  take(ports: readonly number[]): void {
    for (const port of ports) this.#taken.add(port);
  }

  lowestFrom(from: number): number | undefined {
    const { servicePorts } = this.#tx.state;
    const max = this.#tx.settings.localPortMax;
    let port = servicePorts.lowestFree(Math.max(from, this.#lowest), max);
    while (port !== undefined && this.#taken.has(port)) port = servicePorts.lowestFree(port + 1, max);
    if (from <= this.#lowest) this.#lowest = port ?? max + 1;
    return port;
  }
}

/** Gives an app its service ports; pods have none. */
function withPorts(
  tx: Tx,
  draft: RunSpecDraft,
  free: FreePorts,
): { readonly draft: RunSpecDraft } | { readonly rejection: Rejection } {
  if (isPodDraft(draft)) return { draft };
  const { localPortMin: min, localPortMax: max } = tx.settings;
  const from = tx.state.apps.get(draft.id);
  const assigned = assignServicePorts(draft, from, (port) => free.lowestFrom(port), { min, max });
  return assigned.ok ? { draft: assigned.draft } : { rejection: { kind: 'portsExhausted', min, max } };
}

/** Takes a normalised draft with its ports to the change that it makes: version, version info. Undefined when it changes nothing. */
function toChange(tx: Tx, draft: RunSpecDraft, version: Timestamp, intent: Intent): RunSpecChange | undefined {
  const { from, changed } = compare(tx, draft);
  if (from === undefined) {
    const lastConfigChangeAt = configChangeAt(from, draft, version, intent, false);
    return { kind: 'create', to: { ...draft, version, versionInfo: { lastScalingAt: version, lastConfigChangeAt } } };
  }
  const isUpgrade = changed === 'upgrade' || intent === 'restart';
  const to = {
    ...draft,
    version,
    versionInfo: {
      lastScalingAt: from.instances === draft.instances && !isUpgrade ? from.versionInfo.lastScalingAt : version,
      lastConfigChangeAt: configChangeAt(from, draft, version, intent, isUpgrade),
    },
  };
  // Instances of an older configuration are left from a rollout that was cancelled: this change brings it to its end. One that still runs
  // gets there by itself, and is no reason to refuse a request that asks for nothing else.
  const { before: old } = tx.state.tallies.split(from.id, to.versionInfo.lastConfigChangeAt);
  const unfinished = old.total > old.parked;
  const isLeft = unfinished && !tx.state.locks.has(from.id);
  if (changed === 'none' && intent === 'update' && !isLeft) return undefined;
  return { kind: isUpgrade || unfinished ? 'upgrade' : 'scale', from, to };
}

/** The changes that normalised drafts make, or why they cannot be made; nothing is changed yet. Each id occurs once. */
export function toChanges(
  tx: Tx,
  version: Timestamp,
  drafts: readonly RunSpecDraft[],
  intent: Intent = 'update',
): { readonly changes: readonly RunSpecChange[] } | { readonly rejection: Rejection } {
  const changes: RunSpecChange[] = [];
  const free = new FreePorts(tx);
  for (const draft of drafts) {
    const assigned = withPorts(tx, draft, free);
    if ('rejection' in assigned) return assigned;
    const change = toChange(tx, assigned.draft, version, intent);
    if (change === undefined || change.kind === 'delete') continue;
    changes.push(change);
    if (!isPod(change.to)) free.take(servicePortsOf(change.to));
  }
  return { changes };
}
