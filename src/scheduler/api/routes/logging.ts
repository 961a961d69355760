import type { LogLevels, Verbosity } from '../../../common/log-levels.js';
import type { HttpServer } from '../../../http/server.js';
import { notValid } from '../api-error.js';
import type { FrontContext } from '../front-context.js';
import { parseLoggerChange } from '../parse/logger-change.js';
import { sendJson } from '../send.js';
import { addResource } from '../resource.js';

/** What a logger returns to, and when. */
interface Return {
  readonly timer: NodeJS.Timeout;
  readonly level: Verbosity | undefined;
}

/** Changes of levels that last for some time. */
class TemporaryLevels {
  readonly #levels: LogLevels;
  readonly #returns = new Map<string, Return>();

  constructor(levels: LogLevels) {
    this.#levels = levels;
  }

  /** Sets a level, for good or for `seconds`. After several changes a logger returns to what it had before the first. */
  set(logger: string, level: Verbosity, seconds: number | undefined): void {
    const pending = this.#returns.get(logger);
    const before = pending === undefined ? this.#levels.own(logger) : pending.level;
    clearTimeout(pending?.timer);
    this.#returns.delete(logger);
    this.#levels.set(logger, level);
    if (seconds === undefined) return;
    const timer = setTimeout(() => {
      this.#returns.delete(logger);
      this.#levels.set(logger, before);
    }, seconds * 1000);
    timer.unref();
    this.#returns.set(logger, { timer, level: before });
  }

  close(): void {
    for (const { timer } of this.#returns.values()) clearTimeout(timer);
    this.#returns.clear();
  }
}

/** `/logging`: what each part of this process logs, and how to make it say more or less, for a while or for good. */
export function addLogging(server: HttpServer, { access, logger }: FrontContext): void {
  const levels = logger.levelControl;
  const temporary = levels === undefined ? undefined : new TemporaryLevels(levels);
  server.addHook('onClose', () => temporary?.close());

  addResource(server, '/logging', {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'system', name: 'config' });
      const shown = [...(levels?.all() ?? [])].map(([name, { level, inherited }]) => [
        name,
        `${level.toUpperCase()}${inherited ? ' (inherited)' : ''}`,
      ]);
      return sendJson(reply, JSON.stringify(Object.fromEntries(shown)));
    },
    POST: (request, reply) => {
      access.demand(request, 'update', { kind: 'system', name: 'config' });
      const change = parseLoggerChange(request.body);
      const known = [...(levels?.all().keys() ?? [])];
      if (temporary === undefined || !known.includes(change.logger)) {
        const error = `there is no such logger; there are: ${known.join(', ')}`;
        throw notValid([{ path: '/logger', errors: [error] }]);
      }
      temporary.set(change.logger, change.level, change.durationSeconds);
      logger.info({ ...change }, 'A log level was changed over the API');
      return sendJson(reply, JSON.stringify(change));
    },
  });
}
