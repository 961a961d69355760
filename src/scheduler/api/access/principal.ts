import type { Identity } from '../../plugins/types.js';

/** Who sends a request. */
export type Principal =
  /** The user of `--http_credentials`: nothing is forbidden. */
  | { readonly type: 'administrator' }
  /** Nobody in particular. */
  | { readonly type: 'anonymous' }
  | { readonly type: 'user'; readonly identity: Identity };

/** What an Authorizer is told of a request without credentials. */
export const anonymousIdentity: Identity = { name: 'anonymous' };

/** A principal as it is called in an answer. */
export function nameOf(principal: Principal): string {
  switch (principal.type) {
    case 'administrator':
      return 'the administrator';
    case 'anonymous':
      return anonymousIdentity.name;
    case 'user':
      return principal.identity.name;
  }
}
