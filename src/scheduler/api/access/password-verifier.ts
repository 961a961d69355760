import { createHmac, randomBytes } from 'node:crypto';
import { createLimiter } from '../../../common/concurrency.js';
import { ApiError } from '../api-error.js';
import { verifyPassword } from './password.js';
import type { PasswordHash } from './password.js';

/** Checks passwords without doing the slow work again for each request of the same client. */
export interface PasswordVerifier {
  /** `known` undefined: there is no such user. Throws ApiError 503 when too many are waiting. */
  verify(known: PasswordHash | undefined, password: string): Promise<boolean>;
}

/** Of the four threads that Node has for such work, the store needs some at any time. */
const concurrency = 2;
const maxWaiting = 64;
const maxRemembered = 1024;
/** Longer ones are wrong: nobody may make us hash megabytes. */
const maxPasswordLength = 1024;

/**
 * At most `concurrency` (2) tries at a time and 64 waiting; the last 1024 right passwords are remembered by a keyed digest, which is
 * worthless outside this process and void as soon as the user's hash is another one. Wrong ones are not remembered.
 */
export function createPasswordVerifier(verify: typeof verifyPassword = verifyPassword): PasswordVerifier {
  const limited = createLimiter(concurrency);
  const key = randomBytes(32);
  /** Least recently used first. */
  const right = new Set<string>();
  const running = new Map<string, Promise<boolean>>();

  function remember(digest: string): void {
    right.delete(digest);
    right.add(digest);
    for (const oldest of right) {
      if (right.size <= maxRemembered) break;
      right.delete(oldest);
    }
  }

  function start(digest: string, known: PasswordHash | undefined, password: string): Promise<boolean> {
    if (running.size >= concurrency + maxWaiting) {
      const message = `Too many passwords are being checked (${running.size}, which is the limit): send the request again`;
      throw new ApiError(503, message);
    }
    const result = limited(() => verify(known, password)).finally(() => running.delete(digest));
    running.set(digest, result);
    return result;
  }

  return {
    async verify(known, password) {
      if (password.length > maxPasswordLength) return false;
      const digest = createHmac('sha256', key)
        .update(`${known?.text ?? ''}\n${password}`)
        .digest('base64');
      if (!right.has(digest) && !(await (running.get(digest) ?? start(digest, known, password)))) return false;
      remember(digest);
      return true;
    },
  };
}
