import { equalData } from '../../../common/equal.js';
import type { AppDefinition } from '../../model/app-definition.js';
import type { AppDraft } from './app-draft.js';

/** What a deployment has to do about an app: nothing, see that there are as many instances as it says now, or replace all of them. */
export type ChangeKind = 'none' | 'scale' | 'upgrade';

/** What does not count as configuration (marathon.md §3.3). */
const notConfiguration: ReadonlySet<string> = new Set(['instances', 'version', 'versionInfo', 'executorResources']);

/** How a draft differs from the current definition. Other `executorResources` restart nothing, and are kept for later instances. */
export function changeKind(from: AppDefinition, to: AppDraft): ChangeKind {
  if (!equalData(from, to, notConfiguration)) return 'upgrade';
  const isSame = from.instances === to.instances && equalData(from.executorResources, to.executorResources);
  return isSame ? 'none' : 'scale';
}
