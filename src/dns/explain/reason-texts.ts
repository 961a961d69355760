import type { CatalogApp } from '../../catalog/types.js';
import { beginningOf } from '../../common/beginning-of.js';

/** Ids of apps and names of tasks can be as long as somebody likes. */
const maxNameLength = 100;

const cut = (text: string): string => beginningOf(text, maxNameLength);

/** `1 instance`, `3 instances`. */
export function counted(count: number, one: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${one}s`;
}

/** `2 unhealthy, 1 staging`: the most frequent first. */
export function wordList(words: ReadonlyMap<string, number>): string {
  return [...words]
    .sort(([, a], [, b]) => b - a)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');
}

/** `/web: 3 instances, 0 in DNS: 2 unhealthy, 1 staging`. `words`: how many of its tasks are kept out, and by what. */
export function appText(
  app: Pick<CatalogApp, 'id' | 'instances'>,
  words: ReadonlyMap<string, number>,
  inDns = 0,
): string {
  const id = cut(app.id);
  const known = [...words.values()].reduce((sum, count) => sum + count, inDns);
  if (app.instances === 0) {
    return known === 0
      ? `${id}: suspended (0 instances wanted)`
      : `${id}: suspended (0 instances wanted): ${wordList(words)}`;
  }
  const missing = app.instances - known;
  const all = missing > 0 ? new Map([...words, ['not started', missing]]) : words;
  const why = all.size === 0 ? '' : `: ${wordList(all)}`;
  return `${id}: ${counted(app.instances, 'instance')}, ${inDns} in DNS${why}`;
}

/** The same of tasks that no catalog knows the app of. */
export function tasksText(name: string, framework: string, words: ReadonlyMap<string, number>, inDns = 0): string {
  const count = [...words.values()].reduce((sum, one) => sum + one, inDns);
  return `${cut(name)} of ${cut(framework)}: ${counted(count, 'task')}, ${inDns} in DNS${words.size === 0 ? '' : `: ${wordList(words)}`}`;
}

/** Before a master was reached: who was asked, `host:port` each, and how the last attempt ended. */
export function notReadyText(masters: readonly string[], lastFailure: string | undefined): string {
  const text = 'no Mesos master has been reached yet';
  if (lastFailure !== undefined) return `${text}: ${lastFailure}`;
  return masters.length === 0 ? text : `${text}: ${masters.join(', ')}`;
}
