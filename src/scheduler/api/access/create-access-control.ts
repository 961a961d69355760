import type { Logger } from '../../../common/logger.js';
import { basicChallenge, createBasicAuth } from '../../../http/basic-auth.js';
import type { HttpRequest } from '../../../http/server.js';
import type { SchedulerOptions } from '../../options.js';
import type { Plugins } from '../../plugins/load-plugins.js';
import { openAccess } from '../access.js';
import type { AccessAction, AccessControl, AccessResource } from '../access.js';
import { ApiError } from '../api-error.js';
import { openAclFile } from './acl-file.js';
import { basicCredentialsOf } from './basic-credentials.js';
import { createPasswordVerifier } from './password-verifier.js';
import { createPluginAuthenticator } from './plugin-authenticator.js';
import { createPluginAuthorizer } from './plugin-authorizer.js';
import { anonymousIdentity, nameOf } from './principal.js';
import type { Principal } from './principal.js';
import { messageAnswer } from './written-answer.js';

/** An access control that follows a file. */
export interface OwnedAccessControl extends AccessControl {
  close(): Promise<void>;
}

export interface AccessControlOptions {
  readonly options: Pick<SchedulerOptions, 'aclFile' | 'credentials' | 'realm'>;
  readonly plugins: Pick<Plugins, 'authenticator' | 'authorizer' | 'deadline'>;
  readonly logger: Logger;
}

/** Whoever asks whether this process lives needs no name, as with Marathon's plugins. */
const openUrl = '/ping';

function describe(resource: AccessResource): string {
  return resource.kind === 'system' ? `the system's ${resource.name}` : `the ${resource.kind} ${resource.id}`;
}

/**
 * The access control that the options ask for (docs/access-control.md): users and rules of an `--acl_file`, an Authenticator, an
 * Authorizer, in any combination.
 *
 * - Who asks: the Authenticator says so if there is one, else the users of the file by basic authentication. The user of
 *   `--http_credentials` is known besides, and may do everything.
 * - What he may do: what the rules of the file and the Authorizer both allow, as far as there are any.
 *
 * With none of the three everything is open (or behind `--http_credentials`, which are then checked elsewhere). Throws StartupError for a
 * file that cannot be used.
 */
export async function createAccessControl({
  options: { aclFile, credentials, realm },
  plugins,
  logger,
}: AccessControlOptions): Promise<OwnedAccessControl> {
  const { deadline } = plugins;
  if (aclFile === undefined && plugins.authenticator === undefined && plugins.authorizer === undefined) {
    return { ...openAccess, close: () => Promise.resolve() };
  }
  const authenticator =
    plugins.authenticator === undefined
      ? undefined
      : createPluginAuthenticator(plugins.authenticator, { deadline, logger });
  const authorizer = plugins.authorizer === undefined ? undefined : createPluginAuthorizer(plugins.authorizer, logger);
  const acl =
    aclFile === undefined
      ? undefined
      : await openAclFile(aclFile, { usersElsewhere: authenticator !== undefined, logger });
  const administrator = credentials === undefined ? undefined : createBasicAuth({ ...credentials, realm });
  const verifier = createPasswordVerifier();
  const principals = new WeakMap<HttpRequest, Principal>();

  function unknown(message: string): ApiError {
    return messageAnswer(401, message, { 'WWW-Authenticate': basicChallenge(realm) });
  }

  /** With nobody to be known, everybody is anonymous. */
  function admitsAnonymous(): boolean {
    if (acl !== undefined) return acl.policy.admitsAnonymous;
    return authenticator === undefined && administrator === undefined;
  }

  async function principalByPassword(authorization: string | undefined): Promise<Principal> {
    if (authorization === undefined) {
      if (admitsAnonymous()) return { type: 'anonymous' };
      throw unknown('A user and a password are needed (HTTP basic authentication)');
    }
    const given = basicCredentialsOf(authorization);
    if (given === undefined) throw unknown('A user and a password are needed: the Authorization header holds none');
    const password = acl?.policy.users.get(given.user)?.password;
    if (await verifier.verify(password, given.password)) return { type: 'user', identity: { name: given.user } };
    throw unknown('There is no such user with that password');
  }

  async function principalOf(request: HttpRequest): Promise<Principal> {
    const { authorization } = request.headers;
    if (administrator?.admits(authorization) === true) return { type: 'administrator' };
    if (authenticator === undefined) return principalByPassword(authorization);
    const identity = await authenticator.identify(request);
    if (identity !== undefined) return { type: 'user', identity };
    if (admitsAnonymous()) return { type: 'anonymous' };
    throw await authenticator.refusal(request);
  }

  function permits(request: HttpRequest, principal: Principal, action: AccessAction, on: AccessResource): boolean {
    if (principal.type === 'administrator') return true;
    if (acl !== undefined && !acl.policy.permits(principal, action, on)) return false;
    return authorizer === undefined || authorizer.permits(request, identityOf(principal), action, on);
  }

  function identityOf(principal: Principal): typeof anonymousIdentity {
    return principal.type === 'user' ? principal.identity : anonymousIdentity;
  }

  function may(request: HttpRequest, action: AccessAction, resource: AccessResource): boolean {
    const principal = principals.get(request);
    return principal !== undefined && permits(request, principal, action, resource);
  }

  return {
    isOpen: acl === undefined && authorizer === undefined,
    authenticates: true,
    async authenticate(request) {
      if (request.routeOptions.url === openUrl) return;
      principals.set(request, await principalOf(request));
    },
    may,
    demand(request, action, resource) {
      if (may(request, action, resource)) return;
      const principal = principals.get(request) ?? { type: 'anonymous' };
      // Who has not said who he is may be somebody who may
      if (principal.type === 'anonymous' && acl !== undefined && authenticator === undefined) {
        throw unknown(`To ${action} ${describe(resource)}, a user and a password are needed`);
      }
      throw (
        authorizer?.refusal(request, identityOf(principal)) ??
        new ApiError(403, `${nameOf(principal)} is not allowed to ${action} ${describe(resource)}`)
      );
    },
    close: async () => acl?.close(),
  };
}
