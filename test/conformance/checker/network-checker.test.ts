import { createServer } from 'node:http';
import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { createChecker } from '../../../src/scheduler/adapters/checks/checker.js';
import { listenOnFreePort } from '../../support/listen.js';
import { checkerSuite } from './checker-suite.js';

checkerSuite(t, async (t) => {
  let healthy = true;
  const server = createServer((_, response) => {
    response.statusCode = healthy ? 200 : 503;
    response.end();
  });
  const port = await listenOnFreePort(t, server);
  return {
    checker: createChecker({ maxConcurrent: 8, clock: Date.now, random: Math.random, logger: silentLogger }),
    host: '127.0.0.1',
    port,
    setHealthy: (value) => void (healthy = value),
    run: () => undefined,
  };
});
