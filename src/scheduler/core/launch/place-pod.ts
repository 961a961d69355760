import type { PodDefinition } from '../../model/pod-definition.js';
import type { Placer } from './placement.js';

/** Starting the containers of a pod one by one would be something else than the pod that was asked for. */
export const placePod: Placer<PodDefinition> = () => ({
  fits: false,
  refusals: [
    {
      reason: 'UnfulfilledConstraint',
      needed: 'a launch of several containers together',
      had: 'this version of Ekiden stores pods and cannot launch them yet',
    },
  ],
});
