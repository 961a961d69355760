/**
 * How marathon-python (1850734) makes its objects: `cls(**{to_snake_case(k): v …})` (marathon/models/base.py:43). A member without a
 * parameter of that name is a TypeError, and with it the whole call fails.
 */
export type PythonReader<T> = (value: unknown) => T;

/** What a reader makes. */
export type Read<R> = R extends PythonReader<infer T> ? T : never;

/** What Python would raise, by its name. */
export class PythonError extends Error {
  override readonly name: string;

  constructor(name: 'TypeError' | 'ValueError' | 'AttributeError' | 'MarathonError', message: string) {
    super(message);
    this.name = name;
  }
}

/** marathon/util.py, `to_snake_case`. */
export function snakeCase(camelCase: string): string {
  return camelCase
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** Anything, kept as it came. */
export const asIs: PythonReader<unknown> = (value) => value;

/** `for x in (values or [])` */
export function listOf<T>(read: PythonReader<T>): PythonReader<readonly T[]> {
  return (value) => {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw new PythonError('TypeError', `${typeof value} object is not a list`);
    return value.map(read);
  };
}

/** marathon/util.py, `to_datetime`: microseconds at most, and `Z`. */
export const datetime: PythonReader<string | undefined> = (value) => {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/.test(value)) {
    throw new PythonError('ValueError', `Unrecognized datetime format: ${JSON.stringify(value)}`);
  }
  return value;
};

/** One of a list of words; anything else is an InvalidChoiceError there. */
export function choiceOf(words: readonly string[]): PythonReader<string | undefined> {
  return (value) => {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && words.includes(value)) return value;
    throw new PythonError('ValueError', `Invalid choice ${JSON.stringify(value)}. Must be one of ${words.join(', ')}`);
  };
}

/** A class by the parameters of its `__init__`. `extras`: it has `**kwargs`, too. */
export function pythonClass<P extends Readonly<Record<string, PythonReader<unknown>>>>(
  name: string,
  parameters: P,
  { extras = false } = {},
): PythonReader<{ readonly [K in keyof P]: Read<P[K]> }> {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new PythonError('AttributeError', `${name}: ${JSON.stringify(value)} has no attribute 'items'`);
    }
    const given = new Map(Object.entries(value).map(([key, member]) => [snakeCase(key), member as unknown]));
    for (const key of given.keys()) {
      if (!extras && !Object.hasOwn(parameters, key)) {
        throw new PythonError('TypeError', `${name}.__init__() got an unexpected keyword argument '${key}'`);
      }
    }
    const members = Object.entries(parameters).map(([key, read]) => [key, read(given.get(key))]);
    return Object.fromEntries(members) as { readonly [K in keyof P]: Read<P[K]> };
  };
}

/** A parameter whose default is None. */
export function optional<T>(read: PythonReader<T>): PythonReader<T | undefined> {
  return (value) => (value === undefined || value === null ? undefined : read(value));
}
