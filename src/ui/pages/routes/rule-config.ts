import type { RuleConfig } from '../../api/rules.js';

/** The form of a rule: what is typed. */
export interface RuleDraft {
  readonly id: string;
  readonly acl: string;
  readonly priority: string;
  /** `address:port`, separated by commas or lines. */
  readonly servers: string;
  /** Index of the app's port. */
  readonly port: string;
}

export const emptyDraft: RuleDraft = { id: '', acl: '', priority: '', servers: '', port: '' };

/** The load balancer reads the names of settings in any case, and of several the last. */
function keyOf(config: RuleConfig, name: string): string | undefined {
  return Object.keys(config).findLast((key) => key.toLowerCase() === name.toLowerCase());
}

function valueOf(config: RuleConfig, name: string): string {
  const key = keyOf(config, name);
  return key === undefined ? '' : (config[key] ?? '');
}

/** A rule as the form shows it. */
export function draftOf({
  id,
  acl,
  config,
}: {
  readonly id: string;
  readonly acl: string;
  readonly config: RuleConfig;
}): RuleDraft {
  return {
    id,
    acl,
    priority: valueOf(config, 'Priority').trim(),
    servers: valueOf(config, 'Servers')
      .split(/[\s,]+/)
      .filter((word) => word !== '')
      .join('\n'),
    port: valueOf(config, 'Port').trim(),
  };
}

/** A config with a setting changed, its name spelt as it was; empty: without it. */
function withSetting(config: RuleConfig, name: string, value: string): RuleConfig {
  const key = keyOf(config, name) ?? name;
  const others = Object.entries(config).filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return Object.fromEntries(value === '' ? others : [...others, [key, value]]);
}

/** What is sent: Bamboo's second form. Keys of `before` that mean nothing here are kept. */
export function bodyOf(
  draft: RuleDraft,
  before: RuleConfig = {},
): { readonly id: string; readonly config: RuleConfig } {
  const servers = draft.servers
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .join(',');
  const rest = Object.fromEntries(Object.entries(before).filter(([key]) => key.toLowerCase() !== 'acl'));
  const settings = [
    ['Priority', draft.priority.trim()],
    ['Servers', servers],
    ['Port', draft.port.trim()],
  ] as const;
  const config = settings.reduce<RuleConfig>((all, [name, value]) => withSetting(all, name, value), rest);
  return { id: draft.id.trim(), config: { Acl: draft.acl.trim(), ...config } };
}

/** The body that gives a rule another priority; 0 needs none. */
export function bodyWithPriority(
  rule: { readonly id: string; readonly acl: string; readonly config: RuleConfig },
  priority: number,
): { readonly id: string; readonly config: RuleConfig } {
  return bodyOf({ ...draftOf(rule), priority: priority === 0 ? '' : String(priority) }, rule.config);
}

/** A setting of a rule that is another one than before; null: it was, or is, not there. */
export interface ChangedSetting {
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What is different between two states of a rule; null: there is none. */
export function changedSettings(before: RuleConfig | null, after: RuleConfig | null): ChangedSetting[] {
  const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...keys].flatMap((key) => {
    const [old, now] = [before?.[key] ?? null, after?.[key] ?? null];
    return old === now ? [] : [{ key, before: old, after: now }];
  });
}
