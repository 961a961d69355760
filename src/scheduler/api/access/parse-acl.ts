import { messageOf } from '../../../common/errors.js';
import { hasValidSegments, resolvePathId, segmentsOf } from '../../../common/path-id.js';
import type { AccessAction } from '../access.js';
import type { Acl, AclRule, AclSubject, AclUser, SystemName } from './acl.js';
import type { PathPattern } from './grants.js';
import { parsePasswordHash } from './password.js';

const actions: readonly AccessAction[] = ['view', 'create', 'update', 'delete'];
const systemNames: readonly SystemName[] = ['config', 'leader', 'events', 'plugins', 'artifacts', 'edges'];
const maxNameLength = 256;
/** A path is stored once per segment. */
const maxPathLength = 1024;
const maxGroupsOfUser = 100;

/** An ACL file that cannot be used; the message says where in it and why. */
export class AclError extends Error {
  override readonly name = 'AclError';
}

type Members = Readonly<Record<string, unknown>>;

/** An object with no other members than those: a misspelt one must not silently grant less or more. */
function objectAt(where: string, value: unknown, members: readonly string[] | undefined): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AclError(`${where}: not an object`);
  const unknown = members === undefined ? undefined : Object.keys(value).find((name) => !members.includes(name));
  if (unknown !== undefined) {
    throw new AclError(
      `${where}: there is no member ${JSON.stringify(unknown)} (there are ${(members ?? []).join(', ')})`,
    );
  }
  return value as Members;
}

function arrayAt(where: string, value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new AclError(`${where}: not a list`);
  return value;
}

function nameAt(where: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new AclError(`${where}: not a name`);
  if (value.length > maxNameLength) throw new AclError(`${where}: longer than ${maxNameLength} characters`);
  // Basic authentication cannot carry them
  if (/[:\u0000-\u001f\u007f]/.test(value))
    throw new AclError(`${where}: a name has neither ':' nor control characters`);
  return value;
}

function wordsAt<Word extends string>(where: string, value: unknown, words: readonly Word[]): readonly Word[] {
  return arrayAt(where, value).map((given, i) => {
    const word = words.find((w) => w === given);
    if (word === undefined) throw new AclError(`${where}(${i}): not one of ${words.join(', ')}`);
    return word;
  });
}

function pathAt(where: string, value: unknown): PathPattern {
  if (typeof value !== 'string' || !value.startsWith('/')) {
    throw new AclError(`${where}: not a path that begins with '/'`);
  }
  if (value.length > maxPathLength) throw new AclError(`${where}: longer than ${maxPathLength} characters`);
  const belowOnly = value.endsWith('/*');
  const path = belowOnly ? value.slice(0, -1) : value;
  if (!hasValidSegments(path) || segmentsOf(path).some((segment) => segment === '.' || segment === '..')) {
    throw new AclError(`${where}: ${JSON.stringify(value)} is not the path of an app, pod or group ('/*' may end it)`);
  }
  return { id: resolvePathId(path), belowOnly };
}

function userAt(where: string, value: unknown, needsPassword: boolean): AclUser {
  const { password, groups } = objectAt(where, value, ['password', 'groups']);
  const groupNames = arrayAt(`${where}/groups`, groups).map((name, i) => nameAt(`${where}/groups(${i})`, name));
  if (groupNames.length > maxGroupsOfUser) throw new AclError(`${where}/groups: more than ${maxGroupsOfUser}`);
  if (password === undefined && !needsPassword) return { password: undefined, groups: groupNames };
  if (typeof password !== 'string') {
    throw new AclError(`${where}/password: there is none (\`ekiden hash-password\` makes one)`);
  }
  try {
    return { password: parsePasswordHash(password), groups: groupNames };
  } catch (error) {
    throw new AclError(`${where}/password: ${messageOf(error)}`);
  }
}

function subjectAt(where: string, user: unknown, group: unknown): AclSubject {
  if ((user === undefined) === (group === undefined)) {
    throw new AclError(`${where}: it needs either 'user' or 'group'`);
  }
  if (group !== undefined) return { type: 'group', name: nameAt(`${where}/group`, group) };
  if (user === '*') return { type: 'everybody' };
  const name = nameAt(`${where}/user`, user);
  return name === 'anonymous' ? { type: 'anonymous' } : { type: 'user', name };
}

function ruleAt(where: string, value: unknown): AclRule {
  const rule = objectAt(where, value, ['user', 'group', 'actions', 'paths', 'system']);
  const parsed: AclRule = {
    subject: subjectAt(where, rule['user'], rule['group']),
    actions: wordsAt(`${where}/actions`, rule['actions'], actions),
    paths: arrayAt(`${where}/paths`, rule['paths']).map((path, i) => pathAt(`${where}/paths(${i})`, path)),
    system: wordsAt(`${where}/system`, rule['system'], systemNames),
  };
  if (parsed.actions.length === 0) throw new AclError(`${where}/actions: it grants none of ${actions.join(', ')}`);
  if (parsed.paths.length + parsed.system.length === 0) {
    throw new AclError(`${where}: it needs 'paths' or 'system', or both`);
  }
  return parsed;
}

/** Rules for those who do not exist: not an error, so that a user can be taken away at once, by one line. */
function warningsOf(users: ReadonlyMap<string, AclUser>, rules: readonly AclRule[]): readonly string[] {
  const groups = new Set([...users.values()].flatMap((user) => user.groups));
  return rules.flatMap(({ subject }, i) => {
    if (subject.type === 'user' && !users.has(subject.name))
      return [`/rules(${i}): there is no user '${subject.name}'`];
    if (subject.type === 'group' && !groups.has(subject.name)) return [`/rules(${i}): nobody is in '${subject.name}'`];
    return [];
  });
}

/**
 * Reads an ACL file (docs/access-control.md). `usersElsewhere`: a plugin knows the users, so that they need no password here, nor to be
 * here at all. Throws AclError.
 */
export function parseAcl(text: string, { usersElsewhere }: { readonly usersElsewhere: boolean }): Acl {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // The parser's message quotes the text, in which there may be a password
    const at = /(?:at position \d+.*)$/.exec(messageOf(error))?.[0] ?? '';
    throw new AclError(`not JSON${at === '' ? '' : `, ${at}`}`);
  }
  const file = objectAt('/', json, ['users', 'rules']);
  const users = new Map<string, AclUser>();
  for (const [name, user] of Object.entries(objectAt('/users', file['users'] ?? {}, undefined))) {
    const where = `/users/${JSON.stringify(name)}`;
    nameAt(where, name);
    if (name === '*' || name === 'anonymous')
      throw new AclError(`${where}: the name has a meaning of its own in rules`);
    users.set(name, userAt(where, user, !usersElsewhere));
  }
  const rules = arrayAt('/rules', file['rules']).map((rule, i) => ruleAt(`/rules(${i})`, rule));
  return { users, rules, warnings: usersElsewhere ? [] : warningsOf(users, rules) };
}
