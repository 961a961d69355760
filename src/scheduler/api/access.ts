import type { HttpReply, HttpRequest } from '../../http/server.js';
import type { PathId } from '../../common/path-id.js';

/** What is done to a thing. */
export type AccessAction = 'view' | 'create' | 'update' | 'delete';

/** A thing that is protected: an app, pod or group by its id, or one of the system's own. */
export type AccessResource =
  | { readonly kind: 'app' | 'pod' | 'group'; readonly id: PathId }
  | { readonly kind: 'system'; readonly name: 'config' | 'leader' | 'events' | 'plugins' | 'artifacts' | 'edges' };

/** Who may do what (marathon.md §18). */
export interface AccessControl {
  /**
   * Says who asks and remembers it with the request; called once per request, before its route. Throws ApiError 401 for an
   * unknown one. A plugin may also answer itself; then `reply.sent` is true.
   */
  authenticate(request: HttpRequest, reply: HttpReply): Promise<void>;
  /** Whether the one who sent `request` may do this. What may not be viewed is left out of lists. */
  may(request: HttpRequest, action: AccessAction, resource: AccessResource): boolean;
  /** Throws ApiError 403 unless `may`. */
  demand(request: HttpRequest, action: AccessAction, resource: AccessResource): void;
  /** Nothing is forbidden: lists need not be filtered. */
  readonly isOpen: boolean;
  /** `authenticate` knows users by name, and that of `--http_credentials` among them: nothing else may ask for those. */
  readonly authenticates?: boolean;
}

/** Everybody may do everything. */
export const openAccess: AccessControl = {
  authenticate: () => Promise.resolve(),
  may: () => true,
  demand: () => undefined,
  isOpen: true,
};
