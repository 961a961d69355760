import { readRuleId, RuleError } from '../rules/rule.js';
import type { Rule } from '../rules/rule.js';

/** A rule on Bamboo's wire; keys in the order in which Bamboo writes them. */
export interface BambooService {
  readonly Id: string;
  readonly Acl: string;
  readonly Config: Readonly<Record<string, string>> | null;
}

/** A stored rule as Bamboo shows it. */
export function toBambooService({ id, acl }: Rule): BambooService {
  return { Id: id, Acl: acl, Config: { Acl: acl } };
}

const undecodable = (): RuleError => new RuleError('Unable to decode JSON request');

/** The value of a field whose name may be in any case, as Go reads it; the last one counts, null is as if absent. */
function field(object: object, name: string): unknown {
  const values = Object.entries(object).filter(([key]) => key.toLowerCase() === name);
  return values.at(-1)?.[1] ?? undefined;
}

function textField(object: object, name: string): string {
  const value = field(object, name) ?? '';
  if (typeof value !== 'string') throw undecodable();
  return value;
}

/**
 * Reads the body of `POST` and `PUT /api/services`: `{"id", "acl"}` (Bamboo's first form) or `{"id", "config": {"Acl"}}` (its
 * second, which counts if both are there). Returns the rule, and the body as Bamboo echoes it. Throws RuleError with Bamboo's
 * words.
 */
export function readBambooService(body: unknown): { rule: Rule; echo: BambooService } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(typeof body === 'string' ? body : '');
  } catch {
    throw undecodable();
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw undecodable();
  const id = readRuleId(textField(parsed, 'id'));
  const acl = textField(parsed, 'acl');
  const config = field(parsed, 'config') ?? null;
  if (typeof config !== 'object' || Array.isArray(config)) throw undecodable();
  if (config !== null && !Object.values(config).every((v) => typeof v === 'string')) throw undecodable();
  const configAcl = config === null ? '' : textField(config, 'acl');
  return {
    rule: { id, acl: configAcl === '' ? acl : configAcl },
    echo: { Id: id, Acl: acl, Config: config as Record<string, string> | null },
  };
}
