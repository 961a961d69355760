import type {
  OverviewApp,
  OverviewChange,
  OverviewDeployment,
  OverviewScheduler,
  OverviewSnapshot,
} from '../api/overview.js';

/** What the overview stream has told, put together. Pure but for itself; a new snapshot takes effect when it is complete. */
export class OverviewData {
  #apps = new Map<string, OverviewApp>();
  #groups: readonly string[] = [];
  #deployments: readonly OverviewDeployment[] = [];
  #scheduler: OverviewScheduler | undefined;
  #incoming: { apps: Map<string, OverviewApp>; groups: readonly string[] } | undefined;

  /** By id. */
  get apps(): ReadonlyMap<string, OverviewApp> {
    return this.#apps;
  }
  get groups(): readonly string[] {
    return this.#groups;
  }
  get deployments(): readonly OverviewDeployment[] {
    return this.#deployments;
  }
  get scheduler(): OverviewScheduler | undefined {
    return this.#scheduler;
  }

  /** Takes in one message of a snapshot; returns whether it was the last one. */
  takeSnapshot(message: OverviewSnapshot): boolean {
    const incoming =
      message.first || this.#incoming === undefined
        ? { apps: new Map<string, OverviewApp>(), groups: message.groups }
        : this.#incoming;
    this.#incoming = incoming;
    for (const app of message.apps) incoming.apps.set(app.id, app);
    if (!message.complete) return false;
    this.#apps = incoming.apps;
    this.#groups = incoming.groups;
    this.#deployments = message.deployments;
    this.#scheduler = message.scheduler;
    this.#incoming = undefined;
    return true;
  }

  takeChange({ apps, removedApps, groups, deployments, scheduler }: OverviewChange): void {
    for (const id of removedApps) this.#apps.delete(id);
    for (const app of apps) this.#apps.set(app.id, app);
    this.#groups = groups ?? this.#groups;
    this.#deployments = deployments ?? this.#deployments;
    this.#scheduler = scheduler ?? this.#scheduler;
  }
}
