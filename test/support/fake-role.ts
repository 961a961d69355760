// A role that does nothing, run as `node fake-role.js BEHAVIOUR LOGFILE`: a process as the supervisor and a terminal see one.
//   ok          serves until it is stopped
//   degraded    the same, without a part of itself
//   busy        cannot start (StartupError)    misused   cannot start (UsageError)
//   dies        serves and dies at once        never     never becomes ready
//   stuck       does not end when it is asked to
// Each start, stop and its scope are appended to LOGFILE as `<event> <pid>` lines.
import { appendFileSync } from 'node:fs';
import { StartupError, UsageError } from '../../src/common/errors.js';
import { runRole } from '../../src/cli/run-role.js';

const [behaviour = 'ok', logFile = '/dev/null'] = process.argv.slice(2);
const note = (event: string): void => appendFileSync(logFile, `${event} ${process.pid}\n`);

process.exit(
  await runRole({
    role: 'dns',
    logLevel: 'info',
    logFormat: 'json',
    ...(behaviour === 'degraded' ? { degraded: 'half of it is missing' } : {}),
    start: async ({ logger }) => {
      note('start');
      if (behaviour === 'busy') throw new StartupError('port 1 on 127.0.0.1 is in use by another program');
      if (behaviour === 'misused') throw new UsageError('--resources: bad');
      if (behaviour === 'never') await new Promise(() => setInterval(() => undefined, 1000));
      logger.info({}, 'serving');
      const alive = setInterval(() => logger.info({}, 'tick'), 100);
      if (behaviour === 'dies') setTimeout(() => process.exit(9), 10);
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
