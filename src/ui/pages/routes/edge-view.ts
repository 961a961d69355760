import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { EdgeName } from '../../http/edge-request.js';
import { fragmentOf } from '../../router/match.js';
import type { EdgeLive } from '../../stores/edge-live.js';

/** The views of a load balancer; each has an address of its own. */
export const views = ['main', 'try', 'all', 'history', 'haproxy', 'rule'] as const;
export type View = (typeof views)[number];

/** The load balancer that is looked at, and where the views of it are on this page. */
export interface EdgeView {
  readonly edge: EdgeName;
  /** Its name for people. */
  readonly name: string;
  readonly live: EdgeLive;
  readonly href: (view: View, query?: Readonly<Record<string, string | undefined>>) => string;
  /** Where an app is shown; undefined: nobody knows. */
  readonly appHref: (id: string) => string | undefined;
}

/** Fragments of the views, below what stands before them: `['routes']` at the scheduler, nothing at the load balancer itself. */
export function viewHref(before: readonly string[], edge: EdgeName): EdgeView['href'] {
  return (view, query) => {
    const segments = view === 'main' && before.length > 0 ? [] : [view];
    return fragmentOf([...before, ...segments], { edge, ...query });
  };
}

const context = createContext<EdgeView | undefined>(undefined);
export const EdgeViewProvider = context.Provider;

/** The load balancer that this part of the page is about. */
export function useEdgeView(): EdgeView {
  const view = useContext(context);
  if (view === undefined) throw new Error('there is no load balancer around this');
  return view;
}
