import { messageOf } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';
import type { HttpRequest } from '../../../http/server.js';
import { within } from '../../plugins/deadline.js';
import type { Deadline } from '../../plugins/deadline.js';
import type { Loaded } from '../../plugins/load-plugins.js';
import { pluginRequestOf } from '../../plugins/plugin-request.js';
import { ResponseBuilder } from '../../plugins/response-builder.js';
import type { Identity } from '../../plugins/types.js';
import { ApiError } from '../api-error.js';
import { WrittenAnswer } from './written-answer.js';

/** An Authenticator as the rest of the access control asks it. */
export interface PluginAuthenticator {
  /** Undefined: nobody that it knows. Throws ApiError 503 when it cannot be asked. */
  identify(request: HttpRequest): Promise<Identity | undefined>;
  /** The answer to somebody unknown. */
  refusal(request: HttpRequest): Promise<ApiError>;
}

const maxGroups = 1000;

function isIdentity(value: unknown): value is Identity {
  if (typeof value !== 'object' || value === null) return false;
  const { name, groups } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || name === '') return false;
  if (groups === undefined) return true;
  return Array.isArray(groups) && groups.length <= maxGroups && groups.every((group) => typeof group === 'string');
}

/** An Authenticator that fails lets nobody in: an empty 503, as Marathon's does that is not ready yet (marathon.md §1.3). */
export function createPluginAuthenticator(
  { id, plugin }: Loaded<'Authenticator'>,
  { deadline, logger }: { readonly deadline: Deadline; readonly logger: Logger },
): PluginAuthenticator {
  function failed(error: unknown): void {
    logger.error({ plugin: id, reason: messageOf(error) }, 'The Authenticator has failed: nobody is let in by it');
  }

  return {
    async identify(request) {
      try {
        const identity: unknown = await within(deadline, () => plugin.authenticate(pluginRequestOf(request)));
        if (identity === undefined || identity === null) return undefined;
        if (isIdentity(identity)) return identity;
        throw new TypeError('an identity has a name, and groups that are a list of texts if it has any');
      } catch (error) {
        failed(error);
        throw new WrittenAnswer({ status: 503, headers: {}, content: undefined });
      }
    },

    async refusal(request) {
      if (plugin.handleNotAuthenticated !== undefined) {
        const response = new ResponseBuilder(401);
        try {
          await within(deadline, () => plugin.handleNotAuthenticated?.(pluginRequestOf(request), response));
          return new WrittenAnswer(response.take());
        } catch (error) {
          response.take();
          failed(error);
        }
      }
      return new ApiError(401, 'This request is of nobody that is known here');
    },
  };
}
