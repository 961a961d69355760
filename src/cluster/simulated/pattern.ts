/**
 * Fills the number of an agent (0, 1, 2 …) into a text: `{n}` is the number, `{n%4}` its remainder by 4, `{n/10}` how often 10 is
 * in it.
 */
export function fillPattern(text: string, n: number): string {
  return text.replace(/\{n(?:([%/])([1-9]\d*))?\}/g, (_all, operator: string | undefined, by: string | undefined) => {
    if (operator === '%') return String(n % Number(by));
    return String(operator === '/' ? Math.floor(n / Number(by)) : n);
  });
}
