/**
 * Whether two values of plain data (what JSON can hold, and `undefined`) are equal in content. The order of members does not
 * count, the order of elements does; a member that is `undefined` equals an absent one. Recursion goes as deep as the data.
 */
export function equalData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((element, i) => equalData(element, b[i]));
  }
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = Object.entries(b).filter(([, value]) => value !== undefined);
  if (left.length !== right.length) return false;
  const others = new Map<string, unknown>(right);
  return left.every(([key, value]) => others.has(key) && equalData(value, others.get(key)));
}
