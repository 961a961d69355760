import type { AccessAction, AccessResource } from '../access.js';
import type { PathPattern } from './grants.js';
import type { PasswordHash } from './password.js';

/** One of the system's own resources. */
export type SystemName = Extract<AccessResource, { kind: 'system' }>['name'];

/** Whom a rule is for. */
export type AclSubject =
  | { readonly type: 'user'; readonly name: string }
  | { readonly type: 'group'; readonly name: string }
  /** Every user who has said who he is. */
  | { readonly type: 'everybody' }
  /** Whoever sends no credentials, and therefore everybody. */
  | { readonly type: 'anonymous' };

export interface AclUser {
  /** Undefined: a plugin knows whether somebody is this user. */
  readonly password: PasswordHash | undefined;
  readonly groups: readonly string[];
}

/** What somebody may do where. What no rule grants is denied. */
export interface AclRule {
  readonly subject: AclSubject;
  readonly actions: readonly AccessAction[];
  readonly paths: readonly PathPattern[];
  readonly system: readonly SystemName[];
}

/** The content of an `--acl_file`. */
export interface Acl {
  readonly users: ReadonlyMap<string, AclUser>;
  readonly rules: readonly AclRule[];
  /** What is odd about it and yet no error. */
  readonly warnings: readonly string[];
}
