import { ApiError, messageOf } from '../../http/api-error.js';

/** Why something was refused, in words for whoever wanted it. */
export function problemText(error: unknown): string {
  const message = messageOf(error);
  if (!(error instanceof ApiError)) return message;
  if (error.status === 401)
    return `The scheduler wants a name and a password, or does not take those given: ${message}`;
  if (error.status === 403) return `That is not allowed to this user, or not possible now: ${message}`;
  return message;
}
