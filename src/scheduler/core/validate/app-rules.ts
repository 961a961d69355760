import type { CanonicalApp } from '../normalize/app-json.js';
import { commandRule } from './rules/command.js';
import { constraintsRule } from './rules/constraints.js';
import { containerRule } from './rules/container.js';
import { dependenciesRule } from './rules/dependencies.js';
import { fetchRule, storeUrlsRule } from './rules/fetch.js';
import { checkRule, healthChecksRule, readinessRule } from './rules/health-checks.js';
import { networksRule, portDefinitionsRule, portMappingsRule, portPlaceRule } from './rules/networks.js';
import { resourcesRule } from './rules/resources.js';
import { acceptedResourceRolesRule, roleRule } from './rules/roles.js';
import { residentUpdateRule } from './rules/resident-update.js';
import type { Rule, RuleContext } from './rules/rule.js';
import { envRule, secretsRule } from './rules/secrets.js';
import { singleInstanceRule, unreachableStrategyRule } from './rules/strategies.js';
import { residentRule, volumesRule } from './rules/volumes.js';
import type { Problem } from './violations.js';

/** Every rule that an app must keep by itself, whatever other apps exist (marathon.md §3, §5). */
const rules: readonly Rule[] = [
  commandRule,
  networksRule,
  portPlaceRule,
  portDefinitionsRule,
  portMappingsRule,
  containerRule,
  volumesRule,
  residentRule,
  residentUpdateRule,
  constraintsRule,
  healthChecksRule,
  checkRule,
  readinessRule,
  resourcesRule,
  roleRule,
  acceptedResourceRolesRule,
  envRule,
  secretsRule,
  singleInstanceRule,
  unreachableStrategyRule,
  fetchRule,
  storeUrlsRule,
  dependenciesRule,
];

/** All problems of an app, one rule after the other. */
export function* appProblems(app: CanonicalApp, context: RuleContext): Iterable<Problem> {
  for (const rule of rules) yield* rule(app, context);
}
