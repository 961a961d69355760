import type { RuntimeChange } from './runtime-change.js';
import { sectionsOf } from './sections.js';

/** What has to be done so that HAProxy runs a new text. */
export type Plan =
  | { readonly kind: 'nothing' }
  /** Tell the running process. */
  | { readonly kind: 'runtime'; readonly changes: readonly RuntimeChange[] }
  /** Replace the process; `reasons` say what is different, for people. */
  | { readonly kind: 'reload'; readonly reasons: readonly string[] };

const maxReasons = 20;

/** The generation is different whenever anything is: it is no reason. */
const isGeneration = (line: string): boolean => line.startsWith('description ');

function lineDifference(title: string, before: readonly string[], after: readonly string[]): string[] {
  const old = new Set(before);
  const now = new Set(after);
  const added = after.filter((line) => !old.has(line) && !isGeneration(line));
  const removed = before.filter((line) => !now.has(line) && !isGeneration(line));
  const reasons = [...removed.map((line) => `${title}: - ${line}`), ...added.map((line) => `${title}: + ${line}`)];
  const sameLines = added.length === 0 && removed.length === 0;
  if (sameLines && before.join('\n') !== after.join('\n') && !after.some(isGeneration)) {
    reasons.push(`${title}: the order of its lines`);
  }
  return reasons;
}

/**
 * What leads from the text that HAProxy runs to a new one. Pure. `running` is undefined when no HAProxy runs, or one whose
 * text is not known.
 */
export function plan(running: string | undefined, next: string): Plan {
  if (running === next) return { kind: 'nothing' };
  if (running === undefined) return { kind: 'reload', reasons: ['the running configuration is not known'] };
  const before = new Map(sectionsOf(running).map((s) => [s.title, s.lines]));
  const after = new Map(sectionsOf(next).map((s) => [s.title, s.lines]));
  const reasons: string[] = [];
  for (const [title, lines] of after) {
    const old = before.get(title);
    if (old === undefined) reasons.push(`+ ${title}`);
    else reasons.push(...lineDifference(title, old, lines));
  }
  for (const title of before.keys()) if (!after.has(title)) reasons.push(`- ${title}`);
  if (reasons.length === 0) reasons.push('the order of sections, or comments');
  const more = reasons.length - maxReasons;
  return {
    kind: 'reload',
    reasons: more > 0 ? [...reasons.slice(0, maxReasons), `and ${more} more`] : reasons,
  };
}
