import { schedulerOptions } from '../../../../src/cli/commands/scheduler.js';
import { resolveSettings } from '../../../../src/cli/settings.js';
import type { SchedulerOptions } from '../../../../src/scheduler/options.js';

/** The settings of a scheduler that is started with these options, and with the defaults of all others. */
export function optionsOf(...argv: readonly string[]): SchedulerOptions {
  const invocation = resolveSettings('scheduler', ['--master=m:5050', ...argv], {}, () => undefined);
  if (invocation === undefined) throw new Error('help was shown');
  return schedulerOptions(invocation.settings);
}
