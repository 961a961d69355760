import type { Offer } from '../../model/offer.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { CoreSettings } from '../settings.js';
import type { Refusal } from './reject-reason.js';

/** A label by which an app or pod goes its own way. */
const behaviourLabel = 'GPU_SCHEDULING_BEHAVIOR';

/**
 * Leaves agents with GPUs to what asks for some (marathon.md §9.7): the default, unless `--gpu_scheduling_behavior` or a label of the app or
 * pod says otherwise. `gpus`: what it asks for.
 */
export function scarceGpusRefusal(
  { labels }: Pick<RunSpec, 'labels'>,
  gpus: number,
  { resources }: Pick<Offer, 'resources'>,
  { gpuScheduling }: Pick<CoreSettings, 'gpuScheduling'>,
): Refusal | undefined {
  if (gpus > 0 || (labels[behaviourLabel] ?? gpuScheduling) === 'unrestricted') return undefined;
  const offered = resources.reduce((sum, part) => sum + part.gpus, 0);
  if (offered === 0) return undefined;
  return {
    reason: 'DeclinedScarceResources',
    needed: 'an agent without GPUs, as those that have some are for what asks for them',
    had: `${offered} gpus`,
  };
}
