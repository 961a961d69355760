import { messageOf } from '../../../common/errors.js';
import { addressOf, refusal } from '../scheduler-access.js';
import type { SchedulerAccess } from '../scheduler-access.js';
import { AnswerError, appsToCatalog } from './apps-to-catalog.js';
import type { ReadApps, ReadingContext } from './apps-to-catalog.js';

/** Of the largest answer that is read: 100,000 tasks with all that Marathon tells of them are about that. */
export const maxAnswerBytes = 256 << 20;
/** To connect; a Marathon that takes longer is down. */
export const connectTimeoutMs = 5_000;
/** Until the head of an answer, and for each silence in it: a large Marathon collects for a while what it says. */
export const answerTimeoutMs = 30_000;
/** For a whole answer. */
const totalTimeoutMs = 120_000;

const path = '/v2/apps?embed=apps.tasks&embed=apps.deployments&embed=apps.readiness';

/**
 * Reads all apps and tasks of a Marathon. Throws when the answer is not 200, does not arrive as a whole and in time, is too large, or is no
 * list of apps.
 */
export async function readApps(
  {
    base,
    access,
    user,
    signal,
  }: { base: string; access: SchedulerAccess; user: string | undefined; signal?: AbortSignal },
  context: ReadingContext,
): Promise<ReadApps> {
  const timeout = AbortSignal.timeout(totalTimeoutMs);
  const { status, body } = await access.request({
    method: 'GET',
    url: addressOf(base, path),
    headers: { Accept: 'application/json' },
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  if (status === 401 || status === 403) throw new AnswerError(refusal(status, user));
  if (status !== 200) throw new AnswerError(`/v2/apps: it answers ${status}`);
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (error) {
    throw new AnswerError(`/v2/apps: the answer is not JSON: ${messageOf(error)}`);
  }
  return appsToCatalog(answer, context);
}
