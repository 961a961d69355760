import type { Identity } from '../../plugins/types.js';
import type { AccessAction, AccessResource } from '../access.js';
import type { Acl, AclRule, AclSubject, AclUser } from './acl.js';
import { Grants } from './grants.js';
import type { Principal } from './principal.js';

/** What all rules for one subject grant together. */
class SubjectGrants {
  readonly #paths: Grants;
  readonly #system: ReadonlySet<string>;

  constructor(rules: readonly AclRule[]) {
    this.#paths = new Grants(rules);
    this.#system = new Set(
      rules.flatMap(({ system, actions }) => system.flatMap((name) => actions.map((action) => `${action} ${name}`))),
    );
  }

  permits(action: AccessAction, resource: AccessResource): boolean {
    return resource.kind === 'system'
      ? this.#system.has(`${action} ${resource.name}`)
      : this.#paths.permits(action, resource.kind, resource.id);
  }
}

function keyOf(subject: AclSubject): string {
  return 'name' in subject ? `${subject.type} ${subject.name}` : subject.type;
}

/** An ACL made ready for asking. A question costs O(depth of the path) for the user, for each of his groups that has rules, and for all. */
export class Policy {
  readonly users: ReadonlyMap<string, AclUser>;
  readonly #grants = new Map<string, SubjectGrants>();

  constructor({ users, rules }: Pick<Acl, 'users' | 'rules'>) {
    this.users = users;
    const bySubject = new Map<string, AclRule[]>();
    for (const rule of rules) {
      const key = keyOf(rule.subject);
      const others = bySubject.get(key);
      if (others === undefined) bySubject.set(key, [rule]);
      else others.push(rule);
    }
    for (const [key, own] of bySubject) this.#grants.set(key, new SubjectGrants(own));
  }

  /** Some rule is for those who send no credentials: they need none. */
  get admitsAnonymous(): boolean {
    return this.#grants.has('anonymous');
  }

  permits(principal: Principal, action: AccessAction, resource: AccessResource): boolean {
    switch (principal.type) {
      case 'administrator':
        return true;
      case 'anonymous':
        return this.#allows('anonymous', action, resource);
      case 'user':
        return (
          this.#allowsIdentity(principal.identity, action, resource) ||
          this.#allows('everybody', action, resource) ||
          this.#allows('anonymous', action, resource)
        );
    }
  }

  #allowsIdentity({ name, groups = [] }: Identity, action: AccessAction, resource: AccessResource): boolean {
    const member = this.users.get(name)?.groups ?? [];
    return (
      this.#allows(keyOf({ type: 'user', name }), action, resource) ||
      member.some((group) => this.#allows(keyOf({ type: 'group', name: group }), action, resource)) ||
      groups.some((group) => this.#allows(keyOf({ type: 'group', name: group }), action, resource))
    );
  }

  #allows(key: string, action: AccessAction, resource: AccessResource): boolean {
    return this.#grants.get(key)?.permits(action, resource) === true;
  }
}
