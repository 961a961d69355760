import { equalData } from '../../../common/equal.js';
import type { AppDefinition } from '../../model/app-definition.js';
import type { AppDraft } from './app-draft.js';

/** What a deployment has to do about an app: nothing, change the number of instances, or replace all of them. */
export type ChangeKind = 'none' | 'scale' | 'upgrade';

/** What does not count as configuration (marathon.md §3.3); of the `others` it is `executorResources`. */
const notConfiguration: ReadonlySet<string> = new Set(['instances', 'version', 'versionInfo', 'others']);
const notOthers: ReadonlySet<string> = new Set(['executorResources']);

export function changeKind(from: AppDefinition, to: AppDraft): ChangeKind {
  if (!equalData(from, to, notConfiguration) || !equalData(from.others, to.others, notOthers)) return 'upgrade';
  return from.instances === to.instances ? 'none' : 'scale';
}
