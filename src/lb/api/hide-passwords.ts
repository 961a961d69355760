import { redacted } from '../../common/redact.js';

/** Words of HAProxy's behind which a secret stands (configuration manual 3.4 and 4.2). */
const secret = /^(\s*(?:user\s+\S+(?:\s+groups\s+\S+)?\s+(?:insecure-)?password|stats\s+auth)\s+)(\S+)/;

/** A configuration without the passwords in it, and without their hashes: these can be tried out by whoever has them. */
export function hidePasswords(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(secret, (_all, before: string) => `${before}${redacted}`))
    .join('\n');
}
