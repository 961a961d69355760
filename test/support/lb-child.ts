// A process that runs a load balancer with the options given as JSON, so that a test can kill it.
import { silentLogger } from '../../src/common/logger.js';
import type { LbOptions } from '../../src/lb/options.js';
import { startLb } from '../../src/lb/start.js';

const options = JSON.parse(process.argv[2] ?? '{}') as LbOptions;
await startLb(options, { logger: silentLogger, fatal: (error) => process.stderr.write(`${error.message}\n`) });
process.stdout.write('started\n');
