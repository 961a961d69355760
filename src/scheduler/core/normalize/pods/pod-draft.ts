import type { PodDefinition } from '../../../model/pod-definition.js';

/** A pod before its deployment gives it a version. */
export type PodDraft = Omit<PodDefinition, 'version' | 'versionInfo'>;
