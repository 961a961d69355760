import { configOf, readRuleId, RuleError } from '../rules/rule.js';
import type { Rule } from '../rules/rule.js';
import type { GoValue } from './go-json.js';

/** A rule on Bamboo's wire; fields in the order in which Bamboo writes them. */
export interface BambooService {
  readonly [field: string]: GoValue;
  readonly Id: string;
  readonly Acl: string;
  readonly Config: ReadonlyMap<string, string> | null;
}

/** A stored rule as Bamboo shows it. */
export function toBambooService(rule: Rule): BambooService {
  return { Id: rule.id, Acl: rule.acl, Config: new Map(Object.entries(configOf(rule))) };
}

const undecodable = (): RuleError => new RuleError('Unable to decode JSON request');

/** The value of a field whose name may be in any case, as Go reads it: the last one counts, null is as if absent. */
function field(object: object, name: string): unknown {
  return Object.entries(object).findLast(([key, value]) => key.toLowerCase() === name && value !== null)?.[1];
}

function textField(object: object, name: string): string {
  const value = field(object, name) ?? '';
  if (typeof value !== 'string') throw undecodable();
  return value;
}

function readConfig(value: unknown): ReadonlyMap<string, string> | null {
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw undecodable();
  const entries = Object.entries(value).map(([key, text]: [string, unknown]): [string, string] => {
    if (typeof text !== 'string' && text !== null) throw undecodable();
    return [key, text ?? ''];
  });
  return new Map(entries);
}

/** `Acl` of a `Config`; where it is not there, one that is written otherwise. */
function aclOf(config: ReadonlyMap<string, string>): string {
  return config.get('Acl') ?? [...config].findLast(([key]) => key.toLowerCase() === 'acl')?.[1] ?? '';
}

/**
 * Reads the body of `POST` and `PUT /api/services`: `{"id", "acl"}` (Bamboo's first form) or `{"id", "config": {"Acl"}}` (its second);
 * `acl` counts if both are there. Returns the rule, and the body as Bamboo echoes it. Throws RuleError with Bamboo's words.
 */
export function readBambooService(body: unknown): { rule: Rule; echo: BambooService } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(typeof body === 'string' ? body : '') ?? {};
  } catch {
    throw undecodable();
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw undecodable();
  const id = readRuleId(textField(parsed, 'id'));
  const acl = textField(parsed, 'acl');
  const config = readConfig(field(parsed, 'config'));
  const echo: BambooService = { Id: id, Acl: acl, Config: config };
  if (config === null) return { rule: { id, acl }, echo };
  const text = acl === '' ? aclOf(config) : acl;
  return { rule: { id, acl: text, config: { ...Object.fromEntries(config), Acl: text } }, echo };
}
