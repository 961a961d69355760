import type { FrameworkInfo } from '../mesos/types.js';

/** `FrameworkInfo.capabilities` as a set of types. */
export function capabilitiesOf(info: FrameworkInfo): ReadonlySet<string> {
  return new Set(info.capabilities?.map(({ type }) => type) ?? []);
}

/** The roles a framework subscribes to: `roles` with MULTI_ROLE, else the one `role` (default `*`). */
export function rolesOf(info: FrameworkInfo): readonly string[] {
  return capabilitiesOf(info).has('MULTI_ROLE') ? (info.roles ?? []) : [info.role ?? '*'];
}

/** `FrameworkInfo.failover_timeout` in milliseconds; 0 = removed as soon as it disconnects. */
export function failoverTimeoutMs(info: FrameworkInfo): number {
  return Math.max(0, info.failover_timeout ?? 0) * 1000;
}

function roleProblem(role: string): string | undefined {
  if (role === '*') return undefined;
  if (role === '') return 'Empty role name is invalid';
  if (role.startsWith('/')) return `Role '${role}' cannot start with a slash`;
  if (role.endsWith('/')) return `Role '${role}' cannot end with a slash`;
  for (const component of role.split('/')) {
    if (component === '') return `Role '${role}' cannot contain two adjacent slashes`;
    const invalid = `Role component '${component}' is invalid because it`;
    if (component === '.' || component === '..' || component === '*') return `${invalid} is reserved`;
    if (component.startsWith('-')) return `${invalid} begins with a dash`;
    // Mesos says "backspace" and means it: \b is in its list beside blanks.
    if (/[\s\b]/.test(component)) return `${invalid} contains backspace or whitespace`;
  }
  return undefined;
}

/**
 * What is wrong with a framework that wants to subscribe, in the words of the ERROR event that Mesos sends; undefined when
 * nothing is.
 */
export function frameworkInfoProblem(info: FrameworkInfo, suppressedRoles: readonly string[]): string | undefined {
  const multiRole = capabilitiesOf(info).has('MULTI_ROLE');
  if (multiRole) {
    if (info.role !== undefined) return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable";
    const roles = info.roles ?? [];
    const duplicates = [...new Set(roles.filter((role, i) => roles.indexOf(role) !== i))];
    if (duplicates.length > 0) {
      return `'FrameworkInfo.roles' contains duplicate items: ${duplicates.join(', ')}`;
    }
  } else if ((info.roles ?? []).length > 0) {
    return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable";
  }
  const roles = rolesOf(info);
  for (const role of roles) {
    const problem = roleProblem(role);
    if (problem !== undefined) {
      return `'FrameworkInfo.${multiRole ? 'roles' : 'role'}' contains invalid role: ${problem}`;
    }
  }
  const foreign = suppressedRoles.find((role) => !roles.includes(role));
  if (foreign !== undefined) return `Suppressed role '${foreign}' is not one of the roles of the framework`;
  const id = info.id?.value;
  if (id !== undefined && !isSafeId(id)) return `Framework ID '${id.slice(0, 100)}' is invalid`;
  return undefined;
}

/** What a framework must not change about itself while it is known (UPDATE_FRAMEWORK); undefined when it does not. */
export function frameworkUpdateProblem(before: FrameworkInfo, after: FrameworkInfo): string | undefined {
  if (before.principal !== after.principal) {
    return `Changing framework's principal is not allowed: it is '${before.principal ?? ''}'`;
  }
  if (before.user !== after.user) return `Updating 'FrameworkInfo.user' is unsupported: it is '${before.user}'`;
  if ((before.checkpoint ?? false) !== (after.checkpoint ?? false)) {
    return `Updating 'FrameworkInfo.checkpoint' is unsupported: it is ${String(before.checkpoint ?? false)}`;
  }
  return undefined;
}

/**
 * Whether an id may become part of a path, as Mesos checks task and framework ids: not empty, at most 255 bytes, not `.`
 * or `..`, no `/`, `\` or control character.
 */
export function isSafeId(id: string): boolean {
  if (id === '' || id === '.' || id === '..' || Buffer.byteLength(id) > 255) return false;
  return !/[/\\\u0000-\u001f\u007f]/.test(id);
}
