import { equalData } from '../../../common/equal.js';
import type { AppDefinition } from '../../model/app-definition.js';
import type { AppDraft } from './app-draft.js';

/** What a deployment has to do about an app: nothing, change the number of instances, or replace all of them. */
export type ChangeKind = 'none' | 'scale' | 'upgrade';

/** All that counts as configuration (marathon.md §3.3): every field but the instances, the version and `executorResources`. */
function configurationOf(app: AppDraft & Partial<AppDefinition>): object {
  const { instances, version, versionInfo, others, ...rest } = app;
  const { executorResources, ...effective } = others;
  return { ...rest, others: effective };
}

export function changeKind(from: AppDefinition, to: AppDraft): ChangeKind {
  if (!equalData(configurationOf(from), configurationOf(to))) return 'upgrade';
  return from.instances === to.instances ? 'none' : 'scale';
}
