/** So many are given. */
const maxGiven = 5;
/** Names that are one typing error away are made, not searched for: what they cost does not depend on how many names there are. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789-_.';
/** Of the part before the domain; a longer one is tried only with other frameworks and other orders. */
const maxTypedLength = 120;
/** So many frameworks are tried. */
const maxFrameworks = 20;

/** Every text that one wrong, missing, additional or two exchanged characters make of `text`. */
function* oneErrorAway(text: string): Generator<string, void, undefined> {
  for (let i = 0; i <= text.length; i++) {
    const [before, after] = [text.slice(0, i), text.slice(i)];
    if (after !== '') yield before + after.slice(1);
    if (after.length > 1) yield before + (after[1] ?? '') + (after[0] ?? '') + after.slice(2);
    for (const character of alphabet) {
      yield before + character + after;
      if (after !== '') yield before + character + after.slice(1);
    }
  }
}

/**
 * Names as people who know the app write them: without the framework, with another one, in the order of the app's path, with other
 * marks between the parts. `host`: the part before the domain.
 */
function* otherForms(host: string, frameworks: readonly string[]): Generator<string, void, undefined> {
  const framework = frameworks.find((one) => host.endsWith(`.${one}`));
  const own = framework === undefined ? host : host.slice(0, -framework.length - 1);
  const labels = own
    .replace(/\.slave$/, '')
    .split(/[./_]+/)
    .filter((label) => label !== '');
  const reversed = [...labels].reverse();
  const names = [own, labels.join('.'), labels.join('-'), reversed.join('.'), reversed.join('-'), labels[0] ?? ''];
  const service = /^_?([^.]+)\._?(tcp|udp)$/.exec(own);
  if (service !== null) names.push(`_${service[1]}._${service[2]}`);
  for (const one of framework === undefined ? frameworks : [framework, ...frameworks]) {
    for (const name of names) if (name !== '') yield* [`${name}.${one}`, `${name}.${one}.slave`];
  }
  yield* names;
}

/**
 * Names that exist and that somebody who asked for `name` may have meant, at most five, the most likely first. `name` is in `domain`, in
 * lower case. `frameworks`: the names of frameworks, as they are in the zone.
 */
export function similarNames(
  name: string,
  domain: string,
  frameworks: readonly string[],
  exists: (name: string) => boolean,
): string[] {
  const host = name.slice(0, -domain.length - 1);
  const found = new Set<string>();
  const look = (hosts: Iterable<string>): void => {
    for (const one of hosts) {
      if (found.size === maxGiven) return;
      const candidate = `${one}.${domain}`;
      if (candidate !== name && exists(candidate)) found.add(candidate);
    }
  };
  if (host.length <= maxTypedLength) look(oneErrorAway(host));
  look(otherForms(host, frameworks.slice(0, maxFrameworks)));
  return [...found];
}
