import type { HttpClient } from '../common/http-client.js';

/** How one request to a master is made. */
export interface MasterClient {
  readonly http: HttpClient;
  /** `https` with `--mesos_tls`. */
  readonly scheme: 'http' | 'https';
  /** Go with every request: HTTP basic authentication, when there are credentials. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A Mesos endpoint answered, but not with what was asked for. `body` is its text. */
export class MesosHttpError extends Error {
  override readonly name = 'MesosHttpError';
  readonly status: number;
  readonly body: string;
  constructor(status: number, body: string, what: string) {
    super(`${what}: HTTP ${status}${body === '' ? '' : `: ${body.trim().slice(0, 500)}`}`);
    this.status = status;
    this.body = body;
  }
}

/** The principal in the headers of a client; undefined when it sends no credentials. */
function principalOf({ headers }: Pick<MasterClient, 'headers'>): string | undefined {
  const encoded = /^Basic (.*)$/.exec(headers['authorization'] ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  return text.slice(0, text.indexOf(':'));
}

/** What an answer means, and what helps; undefined where the answer says it itself. */
function explained(
  client: MasterClient,
  status: number,
  headers: Readonly<Record<string, string>>,
): string | undefined {
  const principal = principalOf(client);
  if (status === 307) return `the master leads no more and redirects to ${(headers['location'] ?? '?').slice(0, 200)}`;
  if (status === 403) {
    return principal === undefined
      ? 'the master refuses it to those who send no credentials'
      : `the master refuses it to the principal "${principal}"`;
  }
  if (status !== 401) return undefined;
  const asked = headers['www-authenticate'] ?? '';
  if (asked !== '' && !/\bbasic\b/i.test(asked)) {
    return `the master asks for credentials of another kind than HTTP basic authentication: ${asked.slice(0, 200)}`;
  }
  const realm = asked === '' ? '' : ` (${asked.slice(0, 200)})`;
  return principal === undefined
    ? `the master asks for credentials${realm}: give --mesos_authentication_principal and --mesos_authentication_secret or --mesos_authentication_secret_file`
    : `the master does not know the principal "${principal}" with the secret given${realm}`;
}

/** The error for an answer that is not what was asked for; `what` names the request. */
export function refusalOf(
  client: MasterClient,
  answer: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string },
  what: string,
): MesosHttpError {
  const why = explained(client, answer.status, answer.headers);
  return new MesosHttpError(answer.status, answer.body, why === undefined ? what : `${what}: ${why}`);
}
