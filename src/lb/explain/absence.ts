import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogApp } from '../../catalog/types.js';
import { nearestFew } from '../../common/nearest.js';
import type { PathId } from '../../common/path-id.js';
import type { Report, Route } from '../compile/routing-model.js';
import { parseAcl } from '../rules/acl.js';
import { AclError } from '../rules/acl-words.js';
import type { Rule } from '../rules/rule.js';
import { hostNameOf } from './asked-request.js';
import type { AskedRequest } from './asked-request.js';
import { conditionsOf } from './conditions.js';
import type { ExplainedAbsence } from './explanation.js';
import { isHostOf } from './route-verdict.js';
import { testAcl } from './test-acl.js';

const maxTold = 20;
const maxSimilar = 5;
const maxReason = 1_000;

/** Whether the labels or variables of an app name a host, in the way of marathon-lb and servicerouter. */
function namesHost({ labels, env }: CatalogApp, host: string): boolean {
  return [labels, env].some((texts) =>
    Object.entries(texts).some(
      ([key, value]) =>
        /^HAPROXY_.*VHOST/i.test(key) &&
        value
          .toLowerCase()
          .split(/[\s,]+/)
          .some((one) => one !== '' && isHostOf(one.replace(/^\./, '*.'), host)),
    ),
  );
}

/** Whether a rule that is left out would take the request, as far as its text can be understood. */
function wants(rule: Rule, request: AskedRequest): boolean {
  try {
    return testAcl(parseAcl(rule.acl), request) !== false;
  } catch (error) {
    if (!(error instanceof AclError)) throw error;
    const host = request.host === null ? '' : hostNameOf(request.host);
    return host !== '' && rule.acl.toLowerCase().includes(host);
  }
}

/** Where to look for what is left out. */
export interface AbsenceParts {
  readonly reports: readonly Report[];
  readonly catalog: CatalogView;
  readonly rules: ReadonlyMap<PathId, Rule>;
  readonly routes: readonly Route[];
}

/** Rules and apps that are left out and would have to do with a request, and what is reported of `apps`, which do. */
export function leftOutFor(parts: AbsenceParts, request: AskedRequest, apps: ReadonlySet<PathId>): ExplainedAbsence[] {
  const { reports, catalog, rules, routes } = parts;
  const host = request.host === null ? undefined : hostNameOf(request.host);
  const found: ExplainedAbsence[] = [];
  const reported = new Set<PathId>();
  const add = (kind: string, id: string, reason: string): void => {
    if (found.length < maxTold) found.push({ kind, id, reason: reason.slice(0, maxReason) });
  };
  for (const { kind, id, reason } of reports) {
    if (kind === 'app') {
      const app = catalog.apps.get(id);
      if (!apps.has(id) && (host === undefined || app === undefined || !namesHost(app, host))) continue;
      reported.add(id);
      add(kind, id, reason);
    } else if (kind === 'rule') {
      const rule = rules.get(id);
      if (rule !== undefined && wants(rule, request)) add(kind, id, reason);
    } else if (kind === 'port' ? id === String(request.port) : kind !== 'certificate') {
      add(kind, id, reason);
    }
  }
  if (host === undefined) return found;
  const served = new Set(routes.flatMap(({ app }) => (app === null ? [] : [app])));
  for (const app of catalog.apps.values()) {
    if (served.has(app.id) || reported.has(app.id) || !namesHost(app, host)) continue;
    add(
      'app',
      app.id,
      'it names this host, and is not served here: its group, or a setting that enables it, is missing',
    );
  }
  return found;
}

/** Hosts of routes that may have been meant instead of this one, the most likely first; none when somebody has it. */
export function similarHosts(routes: readonly Route[], host: string): string[] {
  const name = hostNameOf(host);
  const hosts = new Set<string>();
  for (const route of routes) {
    for (const condition of conditionsOf(route)) {
      if (condition.host === null) continue;
      if (isHostOf(condition.host, name)) return [];
      hosts.add(condition.host);
    }
  }
  return nearestFew(name, hosts, maxSimilar);
}
