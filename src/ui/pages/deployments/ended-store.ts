import { effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { EventPlan } from '../../api/events.js';
import type { OverviewDeployment } from '../../api/overview.js';
import { serverTimeMs } from '../../live/server-clock.js';
import { openStream } from '../../live/stream.js';
import type { LiveStream } from '../../live/stream.js';
import { deployments } from '../../stores/overview.js';
import { goneDeployments, withEnd } from './ended-deployments.js';
import type { EndedDeployment } from './ended-deployments.js';

interface EndEvent {
  readonly id: string;
  readonly plan: EventPlan;
  readonly reason?: string;
}

const ended = signal<readonly EndedDeployment[]>([]);
let before: readonly OverviewDeployment[] = [];

function note(end: Omit<EndedDeployment, 'endedAtMs'>): void {
  ended.value = withEnd(ended.peek(), { ...end, endedAtMs: serverTimeMs() });
}

effect(() => {
  const now = deployments.value;
  for (const { id, affectedApps } of goneDeployments(before, now)) {
    note({ id, apps: affectedApps, outcome: undefined, reason: undefined });
  }
  before = now;
});

function appsOf({ steps }: EventPlan): readonly string[] {
  const ids = steps.flatMap(({ actions }) => actions.flatMap(({ app, pod }) => app ?? pod ?? []));
  return [...new Set(ids)];
}

/** Deployments that have ended while this page of the browser was there, the newest first. */
export const endedDeployments: ReadonlySignal<readonly EndedDeployment[]> = ended;

/** Listens for how deployments end; closed when nobody looks any more. */
export function followEnds(): LiveStream {
  return openStream('v2/events?event_type=deployment_success&event_type=deployment_failed&redirect=false', {
    on: {
      deployment_success: ({ id, plan }: EndEvent) =>
        note({ id, apps: appsOf(plan), outcome: 'success', reason: undefined }),
      deployment_failed: ({ id, plan, reason }: EndEvent) =>
        note({ id, apps: appsOf(plan), outcome: 'failed', reason }),
    },
  });
}
