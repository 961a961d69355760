import { ApiError } from '../api/api-error.js';

/** The header with an edge's own user and password (`--lb_credentials`): those of the scheduler are for the scheduler. */
const header = 'X-Ekiden-Edge-Authorization';

const maxLength = 4096;

/** What an edge is sent as `Authorization`, from the value of the header. Throws ApiError 400 for anything but basic authentication. */
export function edgeAuthorizationOf(value: string | readonly string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.length <= maxLength && /^Basic [\w+/-]+={0,2}$/i.test(value)) return value;
  throw new ApiError(400, `${header}: must be "Basic " with user:password in Base64`);
}

/** The answer to whoever has not said who he is to an edge that asks for it, or not rightly; with it, a browser opens no login of its own. */
export function unauthorizedAt(edge: string, given: string | undefined): ApiError {
  const message =
    given === undefined
      ? `The edge ${edge} asks for a user and a password (--lb_credentials): send them in the header ${header}, as "Basic " with ` +
        'user:password in Base64'
      : `The edge ${edge} does not know the user and the password in the header ${header} (--lb_credentials)`;
  return new ApiError(401, message);
}
