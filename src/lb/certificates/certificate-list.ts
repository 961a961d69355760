import { createHash } from 'node:crypto';
import type { Certificate, SecureFrontend } from '../compile/routing-model.js';
import type { CheckedCertificate } from './certificate-file.js';

/** More than these are not named in one line: HAProxy takes 64 words in one. */
const maxInLine = 20;
/** Names in a line of a list. */
const namesPerLine = 50;
/** No request can be for it: a list without any line is refused. */
const noName = 'none.invalid';

/** Whether a certificate is for a name, which may be `*.…` itself. */
function isFor(names: readonly string[], name: string): boolean {
  const wildcard = `*${name.slice(Math.max(0, name.indexOf('.')))}`;
  return names.includes(name) || names.includes(wildcard);
}

/**
 * The text of HAProxy's `crt-list`, with a name that changes with it, where the certificates alone do not say enough: only certain
 * names are served (each by the certificates made for it, else by the first), or there are too many for a line. null = not needed.
 */
export function certificateList(
  { certificates, onlyNames }: SecureFrontend,
  checked: readonly CheckedCertificate[],
): { readonly name: string; readonly text: string } | null {
  if (onlyNames === null && certificates.length <= maxInLine) return null;
  const namesOf = new Map(checked.map(({ path, names }) => [path, names]));
  const lines: string[] = [];
  const add = ({ path }: Certificate, names: readonly string[]): void => {
    for (let i = 0; i < names.length; i += namesPerLine) {
      lines.push(`${quoted(path)} ${names.slice(i, i + namesPerLine).join(' ')}`);
    }
  };
  if (onlyNames === null) {
    for (const { path } of certificates) lines.push(quoted(path));
  } else {
    const [first] = certificates;
    const left = new Set(onlyNames);
    for (const certificate of certificates) {
      const own = onlyNames.filter((name) => isFor(namesOf.get(certificate.path) ?? [], name));
      add(certificate, own);
      for (const name of own) left.delete(name);
    }
    if (first !== undefined && left.size > 0) add(first, [...left]);
    if (first !== undefined && lines.length === 0) add(first, [noName]);
  }
  const text = `${lines.join('\n')}\n`;
  return { name: `list-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.txt`, text };
}

/** In a list a backslash takes the meaning from what would end a word. */
function quoted(path: string): string {
  return path.replace(/[\\ #'"[\]]/g, (c) => `\\${c}`);
}
