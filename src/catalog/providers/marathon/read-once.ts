import { messageOf } from '../../../common/errors.js';
import { addressOf, refusal, SchedulerAccess } from '../scheduler-access.js';
import type { Credentials } from '../scheduler-access.js';
import type { ReadApps } from './apps-to-catalog.js';
import { maxAnswerBytes, readApps } from './read-apps.js';
import { parseTasksText } from './tasks-text.js';
import type { TasksTextLine } from './tasks-text.js';

export interface ReadOnceOptions {
  readonly credentials?: Credentials | undefined;
  readonly readTrust?: (() => Promise<string>) | undefined;
  /** To connect and for each silence, at each of the schedulers. Default 10 s, as haproxy-marathon-bridge has it. */
  readonly timeoutMs?: number;
}

/** Asks one after the other until one answers as it should. Throws with what each of them did instead. */
async function firstOf<T>(
  schedulers: readonly string[],
  { credentials, readTrust, timeoutMs = 10_000 }: ReadOnceOptions,
  ask: (base: string, access: SchedulerAccess) => Promise<T>,
): Promise<T> {
  const access = new SchedulerAccess({ credentials, readTrust, timeoutMs, maxBodyBytes: maxAnswerBytes });
  const problems: string[] = [];
  try {
    for (const scheduler of schedulers) {
      const base = /^https?:\/\//i.test(scheduler) ? scheduler : `http://${scheduler}`;
      try {
        return await ask(base, access);
      } catch (error) {
        problems.push(`${base}: ${messageOf(error)}`);
      }
    }
  } finally {
    await access.close();
  }
  throw new Error(problems.length === 0 ? 'no Marathon is given' : problems.join('; '));
}

/** Reads all apps and tasks, once, from the first of the Marathons (URLs or `host:port`) that tells them. Throws when none does. */
export function readAppsOnce(schedulers: readonly string[], options: ReadOnceOptions = {}): Promise<ReadApps> {
  const user = options.credentials?.user;
  return firstOf(schedulers, options, (base, access) =>
    readApps({ base, access, user }, { nowMs: Date.now(), previous: () => undefined }),
  );
}

/** Reads `GET /v2/tasks` as text, once, from the first of the Marathons (URLs or `host:port`) that answers. Throws when none does. */
export function readTasksText(
  schedulers: readonly string[],
  options: ReadOnceOptions = {},
): Promise<readonly TasksTextLine[]> {
  return firstOf(schedulers, options, async (base, access) => {
    const url = addressOf(base, '/v2/tasks');
    const { status, body } = await access.request({ method: 'GET', url, headers: { Accept: 'text/plain' } });
    if (status === 401 || status === 403) throw new Error(refusal(status, options.credentials?.user));
    if (status !== 200) throw new Error(`/v2/tasks: it answers ${status}`);
    return parseTasksText(body);
  });
}
