import { domainToASCII } from 'node:url';
import { SettingError, shown } from './values.js';

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const hostPattern = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*$`);
/** ASCII that no host name holds. It has to be looked for before the conversion of the rest, which stops at a `/` or a `#`. */
const foreignCharacter = /[\u0000-\u007f]/g;

/**
 * Reads the name of a host, or `*.…` for all names below one: in lower case, without a trailing dot, names in other scripts as
 * they go over the wire (`müller.example` → `xn--mller-kva.example`). Throws SettingError for everything else.
 */
export function readHost(text: string): string {
  const name = text.trim();
  for (const [character] of name.matchAll(foreignCharacter)) {
    if (/[A-Za-z0-9.*_-]/.test(character)) continue;
    const hint = character === ':' ? '; a name is the same on all ports' : '';
    throw new SettingError(`${shown(name)} is not a host name: ${shown(character)} cannot be in one${hint}`);
  }
  const plain = name.toLowerCase().replace(/\.$/, '');
  const ascii = /^[\u0000-\u007f]*$/.test(plain) ? plain : domainToASCII(plain);
  if (plain === '*') throw new SettingError('"*" is not a host name; for all hosts add a rule');
  if (ascii.length > 253 || !hostPattern.test(ascii)) {
    throw new SettingError(`${shown(name)} is not a host name such as www.example.org or *.example.org`);
  }
  return ascii;
}
