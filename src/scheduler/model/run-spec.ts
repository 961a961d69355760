import type { AppDefinition } from './app-definition.js';
import type { PodDefinition } from './pod-definition.js';

/** Marathon's term for what can be run: an app or a pod. */
export type RunSpec = AppDefinition | PodDefinition;

export type RunSpecKind = 'app' | 'pod';

export function isPod(runSpec: RunSpec): runSpec is PodDefinition {
  return 'containers' in runSpec;
}

export function kindOf(runSpec: RunSpec): RunSpecKind {
  return isPod(runSpec) ? 'pod' : 'app';
}
