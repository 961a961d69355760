import type { PathId } from '../../../common/path-id.js';
import type { PodDefinition } from '../../model/pod-definition.js';
import type { Violation } from '../commands.js';
import type { AppDraft } from '../normalize/app-draft.js';
import { appJsonOf } from '../normalize/app-json-of.js';
import type { AppUpdate } from '../normalize/app-update.js';
import { buildDefinition } from '../normalize/build-definition.js';
import type { DefinitionOptions } from '../normalize/options.js';
import { buildPod } from '../normalize/pods/build-pod.js';
import type { PodDraft } from '../normalize/pods/pod-draft.js';
import { podJsonOf } from '../normalize/pods/pod-json-of.js';
import type { PodUpdate } from '../normalize/pods/pod-update.js';
import type { Tx } from '../tx.js';
import type { GroupContent } from './changes.js';
import { roleSettings, topGroupOf } from './roles.js';

type Built<Draft> =
  { readonly ok: true; readonly draft: Draft } | { readonly ok: false; readonly violations: readonly Violation[] };

/** Where an app or pod is defined. */
interface Place {
  readonly id: PathId;
  /** What relative dependencies are relative to; the root group when absent. */
  readonly base?: PathId;
  /** A group as it will be when the request is carried out; as it is when absent. */
  readonly groupOf?: (id: PathId) => GroupContent;
}

function optionsOf(tx: Tx, place: Place, partial: boolean, currentRole: string | undefined): DefinitionOptions {
  const { settings, state } = tx;
  const top = topGroupOf(place.id);
  const groupOf = place.groupOf ?? ((id: PathId) => state.groups.get(id));
  // A group that this request makes by the way enforces its role if new ones do.
  const enforceNew = settings.newGroupEnforceRole === 'top';
  const topGroup =
    top === undefined ? undefined : (groupOf(top) ?? { id: top, dependencies: [], enforceRole: enforceNew });
  return {
    partial,
    mesosRole: settings.mesosRole,
    roles: roleSettings(place.id, topGroup, settings.mesosRole, currentRole),
    base: place.base ?? '/',
    hasArtifactStore: settings.artifactStore !== undefined,
    features: settings.features,
    mesosBridgeName: settings.mesosBridgeName,
    ...(settings.defaultNetworkName === undefined ? {} : { defaultNetworkName: settings.defaultNetworkName }),
  };
}

/** Asks the plugins about what keeps all of our own rules. */
function judged<Draft>(tx: Tx, built: Built<Draft>, judge: (draft: Draft) => readonly Violation[]): Built<Draft> {
  if (!built.ok || tx.surroundings.validateRunSpec === undefined) return built;
  const violations = judge(built.draft);
  return violations.length > 0 ? { ok: false, violations } : built;
}

/** The app that a request asks for, by all rules: Marathon's, those of its group, those of plugins. */
export function draftApp(
  tx: Tx,
  place: Place,
  current: AppDraft | undefined,
  update: AppUpdate,
  partial: boolean,
): Built<AppDraft> {
  const built = buildDefinition(current, place.id, update, optionsOf(tx, place, partial, current?.role));
  return judged(tx, built, (draft) => tx.surroundings.validateRunSpec?.('app', appJsonOf(draft)) ?? []);
}

/** The same for a pod, which is always given whole. */
export function draftPod(tx: Tx, place: Place, current: PodDefinition | undefined, update: PodUpdate): Built<PodDraft> {
  const built = buildPod(current, place.id, update, optionsOf(tx, place, false, current?.role));
  return judged(tx, built, (draft) => tx.surroundings.validateRunSpec?.('pod', podJsonOf(draft)) ?? []);
}
