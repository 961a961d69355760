import type { CatalogView } from '../../catalog/catalog.js';
import type { PathId } from '../../common/path-id.js';
import type { ReadingRules } from '../labels/service-settings.js';
import type { Rule } from '../rules/rule.js';
import type { ProxySettings } from './routing-model.js';

/** All that decides about the routing. */
export interface CompileInput {
  readonly catalog: CatalogView;
  readonly rules: Iterable<Rule>;
  readonly settings: ProxySettings;
  /** How the labels of apps are read. */
  readonly reading: ReadingRules;
  /** `Routing.owners` of the last time; empty at first. */
  readonly owners: ReadonlyMap<string, PathId>;
  /** The address of a host name; undefined while it is not known. */
  readonly addressOf: (host: string) => string | undefined;
  /** Why this port cannot be listened on (another program has it …); undefined when it can. */
  readonly portProblem: (port: number) => string | undefined;
  /** Why HAProxy does not accept this app or rule as it is now; undefined when nothing is known against it. */
  readonly rejected: (kind: 'app' | 'rule', id: PathId) => string | undefined;
}
