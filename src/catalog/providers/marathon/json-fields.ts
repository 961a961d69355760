/** An object of an answer, as JSON.parse gave it. Everything in it may be absent, null or of another type. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** The objects of a list; what else is in it is passed over. Nothing but a list: no objects. */
export function objectsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf).filter((fields) => fields !== undefined) : [];
}

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A whole number from 0 on. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A number from 0 on, as times are given. */
export function amountOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** The number of a port, or 0 where there is none. */
export function portOf(value: unknown): number {
  const port = countOf(value);
  return port === undefined || port > 65_535 ? 0 : port;
}

/** The members that are texts, as labels are; others, such as secrets in an environment, are left out. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  const fields = fieldsOf(value);
  if (fields === undefined) return {};
  const texts = Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}
