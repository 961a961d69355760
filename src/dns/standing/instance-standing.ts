import type { CatalogApp, CatalogInstance } from '../../catalog/types.js';
import type { Standing } from '../records/standing.js';

/**
 * How an instance of the catalog stands. One that has health checks and no result yet is avoided like an unhealthy one: nobody knows
 * whether it takes requests. `app` as it is now says whether there are checks where the instance does not know; undefined: it is gone.
 */
export function instanceStanding(instance: CatalogInstance, app: CatalogApp | undefined): Standing {
  const { draining, healthy, isChecked = (app?.healthChecks.length ?? 0) > 0 } = instance;
  if (draining === true) return 'withdrawn';
  return healthy === false || (healthy === null && isChecked) ? 'avoided' : 'in';
}
