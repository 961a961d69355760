import type { PathId } from '../common/path-id.js';
import type { RoutingModel } from './compile/routing-model.js';

/** What a line of a configuration comes from. */
export interface Culprit {
  readonly kind: 'app' | 'rule';
  readonly id: PathId;
}

/**
 * Finds the apps and rules behind lines (from 1) of a rendered text, by the generated names in them: the rule of an `acl` or
 * `use_backend` line, the app of a section. Lines that come from the template alone have none.
 */
export function findCulprits(text: string, lines: readonly number[], model: RoutingModel): Culprit[] {
  const rules = new Map(
    (model.http?.steps ?? []).flatMap((step) =>
      step.kind === 'acl' ? step.tests.map(({ name }) => [name, step.source] as const) : [],
    ),
  );
  const sections = new Map<string, PathId>([
    ...model.listeners.map(({ name, app }) => [`frontend ${name}`, app] as const),
    ...model.backends.map(({ name, app }) => [`backend ${name}`, app.id] as const),
  ]);
  const all = text.split('\n');
  const found = new Map<string, Culprit>();
  for (const line of lines.filter((n) => n >= 1 && n <= all.length)) {
    const rule = (all[line - 1] ?? '').split(/\s+/).find((word) => rules.has(word));
    if (rule !== undefined) {
      const id = rules.get(rule) ?? '';
      found.set(`rule ${id}`, { kind: 'rule', id });
      continue;
    }
    for (let at = line - 1; at >= 0; at -= 1) {
      const text = all[at] ?? '';
      if (/^\s/.test(text) || text === '' || text.startsWith('#')) continue;
      const id = sections.get(text.trim());
      if (id !== undefined) found.set(`app ${id}`, { kind: 'app', id });
      break;
    }
  }
  return [...found.values()];
}
