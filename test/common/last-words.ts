// A process that logs and ends at once when its parent is gone.
import { createLogger } from '../../src/common/logger.js';

const logger = createLogger({ role: 'test', level: 'info', pretty: process.argv[2] === 'pretty' });
process.on('disconnect', () => {
  logger.info({}, 'nobody');
  logger.info({}, 'reads this');
  process.exit(0);
});
process.send?.('ready');
setInterval(() => undefined, 60_000);
