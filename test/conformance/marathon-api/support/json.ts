export type JsonObject = Readonly<Record<string, unknown>>;

export const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

export const isObject = (value: unknown): value is JsonObject => kindOf(value) === 'object';

/** The objects in a list; what is no object is not there. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly unknown[]).filter(isObject) : [];
}

/** `null`, `[]`, `{}` and what holds only such: what 0.15 printed and 1.11 leaves out (marathon.md §1.1). */
function isNothing(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.values(value).every(isNothing));
}

/** A value for messages. */
function shown(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}

/** Which members have the value of one moment on one machine: only their types are compared, and all that is in them. */
export type OfTheMoment = ReadonlySet<string> | 'everything';

/**
 * What an example shows and our answer does not: `-x` the member is not there, `x: a, not b` it is an a, `x is a, not b` its value is
 * another, `x: empty` a list has no element to compare with. What our answer has besides is not looked at.
 */
export function differencesFrom(example: unknown, ours: unknown, ofTheMoment: OfTheMoment, at = ''): readonly string[] {
  if (example === null) return [];
  if (kindOf(example) !== kindOf(ours)) return [`${at}: ${kindOf(ours)}, not ${kindOf(example)}`];
  if (Array.isArray(example) && Array.isArray(ours)) return listDifferences(example, ours, ofTheMoment, at);
  if (isObject(example) && isObject(ours)) {
    return Object.entries(example).flatMap(([name, member]) => {
      const place = at === '' ? name : `${at}.${name}`;
      if (!Object.hasOwn(ours, name)) return isNothing(member) ? [] : [`-${place}`];
      const inside = ofTheMoment === 'everything' || ofTheMoment.has(name) ? 'everything' : ofTheMoment;
      return differencesFrom(member, ours[name], inside, place);
    });
  }
  const isSame = ofTheMoment === 'everything' || example === ours;
  return isSame ? [] : [`${at} is ${shown(ours)}, not ${shown(example)}`];
}

/** What has ids is a set (of apps, of groups): in which order it is listed means nothing. */
function byId(list: readonly unknown[]): readonly unknown[] {
  const idOf = (element: unknown): string => (isObject(element) ? shown(element['id']) : '');
  return list.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0));
}

function listDifferences(
  example: readonly unknown[],
  ours: readonly unknown[],
  ofTheMoment: OfTheMoment,
  at: string,
): readonly string[] {
  if (ofTheMoment !== 'everything') {
    if (example.length !== ours.length) return [`${at} is ${shown(ours)}, not ${shown(example)}`];
    const [theirs, own] = [byId(example), byId(ours)];
    return theirs.flatMap((element, i) => differencesFrom(element, own[i], ofTheMoment, `${at}[]`));
  }
  if (example.length > 0 && ours.length === 0) return [`${at}: empty`];
  // How many there are, and in which order, is of the moment, too: each is held against the one that is most like it
  const all = example.flatMap((element) => {
    const tried = ours.map((own) => differencesFrom(element, own, ofTheMoment, `${at}[]`));
    return tried.sort((a, b) => a.length - b.length)[0] ?? [];
  });
  return [...new Set(all)];
}
