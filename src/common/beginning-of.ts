/** A text, or as much of its beginning as fits into `maxLength` UTF-16 units with a mark that something is left out; no character is halved. */
export function beginningOf(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
