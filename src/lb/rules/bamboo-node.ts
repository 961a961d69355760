import type { Rule } from './rule.js';

/** The name of a rule's node in ZooKeeper, as Bamboo gives it: the id as Go's `url.QueryEscape` writes it. */
export function nodeNameOf(id: string): string {
  return encodeURIComponent(id)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** What a node's name stands for (Go's `url.QueryUnescape`); undefined when it is no such name. */
export function idOfNode(name: string): string | undefined {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** The data of a node in Bamboo's second form, the one that Bamboo itself writes. */
export function formatNode({ acl, config = {} }: Omit<Rule, 'id'>): string {
  return JSON.stringify({ version: '2', config: { ...config, Acl: acl } });
}

/** A field whose name may be in any case, as Go reads it; the last one counts. */
function field(object: object, name: string): unknown {
  return Object.entries(object).findLast(([key]) => key.toLowerCase() === name)?.[1];
}

function readSecondForm(text: string): Omit<Rule, 'id'> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || field(parsed, 'version') !== '2') return undefined;
  const config = field(parsed, 'config') ?? {};
  if (typeof config !== 'object' || Array.isArray(config)) return undefined;
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    if (typeof value !== 'string' && value !== null) return undefined;
    Object.defineProperty(texts, key, { value: value ?? '', enumerable: true, writable: true, configurable: true });
  }
  return { acl: texts['Acl'] ?? '', config: texts };
}

/** Reads a node's data: Bamboo's second form, or else its first one, the text of the ACL alone. */
export function parseNode(text: string): Omit<Rule, 'id'> {
  return readSecondForm(text) ?? { acl: text };
}
