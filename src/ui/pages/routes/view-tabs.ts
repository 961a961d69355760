import type { EdgeView, View } from './edge-view.js';

const texts: readonly (readonly [View, string])[] = [
  ['main', 'Rules'],
  ['try', 'Try a request'],
  ['all', 'All routes'],
  ['history', 'History'],
  ['haproxy', 'HAProxy'],
];

/** The views of a load balancer, as tabs or as navigation. */
export function viewTabs(
  href: EdgeView['href'],
): readonly { readonly id: View; readonly text: string; readonly href: string }[] {
  return texts.map(([id, text]) => ({ id, text, href: href(id) }));
}
