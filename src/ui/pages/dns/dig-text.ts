import type { DnsExplanation } from '../../api/dns.js';

/** Names longer than this are not what the columns are aligned to. */
const maxNameWidth = 56;

interface Line {
  readonly name: string;
  readonly rest: string;
}

function lineOf(text: string): Line {
  const blank = text.indexOf(' ');
  return blank < 0 ? { name: text, rest: '' } : { name: text.slice(0, blank), rest: text.slice(blank + 1) };
}

function section(title: string, lines: readonly Line[], width: number): readonly string[] {
  if (lines.length === 0) return [];
  return ['', `;; ${title} SECTION:`, ...lines.map(({ name, rest }) => `${name.padEnd(width)} ${rest}`)];
}

/** What `dig` would print of the answer to a question; undefined where others than this name server give it. */
export function digText(explanation: DnsExplanation): string | undefined {
  const { name, type, status, isServed } = explanation;
  // RFC 1034: of a name in the zone, and of the answer that it is not there
  const isAuthoritative = isServed && (status === 'NOERROR' || status === 'NXDOMAIN');
  if (status === null) return undefined;
  const question: Line = { name: `;${name}.`, rest: `IN ${type}` };
  const answer = explanation.answer.map(lineOf);
  const authority = explanation.authority.map(lineOf);
  const additional = explanation.additional.map(lineOf);
  const names = [question, ...answer, ...authority, ...additional].map((line) => line.name.length);
  const width = Math.min(maxNameWidth, Math.max(...names));
  return [
    `;; ->>HEADER<<- opcode: QUERY, status: ${status}`,
    `;; flags: qr ${isAuthoritative ? 'aa ' : ''}rd; QUERY: 1, ANSWER: ${answer.length}, AUTHORITY: ${authority.length}, ADDITIONAL: ${additional.length}`,
    ...section('QUESTION', [question], width),
    ...section('ANSWER', answer, width),
    ...section('AUTHORITY', authority, width),
    ...section('ADDITIONAL', additional, width),
  ].join('\n');
}
