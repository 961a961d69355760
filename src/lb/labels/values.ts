/** Why a setting cannot be taken as it is; the message is for the person who wrote it. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** A value from outside as it may stand in a message: one line, short, nothing in it that a terminal or a page would act on. */
export function shown(value: string): string {
  const text = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const yes: ReadonlySet<string> = new Set(['true', 't', 'yes', 'y', '1', 'on']);
const no: ReadonlySet<string> = new Set(['false', 'f', 'no', 'n', '0', 'off', '']);

/** Yes or no. The originals know true, t, yes and y, and take anything else for no; 1 and on, which people write too, are yes here. */
export function readBoolean(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (yes.has(word)) return true;
  if (no.has(word)) return false;
  throw new SettingError(`${shown(text)} is neither yes (true, t, yes, y, 1, on) nor no (false, f, no, n, 0, off)`);
}

/** A whole number from `min` to `max`. */
export function readInteger(text: string, min: number, max: number): number {
  const value = /^[+-]?\d{1,12}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new SettingError(`${shown(text)} is not a whole number from ${min} to ${max}`);
  }
  return value;
}

/** One of a few words, in any case. */
export function readChoice<T extends string>(text: string, choices: readonly T[]): T {
  const word = text.trim().toLowerCase();
  const choice = choices.find((c) => c === word);
  if (choice === undefined) throw new SettingError(`${shown(text)} is none of ${choices.join(', ')}`);
  return choice;
}
