import { UsageError } from '../../common/errors.js';
import type { Attribute } from '../../mesos/types.js';
import { parseRanges } from './parse-resources.js';

/**
 * Reads `--attributes` in Mesos' notation: `rack:r1;level:10;ids:[1-5,9-9]`. A number is a SCALAR, ranges are RANGES, anything
 * else is TEXT; a set is refused, as Mesos refuses it. Throws UsageError that names the flag.
 */
export function parseAttributesFlag(text: string): readonly Attribute[] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const colon = part.indexOf(':');
      const name = part.slice(0, Math.max(0, colon)).trim();
      const value = part.slice(colon + 1).trim();
      if (name === '' || value === '') {
        throw new UsageError(
          `--attributes: ${JSON.stringify(part)} is not of the form name:value, for example rack:r1`,
        );
      }
      if (/^-?\d+(?:\.\d+)?$/.test(value)) return { name, type: 'SCALAR', scalar: { value: Number(value) } };
      const range = parseRanges(value);
      if (range !== undefined) return { name, type: 'RANGES', ranges: { range } };
      if (value.startsWith('{'))
        throw new UsageError(`--attributes: ${JSON.stringify(part)}: an attribute cannot be a set`);
      return { name, type: 'TEXT', text: { value } };
    });
}
