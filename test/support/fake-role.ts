// A role that does nothing, run as `node fake-role.js BEHAVIOUR LOGFILE`: a process as the supervisor and a terminal see one.
//   ok          serves until it is stopped
//   degraded    the same, without a part of itself
//   busy        cannot start (StartupError)    misused   cannot start (UsageError)
//   dies        serves and dies at once        never     never becomes ready
//   stuck       does not end when it is asked to
//   steps-down  its first life ends with 103 while it starts, its second one while it serves; then it is ok
// Each start, stop and its scope are appended to LOGFILE as `<event> <pid>` lines.
import { appendFileSync, readFileSync } from 'node:fs';
import { StartupError, UsageError } from '../../src/common/errors.js';
import { runRole } from '../../src/cli/run-role.js';

const [behaviour = 'ok', logFile = '/dev/null'] = process.argv.slice(2);
const note = (event: string): void => appendFileSync(logFile, `${event} ${process.pid}\n`);

/** Which life of this role this one is, the first being 1. */
function countLives(): number {
  appendFileSync(`${logFile}.lives`, '.');
  return readFileSync(`${logFile}.lives`).length;
}

process.exit(
  await runRole({
    role: 'dns',
    logLevel: 'info',
    logFormat: 'json',
    ...(behaviour === 'degraded' ? { degraded: 'half of it is missing' } : {}),
    start: async ({ logger, fatal }) => {
      note('start');
      if (behaviour === 'busy') throw new StartupError('port 1 on 127.0.0.1 is in use by another program');
      if (behaviour === 'misused') throw new UsageError('--resources: bad');
      const lives = behaviour === 'steps-down' ? countLives() : 0;
      if (lives === 1) process.exit(103);
      if (behaviour === 'never') await new Promise(() => setInterval(() => undefined, 1000));
      logger.info({}, 'serving');
      const alive = setInterval(() => logger.info({}, 'tick'), 100);
      if (behaviour === 'dies') setTimeout(() => process.exit(9), 10);
      if (lives === 2) fatal(new Error('another one leads'), 103);
      return {
        stop: async (scope) => {
          note(`stop-${scope}`);
          if (behaviour === 'stuck') await new Promise(() => undefined);
          clearInterval(alive);
        },
      };
    },
  }),
);
