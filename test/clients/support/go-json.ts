/**
 * How Go's encoding/json reads a value into a typed variable: unknown members are ignored, absent ones and null leave the zero value,
 * and a value of another type fails the whole document. Members are found in any case.
 */
export type GoDecoder<T> = (value: unknown, path: string) => T;

/** What a decoder makes. */
export type Decoded<D> = D extends GoDecoder<infer T> ? T : never;

/** `json: cannot unmarshal …` */
export class GoUnmarshalError extends Error {
  override readonly name = 'GoUnmarshalError';
}

function fail(value: unknown, path: string, type: string): never {
  const text = JSON.stringify(value);
  throw new GoUnmarshalError(`json: cannot unmarshal ${text} into Go value ${path} of type ${type}`);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const goString: GoDecoder<string> = (value, path) => {
  if (isAbsent(value)) return '';
  return typeof value === 'string' ? value : fail(value, path, 'string');
};

export const goBool: GoDecoder<boolean> = (value, path) => {
  if (isAbsent(value)) return false;
  return typeof value === 'boolean' ? value : fail(value, path, 'bool');
};

export const goFloat: GoDecoder<number> = (value, path) => {
  if (isAbsent(value)) return 0;
  return typeof value === 'number' ? value : fail(value, path, 'float64');
};

function goInteger(type: string, min: number, max: number): GoDecoder<number> {
  return (value, path) => {
    if (isAbsent(value)) return 0;
    const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
    return fits ? value : fail(value, path, type);
  };
}

export const goInt = goInteger('int', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
export const goInt32 = goInteger('int32', -(2 ** 31), 2 ** 31 - 1);
export const goUint32 = goInteger('uint32', 0, 2 ** 32 - 1);

/** `*T`: undefined when absent. */
export function goPointer<T>(decode: GoDecoder<T>): GoDecoder<T | undefined> {
  return (value, path) => (isAbsent(value) ? undefined : decode(value, path));
}

/** `[]T` */
export function goSlice<T>(decode: GoDecoder<T>): GoDecoder<readonly T[]> {
  return (value, path) => {
    if (isAbsent(value)) return [];
    if (!Array.isArray(value)) return fail(value, path, 'slice');
    return value.map((element, i) => decode(element, `${path}[${i}]`));
  };
}

/** `map[string]T` */
export function goMap<T>(decode: GoDecoder<T>): GoDecoder<Readonly<Record<string, T>>> {
  return (value, path) => {
    if (isAbsent(value)) return {};
    if (!isObject(value)) return fail(value, path, 'map');
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, decode(member, `${path}.${key}`)]));
  };
}

function memberOf(object: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : object[key];
}

/** `struct`, by the names of its members in JSON. */
export function goStruct<F extends Readonly<Record<string, GoDecoder<unknown>>>>(
  fields: F,
): GoDecoder<{ readonly [K in keyof F]: Decoded<F[K]> }> {
  return (value, path) => {
    if (!isAbsent(value) && !isObject(value)) return fail(value, path, 'struct');
    const object = isAbsent(value) ? {} : value;
    const entries = Object.entries(fields).map(([name, decode]) => [
      name,
      decode(memberOf(object, name), `${path}.${name}`),
    ]);
    return Object.fromEntries(entries) as { readonly [K in keyof F]: Decoded<F[K]> };
  };
}

/** `json.Unmarshal` of a body. */
export function unmarshal<T>(decode: GoDecoder<T>, text: string): T {
  return decode(JSON.parse(text), '');
}
