import { computed, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { OverviewApp, OverviewChange, OverviewSnapshot } from '../api/overview.js';
import { openStream } from '../live/stream.js';
import type { LiveStream } from '../live/stream.js';
import { OverviewData } from './overview-data.js';

const data = new OverviewData();
const version = signal(0);
const complete = signal(false);
let stream: LiveStream | undefined;

function changed(): void {
  version.value += 1;
}

/** Begins to follow the scheduler; once. */
export function followScheduler(): LiveStream {
  stream ??= openStream('ekiden/v1/overview/stream', {
    hasHeartbeat: true,
    on: {
      snapshot: (message: OverviewSnapshot) => {
        if (!data.takeSnapshot(message)) return;
        complete.value = true;
        changed();
      },
      change: (message: OverviewChange) => {
        data.takeChange(message);
        changed();
      },
    },
  });
  return stream;
}

/** Everything was received once. */
export const isComplete: ReadonlySignal<boolean> = complete;
/** All apps and pods by id; the map is the same one, its signal tells of changes. */
export const apps: ReadonlySignal<{ readonly all: ReadonlyMap<string, OverviewApp> }> = computed(() => {
  void version.value;
  return { all: data.apps };
});
export const groups = computed(() => {
  void version.value;
  return data.groups;
});
export const deployments = computed(() => {
  void version.value;
  return data.deployments;
});
export const scheduler = computed(() => {
  void version.value;
  return data.scheduler;
});

/** The line of an app, now; undefined when there is none. */
export function appNow(id: string): OverviewApp | undefined {
  void version.value;
  return data.apps.get(id);
}
