import type { OverviewApp, OverviewDeployment, OverviewScheduler } from '../../src/scheduler/overview/types.js';

interface Snapshot {
  readonly epoch: string;
  readonly first: boolean;
  readonly complete: boolean;
  readonly apps: readonly OverviewApp[];
  readonly groups: readonly string[];
  readonly deployments: readonly OverviewDeployment[];
  readonly scheduler: OverviewScheduler;
}

type Change = Partial<Snapshot> & { readonly apps: readonly OverviewApp[]; readonly removedApps: readonly string[] };

/** Puts together what the overview stream tells, as a page does; throws when a message makes no sense after those before it. */
export class OverviewReader {
  readonly apps = new Map<string, OverviewApp>();
  groups: readonly string[] = [];
  deployments: readonly OverviewDeployment[] = [];
  scheduler: OverviewScheduler | undefined;
  /** The messages, in their order. */
  readonly messages: { readonly event: string; readonly data: string }[] = [];
  isComplete = false;

  readonly take = (event: string, data: string): void => {
    this.messages.push({ event, data });
    if (event === 'snapshot') this.#takeSnapshot(JSON.parse(data) as Snapshot);
    else this.#takeChange(JSON.parse(data) as Change);
  };

  #takeSnapshot({ first, complete, apps, groups, deployments, scheduler }: Snapshot): void {
    if (this.isComplete || first !== (this.messages.length === 1)) throw new Error('a snapshot within a snapshot');
    for (const app of apps) this.apps.set(app.id, app);
    if (first) this.groups = groups;
    if (!complete) return;
    this.deployments = deployments;
    this.scheduler = scheduler;
    this.isComplete = true;
  }

  #takeChange({ apps, removedApps, groups, deployments, scheduler }: Change): void {
    if (!this.isComplete) throw new Error('a change before the snapshot');
    for (const id of removedApps) if (!this.apps.delete(id)) throw new Error(`${id} is removed and was never there`);
    for (const app of apps) {
      const known = this.apps.get(app.id);
      if (known !== undefined && known.revision >= app.revision) throw new Error(`${app.id} goes back`);
      this.apps.set(app.id, app);
    }
    this.groups = groups ?? this.groups;
    this.deployments = deployments ?? this.deployments;
    this.scheduler = scheduler ?? this.scheduler;
  }

  /** All that is known, without the revisions: they count from another beginning for each reader. */
  get known(): object {
    const apps = [...this.apps.values()].map(({ revision, ...app }) => app);
    return {
      apps: apps.sort((a, b) => (a.id < b.id ? -1 : 1)),
      groups: [...this.groups].sort(),
      deployments: this.deployments,
      scheduler: this.scheduler,
    };
  }
}
