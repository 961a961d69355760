import type { Logger } from '../../common/logger.js';
import type { SchedulerMetrics } from '../metrics/create-metrics.js';
import type { HttpOptions, SchedulerOptions } from '../options.js';
import type { AccessControl } from './access.js';

/** What the front of the API and the routes that tell of this process itself work with: a part of ApiContext. */
export interface FrontContext {
  readonly service: { readonly options: HttpOptions & Pick<SchedulerOptions, 'hostname' | 'flags'> };
  readonly logger: Logger;
  readonly access: AccessControl;
  readonly metrics?: Pick<SchedulerMetrics, 'watch'>;
}
