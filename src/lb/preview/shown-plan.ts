import type { Plan } from '../plan/plan.js';
import type { RuntimeChange } from '../plan/runtime-change.js';

/** A plan as JSON: what HAProxy would be told, or why it would be replaced. */
export type ShownPlan =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'runtime';
      readonly changes: readonly object[];
      /** How many there are; not all are shown. */
      readonly total: number;
    }
  | { readonly kind: 'reload'; readonly reasons: readonly string[] };

const maxChanges = 200;
const maxEntries = 100;

function shownChange(change: RuntimeChange): object {
  if (change.kind !== 'change-map') return change;
  const { kind, file, entries } = change;
  return {
    kind,
    file: file.slice(file.lastIndexOf('/') + 1),
    entries: Object.fromEntries([...entries].slice(0, maxEntries)),
    total: entries.size,
  };
}

export function shownPlan(plan: Plan): ShownPlan {
  switch (plan.kind) {
    case 'nothing':
      return { kind: 'nothing' };
    case 'runtime':
      // Remarks alone are nothing that HAProxy has to know
      return plan.changes.length === 0
        ? { kind: 'nothing' }
        : { kind: 'runtime', changes: plan.changes.slice(0, maxChanges).map(shownChange), total: plan.changes.length };
    case 'reload':
      return { kind: 'reload', reasons: plan.reasons };
  }
}

/** The same in a sentence. */
export function planText(plan: ShownPlan): string {
  switch (plan.kind) {
    case 'nothing':
      return "HAProxy's configuration would be the same.";
    case 'runtime':
      return `HAProxy would be told ${plan.total === 1 ? 'one change' : `${plan.total} changes`}, without a reload.`;
    case 'reload': {
      const [first = 'its configuration is different', ...more] = plan.reasons;
      return `HAProxy would be reloaded: ${first}${more.length === 0 ? '' : ` (and ${more.length} more reasons)`}.`;
    }
  }
}
