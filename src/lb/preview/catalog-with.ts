import { Catalog } from '../../catalog/catalog.js';
import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogChange } from '../../catalog/types.js';

/** A catalog as it would be after a change; the one that is given stays as it is, and what is not changed are the same objects. */
export function catalogWith(view: CatalogView, change: CatalogChange): CatalogView {
  const catalog = new Catalog();
  catalog.reset({
    type: 'snapshot',
    ...view.position,
    apps: [...view.apps.values()],
    instances: [...view.instances.values()],
  });
  catalog.change(change);
  return catalog;
}
