import { equalData } from '../../../../common/equal.js';
import type { PodDefinition } from '../../../model/pod-definition.js';
import type { ChangeKind } from '../change-kind.js';
import type { PodDraft } from './pod-draft.js';

/** All of a pod but how many of it there are: a change of this replaces its instances. */
function configurationOf(pod: PodDraft & Partial<PodDefinition>): object {
  const { instances, maxInstances, version, versionInfo, ...configuration } = pod;
  return configuration;
}

/** What a deployment has to do about a pod that is to be `to`. */
export function podChangeKind(from: PodDefinition, to: PodDraft): ChangeKind {
  if (!equalData(configurationOf(from), configurationOf(to))) return 'upgrade';
  return from.instances === to.instances && from.maxInstances === to.maxInstances ? 'none' : 'scale';
}
