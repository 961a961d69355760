/** Turns any text into one DNS label, as Mesos-DNS does. */
export type LabelFunction = (text: string) => string;

/** Letters to lower case, `.` and `_` to `-`, everything else but digits and `-` removed. */
function mangle(text: string): string {
  return text
    .replace(/[^A-Za-z0-9._-]/gu, '')
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replace(/[._]/g, '-');
}

function withoutTrailingDashes(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '-') end--;
  return text.slice(0, end);
}

function withoutLeadingDashes(text: string): string {
  let start = 0;
  while (text[start] === '-') start++;
  return text.slice(start);
}

/**
 * Cuts to `max` characters. Dashes at the cut are skipped and the label is filled up from behind them, so that it ends in
 * what tells names apart; it may therefore end in a dash.
 */
function cut(text: string, max: number): string {
  const size = Math.min(text.length, max);
  const head = withoutTrailingDashes(text.slice(0, size));
  if (head.length === size) return head;
  return head + withoutLeadingDashes(text.slice(size)).slice(0, size - head.length);
}

/** RFC 1123: at most 63 characters, not starting with a dash. Empty when the text holds no usable character. */
export const rfc1123Label: LabelFunction = (text) => cut(mangle(text).replace(/^-+/, ''), 63);

/** RFC 952: at most 24 characters, starting with a letter. */
export const rfc952Label: LabelFunction = (text) => cut(mangle(text).replace(/^[-0-9]+/, ''), 24);

/** A name of several labels: each part between dots becomes a label, empty ones are left out (framework names). */
export function domainFragment(text: string, label: LabelFunction): string {
  return text
    .split('.')
    .map(label)
    .filter((part) => part !== '')
    .join('.');
}
