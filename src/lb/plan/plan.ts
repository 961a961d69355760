import type { MapFile } from '../compile/routing-model.js';
import { withoutSecrets } from '../hidden-secrets.js';
import { Defaults } from './defaults.js';
import { mapChanges } from './map-changes.js';
import type { RuntimeChange } from './runtime-change.js';
import { differentSections, sectionParts, sectionsOf } from './sections.js';
import { backendOf, serverChanges } from './server-changes.js';
import type { ServerSection } from './server-changes.js';

/** A configuration, as far as it can be compared. */
export interface Planned {
  readonly text: string;
  /** The files that it reads. */
  readonly maps: readonly MapFile[];
}

/** What has to be done so that HAProxy runs a new configuration. */
export type Plan =
  | { readonly kind: 'nothing' }
  /** Tell the running process; `changes` are empty when only remarks in the text are different. */
  | { readonly kind: 'runtime'; readonly changes: readonly RuntimeChange[] }
  /** Replace the process; `reasons` say what is different and cannot be told, for people, without secrets. */
  | { readonly kind: 'reload'; readonly reasons: readonly string[] };

const maxReasons = 20;

/** What has to be told for a text with the same structure; undefined as soon as it turns out that it has another one. */
function textChanges(before: string, after: string): RuntimeChange[] | undefined {
  const changes: RuntimeChange[] = [];
  let defaults: Defaults | undefined;
  for (const pair of differentSections(before, after)) {
    const [a, ...moreBefore] = sectionsOf(before.slice(pair.before.start, pair.before.end));
    const [b, ...moreAfter] = sectionsOf(after.slice(pair.after.start, pair.after.end));
    if (a === undefined && b === undefined) continue;
    if (a?.title !== b?.title || a === undefined || b === undefined) return undefined;
    if (moreBefore.length > 0 || moreAfter.length > 0) return undefined;
    // Those of both texts are the same, or the difference would have been met before this one.
    defaults ??= new Defaults(after);
    const lines = defaults.linesFor(b.title, pair.after.start);
    const difference = serverChanges({ ...a, defaults: lines }, { ...b, defaults: lines });
    // The generation is never a reason, and nothing that a process can be told.
    const isOther = backendOf(b.title) === undefined && a.lines.join('\n') !== b.lines.join('\n');
    if (difference.reasons.length > 0 || isOther) return undefined;
    changes.push(...difference.changes);
  }
  return changes;
}

/** Sections by title; those of the same title by number. */
function sectionsByTitle(text: string): Map<string, ServerSection> {
  const found = new Map<string, ServerSection>();
  const defaults = new Defaults(text);
  for (const { start, end } of sectionParts(text)) {
    const [section] = sectionsOf(text.slice(start, end));
    if (section === undefined) continue;
    let { title } = section;
    for (let count = 2; found.has(title); count += 1) title = `${section.title} (${count})`;
    found.set(title, { title, lines: section.lines, defaults: defaults.linesFor(section.title, start) });
  }
  return found;
}

/** What is different and cannot be told to a running process. */
function reloadReasons(before: string, after: string): string[] {
  const [old, now] = [sectionsByTitle(before), sectionsByTitle(after)];
  const reasons: string[] = [];
  for (const [title, section] of now) {
    const known = old.get(title);
    if (known === undefined) reasons.push(`+ ${title}`);
    else if (known.lines.join('\n') !== section.lines.join('\n')) {
      // Other defaults are a reason of their own.
      reasons.push(...serverChanges({ ...known, defaults: section.defaults }, section).reasons);
    }
  }
  for (const title of old.keys()) if (!now.has(title)) reasons.push(`- ${title}`);
  return reasons;
}

/**
 * What leads from what HAProxy runs to a new configuration. Pure. `running` is undefined when no HAProxy runs, or one whose
 * text is not known. For the texts of any template: where they are the same but for the servers of backends, and HAProxy can be
 * told about those, it need not be replaced; nor for what stands in the map files.
 */
export function plan(running: Planned | undefined, next: Planned): Plan {
  if (running === undefined) return { kind: 'reload', reasons: ['the running configuration is not known'] };
  const servers = textChanges(running.text, next.text);
  if (servers !== undefined) {
    const changes = [...servers, ...mapChanges(next.text, running.maps, next.maps)];
    return changes.length === 0 && running.text === next.text ? { kind: 'nothing' } : { kind: 'runtime', changes };
  }
  const reasons = reloadReasons(running.text, next.text);
  if (reasons.length === 0) reasons.push('the order of sections');
  const more = reasons.length - maxReasons;
  return {
    kind: 'reload',
    reasons: [...reasons.slice(0, maxReasons).map(withoutSecrets), ...(more > 0 ? [`and ${more} more`] : [])],
  };
}
