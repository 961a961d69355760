import type { CatalogApp } from '../../catalog/types.js';
import { hasValidSegments, parentOf, resolvePathId } from '../../common/path-id.js';
import type { PathId } from '../../common/path-id.js';
import type { SettingProblem } from './service-settings.js';
import { shown } from './values.js';

export const groupLabel = 'HAPROXY_DEPLOYMENT_GROUP';

/** What `HAPROXY_DEPLOYMENT_GROUP` of an app comes to. */
export type DeploymentMembership =
  /** The id under which the apps of the group are served as one. */
  { readonly id: PathId } | { readonly problem: SettingProblem };

/**
 * Which deployment group an app belongs to; undefined = it asks for none. Labels prove nothing, since everybody can write them
 * and read those of others; an id does, since only who may change a group of apps can make one in it. So an app belongs to the
 * group that it names when
 *
 * - its id is that of the group, or goes on with `-` or `/` from it, as zdd names its apps (`checkout`: `/checkout-blue`,
 *   `/checkout-green`); the name may also be meant within the app's own group (`/prod/checkout-blue`), or
 * - it stands in a group of apps below the root: then it may be one of the deployment group of that name there.
 *
 * Anything else would let an app take the identity, and the traffic, of somebody else's.
 */
export function deploymentOf(app: CatalogApp): DeploymentMembership | undefined {
  const name = Object.hasOwn(app.labels, groupLabel) ? app.labels[groupLabel] : undefined;
  if (name === undefined) return undefined;
  const parent = parentOf(app.id);
  const no = (reason: string): DeploymentMembership => ({
    problem: { label: groupLabel, reason: `${reason}; the app is served by itself`, isFatal: false },
  });
  if (name.trim() === '' || name.length > 255 || !hasValidSegments(name)) return no(`${shown(name)} cannot be an id`);
  const absolute = resolvePathId(name);
  const within = resolvePathId(name, parent);
  for (const id of [absolute, within]) if (id !== '/' && isNamedAfter(app.id, id)) return { id };
  if (parent !== '/' && parentOf(within) === parent) return { id: within };
  return no(
    `an app of the deployment group ${shown(name)} has an id such as ${absolute}-blue, or stands in a group of its own`,
  );
}

function isNamedAfter(appId: PathId, id: PathId): boolean {
  return appId === id || appId.startsWith(`${id}-`) || appId.startsWith(`${id}/`);
}
