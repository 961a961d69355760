import type { PlannedDifference } from '../../api/plan.js';
import { hidden, isSecretName } from '../edit/secrets.js';

const maxLength = 400;

function valueText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > maxLength ? `${text.slice(0, maxLength)} …` : text;
}

/** Members of maps whose names say whether a value is secret, by how their paths begin. */
const maps = /^(?:env|environment|labels)\b|\.(?:environment|labels)\b/;

function withoutSecretMembers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isSecretName(name) && typeof member === 'string' ? hidden : member,
    ]),
  );
}

/** A difference as a line of a table; `from` and `to` absent: there is nothing. Values that are called as secrets are hidden. */
export function differenceText({ path, from, to }: PlannedDifference): {
  readonly name: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
} {
  const parts = path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const name = parts.join('.') || 'all of it';
  const isInMap = maps.test(name);
  const isSecret = isInMap && isSecretName(parts.at(-1) ?? '');
  const shown = (value: unknown, mark: string): string | undefined =>
    isSecret && typeof value === 'string' ? mark : valueText(isInMap ? withoutSecretMembers(value) : value);
  return { name, from: shown(from, hidden), to: shown(to, from === undefined ? hidden : `${hidden} (another)`) };
}
