import type { ClusterCall } from '../../core/effects.js';

/** The roles of a framework, and those of them for which it wants no offers. */
export interface RoleSubscription {
  readonly roles: readonly string[];
  readonly suppressedRoles: readonly string[];
}

/** What the calls that have been decided say of the framework's roles, sent or not: the next subscription begins with it. */
export class RoleBook {
  #current: RoleSubscription;

  /** `role` is the only one until another is named. */
  constructor(role: string) {
    this.#current = { roles: [role], suppressedRoles: [] };
  }

  /** Its `roles` are another list after each `subscribeRoles`. */
  get current(): RoleSubscription {
    return this.#current;
  }

  note(call: ClusterCall): void {
    const { roles, suppressedRoles } = this.#current;
    switch (call.type) {
      case 'subscribeRoles':
        this.#current = { roles: call.roles, suppressedRoles: call.suppressedRoles };
        return;
      case 'suppress':
        this.#current = { roles, suppressedRoles: [...new Set([...suppressedRoles, ...call.roles])] };
        return;
      case 'revive':
        this.#current = { roles, suppressedRoles: suppressedRoles.filter((role) => !call.roles.includes(role)) };
        return;
      default:
        return;
    }
  }
}
