import { signal } from '@preact/signals';
import { followEdge } from '../../stores/edge-live.js';
import type { EdgeView } from './edge-view.js';
import { viewHref } from './edge-view.js';

/** Where the scheduler's interface is; undefined: it is not known. */
export const schedulerUi = signal<string | undefined>(undefined);

let view: EdgeView | undefined;

/** The load balancer that this page came from, followed from the first time on. */
export function ownEdge(): EdgeView {
  view ??= {
    edge: undefined,
    name: location.host,
    live: followEdge(undefined),
    href: viewHref([], undefined),
    appHref: (id) =>
      schedulerUi.value === undefined ? undefined : `${schedulerUi.value}#/apps/${encodeURIComponent(id)}`,
  };
  return view;
}
