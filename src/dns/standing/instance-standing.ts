import type { CatalogApp, CatalogInstance } from '../../catalog/types.js';
import type { Standing } from '../records/standing.js';

function hasChecks(app: CatalogApp | undefined): boolean {
  const checks: unknown = app?.healthChecks;
  return Array.isArray(checks) && checks.length > 0;
}

/**
 * How an instance of the catalog stands. One that has health checks and no result yet, or whose readiness check has not succeeded, is avoided
 * like an unhealthy one: nobody knows whether it takes requests. `app` as it is now says whether there are checks where the instance does not know; undefined: it is gone. One
 * whose definition cannot be read has none.
 */
export function instanceStanding(instance: CatalogInstance, app: CatalogApp | undefined): Standing {
  const { draining, healthy, ready, isChecked = hasChecks(app) } = instance;
  if (draining === true) return 'withdrawn';
  return healthy === false || ready === false || (healthy === null && isChecked) ? 'avoided' : 'in';
}
