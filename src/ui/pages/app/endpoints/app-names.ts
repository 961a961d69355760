/** Names of one instance, and of agents' ports: there are many, and they say nothing that the others do not. */
const special = /-[0-9a-z]{5}-s\d+\.|\.slave\.|\.arpa$/;

/** Letters and digits of each part of an app's id: what is left of them in names, whatever becomes of the rest. */
function chunksOf(id: string): readonly string[] {
  return id
    .toLowerCase()
    .split('/')
    .flatMap((segment) => {
      const chunks = segment.match(/[a-z0-9]+/g) ?? [];
      const longest = [...chunks].sort((a, b) => b.length - a.length)[0];
      return longest === undefined ? [] : [longest.slice(0, 12)];
    });
}

/** What names of an app have in them: a filter for the records of a name server. */
export function nameFilter(id: string): string {
  return chunksOf(id).at(-1) ?? '';
}

/** Of names that there are, those that may be of an app, the plainest first; whose they are only the name server can say. */
export function likelyNames(names: readonly string[], id: string, max: number): readonly string[] {
  const chunks = chunksOf(id);
  const rank = (name: string): number => (name.startsWith('_') ? 1000 : 0) + name.split('.').length * 100 + name.length;
  return names
    .filter((name) => !special.test(name) && chunks.every((chunk) => name.includes(chunk)))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, max);
}

/** What the name of an app is where nothing in its id is out of the ordinary: for apps none of whose instances have names yet. */
export function usualName(id: string, framework: string, zone: string): string {
  const segments = id.toLowerCase().split('/').filter(Boolean).reverse();
  return `${segments.join('-')}.${framework.toLowerCase()}.${zone}`;
}
