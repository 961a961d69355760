const none: ReadonlySet<string> = new Set();

/** Whether every member of `a` that counts is equal in `b`, and how many there are; -1 = one is not. */
function equalMembers(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
  except: ReadonlySet<string>,
): number {
  let count = 0;
  for (const key of Object.keys(a)) {
    const value = a[key];
    if (value === undefined || except.has(key)) continue;
    if (!Object.hasOwn(b, key) || !equalData(value, b[key])) return -1;
    count++;
  }
  return count;
}

/**
 * Whether two values of plain data (what JSON can hold, and `undefined`) are equal in content. The order of members does not
 * count, the order of elements does; a member that is `undefined` equals an absent one. Recursion goes as deep as the data.
 * `except`: names of members of the two values themselves, not of what is in them, that do not count.
 */
export function equalData(a: unknown, b: unknown, except: ReadonlySet<string> = none): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((element, i) => equalData(element, b[i]));
  }
  const other = b as Readonly<Record<string, unknown>>;
  const count = equalMembers(a as Readonly<Record<string, unknown>>, other, except);
  if (count < 0) return false;
  let left = count;
  for (const key of Object.keys(other)) if (other[key] !== undefined && !except.has(key)) left--;
  return left === 0;
}
