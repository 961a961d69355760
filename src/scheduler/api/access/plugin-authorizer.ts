import { messageOf } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';
import type { HttpRequest } from '../../../http/server.js';
import type { Loaded } from '../../plugins/load-plugins.js';
import { ResponseBuilder } from '../../plugins/response-builder.js';
import { synchronous } from '../../plugins/synchronous.js';
import type { Identity } from '../../plugins/types.js';
import type { AccessAction, AccessResource } from '../access.js';
import type { ApiError } from '../api-error.js';
import { WrittenAnswer } from './written-answer.js';

/** An Authorizer as the rest of the access control asks it. */
export interface PluginAuthorizer {
  permits(request: HttpRequest, identity: Identity, action: AccessAction, resource: AccessResource): boolean;
  /** What the plugin answers to what is denied; undefined when it has nothing to say. */
  refusal(request: HttpRequest, identity: Identity): ApiError | undefined;
}

/** Only `true` is a yes; an error and a promise are a no. */
export function createPluginAuthorizer({ id, plugin }: Loaded<'Authorizer'>, logger: Logger): PluginAuthorizer {
  /** A list of thousands of apps is told of once. */
  const told = new WeakSet<HttpRequest>();
  function failed(request: HttpRequest, error: unknown): void {
    if (told.has(request)) return;
    told.add(request);
    logger.error({ plugin: id, reason: messageOf(error) }, 'The Authorizer has failed: that is a no');
  }

  return {
    permits(request, identity, action, resource) {
      try {
        const answer = synchronous(plugin.isAuthorized(identity, action, resource));
        if (typeof answer !== 'boolean') throw new TypeError("'isAuthorized' has returned neither true nor false");
        return answer;
      } catch (error) {
        failed(request, error);
        return false;
      }
    },

    refusal(request, identity) {
      if (plugin.handleNotAuthorized === undefined) return undefined;
      const response = new ResponseBuilder(403);
      try {
        synchronous(plugin.handleNotAuthorized(identity, response));
        return new WrittenAnswer(response.take());
      } catch (error) {
        failed(request, error);
        return undefined;
      }
    },
  };
}
