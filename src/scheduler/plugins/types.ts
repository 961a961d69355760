import type { Logger } from '../../common/logger.js';
import type { AccessAction, AccessResource } from '../api/access.js';
import type { Violation } from '../core/commands.js';
import type { Json } from '../model/app-definition.js';
import type { TaskLaunch } from '../model/offer.js';
import type { RunSpecKind } from '../model/run-spec.js';

/**
 * What plugins are written against (docs/plugins.md): the default export of a plugin's module is a `PluginFactory`, and what it makes
 * has the methods of the interface that the plugin is configured for (marathon.md §18).
 */
export type PluginFactory<Plugin> = (context: PluginContext) => Plugin | Promise<Plugin>;

/** What a plugin is given when it is made. */
export interface PluginContext {
  /** `configuration` of the plugin in the `--plugin_conf`, as it stands there; `{}` when there is none. */
  readonly configuration: Readonly<Record<string, Json>>;
  /** Writes to the scheduler's log; each line carries the plugin's id. */
  readonly logger: Logger;
}

/** Who sends a request, as an Authenticator found out. It is remembered for this one request. */
export interface Identity {
  /** Shown in answers, and what the rules of an `--acl_file` call a user. */
  readonly name: string;
  /** Groups of the user that rules of an `--acl_file` may be for, besides those that the file itself knows. */
  readonly groups?: readonly string[];
  /** Anything else that the Authorizer needs. */
  readonly [member: string]: unknown;
}

/** A request, as far as plugins see it. */
export interface PluginRequest {
  readonly method: string;
  /** The path of the URL without its query, as the client wrote it, below the mount prefix. */
  readonly path: string;
  /** A key that is given more than once has a list. */
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly remoteAddress: string;
  /** As text; undefined when there is none, or when it has not been read yet (Authenticator). */
  readonly body: string | undefined;
}

/** The answer that a plugin writes. Nothing is sent before the plugin has returned, and nothing that it says later. */
export interface PluginResponse {
  /** 200 to 599; 200 unless it is set (401 and 403 in `handleNot…`). */
  status(code: number): void;
  /** Sets a header. Throws for names and values that HTTP does not allow and for those that the server itself sets. */
  header(name: string, value: string): void;
  /** 302 to another URL. */
  sendRedirect(location: string): void;
  /** Sets the content; text is sent as UTF-8. At most 16 MiB. */
  body(mediaType: string, content: string | Uint8Array): void;
}

/** Says who sends a request. */
export interface Authenticator {
  /**
   * The identity of who sends the request, undefined for nobody that is known. An error, or no result within 5 s, is answered 503: who
   * cannot be asked must let nobody in.
   */
  authenticate(request: PluginRequest): Identity | undefined | Promise<Identity | undefined>;
  /** Writes the answer to who is not known; without it, 401 and a message. */
  handleNotAuthenticated?(request: PluginRequest, response: PluginResponse): void | Promise<void>;
}

/** Says who may do what. Asked for every thing in a list, and therefore synchronous: what it takes to know belongs into `authenticate`. */
export interface Authorizer {
  /** Everything but `true`, an error too, is a no. */
  isAuthorized(identity: Identity, action: AccessAction, resource: AccessResource): boolean;
  /** Writes the answer to what is denied; without it, 403 and a message. */
  handleNotAuthorized?(identity: Identity, response: PluginResponse): void;
}

/** Has rules of its own for apps and pods. */
export interface RunSpecValidator {
  /**
   * What is wrong with a definition, nothing = it is fine. It is asked after Marathon's own rules, for what would be the definition then:
   * all defaults filled in, changes laid over what was there. It is Marathon's JSON (`mem`, `portDefinitions` …), a copy. Synchronous.
   * An error refuses the definition.
   */
  validate(runSpec: Readonly<Record<string, Json>>, kind: RunSpecKind): readonly Violation[];
}

/** A task that is about to be launched. Resources and ports are decided already, and stay. */
export type PluginTask = Readonly<
  Pick<TaskLaunch, 'taskId' | 'name' | 'agentId' | 'command' | 'env' | 'labels' | 'fetch'>
> & {
  /** The account that it runs in; undefined = the framework's. */
  readonly user: string | undefined;
};

/** What may be changed of a task; what is left out stays as it is. */
export type PluginTaskChanges = Partial<Pick<PluginTask, 'command' | 'env' | 'labels' | 'fetch' | 'user'>>;

/** Changes tasks before they are launched. */
export interface RunSpecTaskProcessor {
  /**
   * The task as it is to be launched: `{...task, env: {...task.env, TOKEN: 't'}}`, or only what changes. Synchronous. The task is decided
   * and stored by then, so that an error cannot stop it: it is launched as it was, and the error is logged.
   */
  taskInfo(
    runSpec: Readonly<Record<string, Json>>,
    task: PluginTask,
    kind: RunSpecKind,
  ): PluginTask | PluginTaskChanges;
}

/** Answers requests to `/v2/plugins/{id}/…`. */
export interface HttpRequestHandler {
  /** `request.path` is what follows `/v2/plugins/{id}`, decoded, `/` at least. An error is answered 500, no end within 5 s 503. */
  serve(request: PluginRequest, response: PluginResponse): void | Promise<void>;
}

/** The interfaces that plugins may have, by the last part of Marathon's name for them. */
export interface PluginInterfaces {
  readonly Authenticator: Authenticator;
  readonly Authorizer: Authorizer;
  readonly RunSpecValidator: RunSpecValidator;
  readonly RunSpecTaskProcessor: RunSpecTaskProcessor;
  readonly HttpRequestHandler: HttpRequestHandler;
}

export type PluginInterface = keyof PluginInterfaces;
