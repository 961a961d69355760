import type { MapFile } from '../compile/routing-model.js';
import { Defaults } from './defaults.js';
import type { Planned } from './plan.js';
import { sectionParts, sectionsOf } from './sections.js';
import type { Section } from './sections.js';
import { backendOf, serverChanges } from './server-changes.js';
import { parseServerLine } from './server-lines.js';

const isServer = (line: string): boolean => parseServerLine(line) !== undefined;

/** The raw text of a section with the servers of another one of the same name. */
function withServers(raw: string, wanted: Section): string {
  const lines = raw.split('\n');
  const first = lines.findIndex(isServer);
  const isContent = (line: string): boolean => line.trim() !== '' && !line.trim().startsWith('#');
  const at = first === -1 ? lines.findLastIndex(isContent) + 1 : first;
  const servers = wanted.lines.filter(isServer).map((line) => `  ${line}`);
  return [
    ...lines.slice(0, at).filter((line) => !isServer(line)),
    ...servers,
    ...lines.slice(at).filter((line) => !isServer(line)),
  ].join('\n');
}

/** Entries that lead to backends which are there are as wanted; others stay what they were. */
function mergedMaps(before: readonly MapFile[], after: readonly MapFile[], backends: ReadonlySet<string>): MapFile[] {
  const wanted = new Map(after.map((map) => [map.path, map.entries]));
  return before.map(({ path, entries }) => {
    const now = wanted.get(path);
    if (now === undefined) return { path, entries };
    const merged = new Map<string, string>();
    for (const [key, value] of now) {
      const usable = backends.has(value) ? value : entries.get(key);
      if (usable !== undefined) merged.set(key, usable);
    }
    return { path, entries: merged };
  });
}

/**
 * What of a new configuration can be in force before HAProxy is replaced for the rest of it: the structure that runs, with the new
 * servers of those backends that can be told of them, whatever else of a backend waits (its old servers may be gone by then), and the
 * new entries of maps that lead to backends which are there already.
 */
export function withoutReload(running: Planned, next: Planned): Planned {
  const wanted = new Map(sectionsOf(next.text).map((section) => [section.title, section]));
  const backends = new Set<string>();
  const known = new Defaults(running.text);
  const parts: string[] = [];
  for (const { start, end } of sectionParts(running.text)) {
    const raw = running.text.slice(start, end);
    const [section] = sectionsOf(raw);
    const backend = backendOf(section?.title ?? '');
    const other = wanted.get(section?.title ?? '');
    if (backend !== undefined) backends.add(backend);
    if (section === undefined || backend === undefined || other === undefined) {
      parts.push(raw);
      continue;
    }
    const defaults = known.linesFor(section.title, start);
    const lines = [...section.lines.filter((line) => !isServer(line)), ...other.lines.filter(isServer)];
    const { changes, reasons } = serverChanges({ ...section, defaults }, { title: section.title, lines, defaults });
    parts.push(reasons.length > 0 || changes.length === 0 ? raw : withServers(raw, other));
  }
  return { text: parts.join(''), maps: mergedMaps(running.maps, next.maps, backends) };
}
