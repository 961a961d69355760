import type { PathId } from '../common/path-id.js';
import type { RouteSource, RoutingModel } from './compile/routing-model.js';

/** What a line of a configuration comes from. */
export interface Culprit {
  readonly kind: 'app' | 'rule';
  readonly id: PathId;
}

/**
 * Finds the apps and rules behind lines (from 1) of a rendered text, by the generated names in them: who wants the route of an
 * `acl` or `use_backend` line, the app or rule of a section or a list of users; all apps of a deployment group. Lines that come from the template alone have none.
 */
export function findCulprits(text: string, lines: readonly number[], model: RoutingModel): Culprit[] {
  const wanted = new Map<string, Culprit>();
  for (const step of model.http?.steps ?? model.https?.steps ?? []) {
    if (step.kind === 'acl') for (const { name } of step.tests) wanted.set(name, culpritOf(step.from));
  }
  const sections = new Map<string, Culprit>();
  for (const { name, app } of model.listeners) sections.set(`frontend ${name}`, { kind: 'app', id: app });
  for (const { name, app, auth } of model.backends) {
    const culprit: Culprit = { kind: app.kind, id: app.id };
    sections.set(`backend ${name}`, culprit);
    if (auth !== null) sections.set(`userlist ${auth.userlist}`, culprit);
  }
  const all = text.split('\n');
  const found = new Map<string, Culprit>();
  const groups = new Map(model.backends.map(({ app }) => [app.id, app.members]));
  const add = ({ kind, id }: Culprit): void => {
    for (const one of (kind === 'app' ? groups.get(id) : undefined) ?? [id])
      found.set(`${kind} ${one}`, { kind, id: one });
  };
  for (const line of lines.filter((n) => n >= 1 && n <= all.length)) {
    const name = (all[line - 1] ?? '').split(/\s+/).find((word) => wanted.has(word));
    const culprit = name === undefined ? sectionAt(all, line, sections) : wanted.get(name);
    if (culprit !== undefined) add(culprit);
  }
  return [...found.values()];
}

function culpritOf(source: RouteSource): Culprit {
  return source.kind === 'rule' ? { kind: 'rule', id: source.id } : { kind: 'app', id: source.app };
}

/** What the section is of that a line stands in. */
function sectionAt(
  lines: readonly string[],
  line: number,
  sections: ReadonlyMap<string, Culprit>,
): Culprit | undefined {
  for (let at = line - 1; at >= 0; at -= 1) {
    const text = lines[at] ?? '';
    if (/^\s/.test(text) || text === '' || text.startsWith('#')) continue;
    return sections.get(text.trim());
  }
  return undefined;
}
