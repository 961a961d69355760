import { redacted } from '../common/redact.js';

/** Words of HAProxy's behind which a secret stands (configuration manual 3.4 and 4.2), wherever in a line. */
const secret =
  /(\b(?:user[^\S\n]+\S+(?:[^\S\n]+groups[^\S\n]+\S+)?[^\S\n]+(?:insecure-)?password|stats[^\S\n]+auth)[^\S\n]+)\S.*$/gm;

/**
 * Lines of a configuration without what only HAProxy is to know: passwords, and their hashes, which can be tried out by whoever has
 * them. What is shown, logged or compared for people goes through this.
 */
export function withoutSecrets(text: string): string {
  return text.replace(secret, `$1${redacted}`);
}
