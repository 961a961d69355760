import { redacted } from '../../common/redact.js';

/**
 * Lines of a configuration without what only HAProxy is to know: passwords of the statistics page, hashes of user lists. A plan is shown to
 * more people than the file itself.
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(/(\bstats\s+auth\s+)\S.*$/gm, `$1${redacted}`)
    .replace(/(\buser\s+\S+\s+(?:insecure-)?password\s+)\S.*$/gm, `$1${redacted}`);
}
