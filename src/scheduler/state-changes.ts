import type { Turn } from './core/step.js';

/** What a turn has changed of what readers are shown; ids of apps are those of pods, too. */
export type StateChange = Pick<
  Turn,
  'touchedApps' | 'touchedInstances' | 'touchedGroups' | 'changedApps' | 'observedApps'
>;

/** Tells whoever shows the state, turn by turn, what of it is different now: stored and readable, after the turn's events were published. */
export interface StateChanges {
  /** Returns the function that ends the subscription. */
  subscribe(listener: (change: StateChange) => void): () => void;
  publish(change: StateChange): void;
}

/** A listener that throws is a defect of the listener: the others still hear, and the engine goes on. */
export function createStateChanges(onListenerError: (error: unknown) => void): StateChanges {
  const listeners = new Set<(change: StateChange) => void>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publish(change) {
      for (const listener of listeners) {
        try {
          listener(change);
        } catch (error) {
          onListenerError(error);
        }
      }
    },
  };
}
