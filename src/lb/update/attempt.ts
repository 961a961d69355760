import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogPosition } from '../../catalog/types.js';
import type { PathId } from '../../common/path-id.js';
import type { Routing } from '../compile/routing-model.js';
import type { FinishedText } from '../render/configuration-text.js';
import type { Rule } from '../rules/rule.js';

/** What an update is made from. */
export interface UpdateInputs {
  readonly catalog: CatalogView;
  /** The catalog has been received; before that nothing is rendered. */
  readonly synced: boolean;
  readonly rules: ReadonlyMap<PathId, Rule>;
  readonly template: string;
}

/** One update on its way. */
export interface Attempt {
  readonly inputs: UpdateInputs;
  readonly routing: Routing;
  readonly config: FinishedText;
  readonly template: string;
  readonly position: CatalogPosition;
  /** The tasks that are about to be killed. */
  readonly draining: readonly string[];
  /** By `performance.now()`. */
  readonly startedAt: number;
}

/** The tasks that are about to be killed. */
export function drainingTasks(catalog: CatalogView): string[] {
  const draining: string[] = [];
  for (const { taskId, draining: isDraining } of catalog.instances.values())
    if (isDraining === true) draining.push(taskId);
  return draining;
}
