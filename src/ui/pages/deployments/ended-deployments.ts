import type { OverviewDeployment } from '../../api/overview.js';

/** A deployment that is over. */
export interface EndedDeployment {
  readonly id: string;
  readonly apps: readonly string[];
  /** When this page heard of it, in milliseconds. */
  readonly endedAtMs: number;
  /** Undefined: it is gone, and nobody has said how it ended. */
  readonly outcome: 'success' | 'failed' | undefined;
  /** Why it failed. */
  readonly reason: string | undefined;
}

/** So many are kept. */
export const maxEnded = 50;

/** Those of `before` that are not under way any more. */
export function goneDeployments(
  before: readonly OverviewDeployment[],
  now: readonly OverviewDeployment[],
): readonly OverviewDeployment[] {
  const left = new Set(now.map(({ id }) => id));
  return before.filter(({ id }) => !left.has(id));
}

/** Adds an end that was heard of, from whatever source; the newest first. What is known of it already stays. */
export function withEnd(list: readonly EndedDeployment[], end: EndedDeployment): readonly EndedDeployment[] {
  const known = list.find(({ id }) => id === end.id);
  if (known === undefined) return [end, ...list].slice(0, maxEnded);
  const both: EndedDeployment = {
    id: end.id,
    apps: known.apps.length > 0 ? known.apps : end.apps,
    endedAtMs: Math.min(known.endedAtMs, end.endedAtMs),
    outcome: known.outcome ?? end.outcome,
    reason: known.reason ?? end.reason,
  };
  return list.map((one) => (one === known ? both : one));
}
