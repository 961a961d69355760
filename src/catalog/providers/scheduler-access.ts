import { createHttpClient, readText } from '../../common/http-client.js';
import type { HttpClient, HttpRequest, HttpResponse, HttpStream } from '../../common/http-client.js';

/** How many times one request follows a redirect to the leader. */
const maxRedirects = 3;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface SchedulerAccessOptions {
  /** Sent as basic authentication, but not in the clear to where one that is reached by TLS redirects. */
  readonly credentials?: Credentials | undefined;
  /** Reads the certificates to trust besides the usual authorities, as PEM text; before each request. */
  readonly readTrust?: (() => Promise<string>) | undefined;
  /** To connect, default `timeoutMs`. */
  readonly connectTimeoutMs?: number;
  /** Until the head of an answer, and for each silence within its body. */
  readonly timeoutMs: number;
  /** Bound on a whole answer (default 64 MiB). */
  readonly maxBodyBytes?: number;
}

/** A request whose redirects are followed. */
export interface SchedulerRequest extends HttpRequest {
  /** The address that is trusted with the credentials, when it is not `url` itself: one that it has redirected to before. */
  readonly origin?: string;
  /** Made of the address of every hop; default: as it is. */
  readonly amend?: (url: string) => string;
}

export function isSecure(url: string): boolean {
  return url.startsWith('https:');
}

/** An address below the base URL of a scheduler. Throws when that is no URL. */
export function addressOf(base: string, path: string): string {
  return new URL(`${base.replace(/\/+$/, '')}${path}`).href;
}

/** Why a scheduler refuses what it was asked for with these credentials. */
export function refusal(status: number, user: string | undefined): string {
  if (user === undefined) return `${status}: the scheduler asks for credentials: give them as --marathon_credentials`;
  const fault = status === 401 ? 'are not those of the scheduler' : 'do not allow to follow the catalog';
  return `${status}: the --marathon_credentials of ${user} ${fault}`;
}

/** The way to the schedulers: with credentials, certificates that may be renewed, and redirects to the leader. */
export class SchedulerAccess {
  readonly #options: SchedulerAccessOptions;
  readonly #authorization: Readonly<Record<string, string>>;
  #client: HttpClient;
  #trust: string | undefined;
  #closed = false;

  constructor(options: SchedulerAccessOptions) {
    this.#options = options;
    const { credentials } = options;
    this.#authorization =
      credentials === undefined
        ? {}
        : { Authorization: `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}` };
    this.#client = this.#createClient(undefined);
  }

  /** Sends a request; returns with the head of the last answer, and where it comes from. */
  async stream(request: SchedulerRequest & { idleTimeoutMs: number }): Promise<HttpStream & { url: string }> {
    return this.#follow(
      request,
      (client, hop) => client.stream({ ...hop, idleTimeoutMs: request.idleTimeoutMs }),
      (answer) => readText(answer.body),
    );
  }

  /** Sends a request; returns the last answer as a whole, and where it comes from. */
  async request(request: SchedulerRequest): Promise<HttpResponse & { url: string }> {
    return this.#follow(
      request,
      (client, hop) => client.request(hop),
      () => Promise.resolve(),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client.close();
  }

  async #follow<Answer extends { readonly status: number; readonly headers: Readonly<Record<string, string>> }>(
    { amend = (url) => url, origin, ...request }: SchedulerRequest,
    send: (client: HttpClient, hop: HttpRequest) => Promise<Answer>,
    leave: (answer: Answer) => Promise<unknown>,
  ): Promise<Answer & { url: string }> {
    const client = await this.#currentClient();
    for (let hop = 0, at = request.url; ; hop += 1) {
      const authorization = isSecure(at) || !isSecure(origin ?? request.url) ? this.#authorization : {};
      const answer = await send(client, {
        ...request,
        url: amend(at),
        headers: { ...request.headers, ...authorization },
      });
      const { location } = answer.headers;
      if (!redirects.has(answer.status) || location === undefined) return { ...answer, url: at };
      await leave(answer);
      // Its query is ours, with what is between us and the scheduler
      const shown = location.split('?', 1).join('').slice(0, 200);
      if (hop >= maxRedirects) throw new Error(`more than ${maxRedirects} redirects, the last one to ${shown}`);
      if (!URL.canParse(location, at)) throw new Error(`a redirect to ${JSON.stringify(shown)}`);
      const next = new URL(location, at);
      // Credentials are ours to send, and not a redirect's to choose.
      next.username = '';
      next.password = '';
      // What was asked for stays the same, whether the redirect kept it or lost it.
      next.search = new URL(request.url).search;
      at = next.href;
    }
  }

  /** The client, made anew when what it trusts has changed. */
  async #currentClient(): Promise<HttpClient> {
    const text = await this.#options.readTrust?.();
    if (text !== this.#trust && !this.#closed) {
      const former = this.#client;
      this.#client = this.#createClient(text);
      this.#trust = text;
      await former.close();
    }
    return this.#client;
  }

  #createClient(trust: string | undefined): HttpClient {
    const { connectTimeoutMs, timeoutMs, maxBodyBytes } = this.#options;
    return createHttpClient({
      timeoutMs,
      ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
      ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
      trust,
    });
  }
}
