import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import type { MasterDriver } from '../master-driver.js';
import type { SystemFacts } from '../views/metrics.js';

/** What `/metrics/snapshot` says of the machine and the process. */
export function systemFacts(driver: MasterDriver): SystemFacts {
  return {
    cpus: availableParallelism(),
    load: loadavg(),
    memTotalBytes: totalmem(),
    memFreeBytes: freemem(),
    operatorSubscribers: driver.operatorSubscribers,
  };
}
