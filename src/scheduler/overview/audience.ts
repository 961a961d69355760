import type { PathId } from '../../common/path-id.js';
import type { Clock } from '../../common/time.js';
import { ancestorsOf } from '../core/groups/tree.js';
import type { SchedulerState } from '../core/state.js';
import { overviewDeployments } from './deployment-rows.js';
import { changeText, snapshotTexts } from './message-texts.js';
import type { OverviewScheduler } from './types.js';
import type { View } from './view.js';

/** Where what is told comes from. */
export interface AudienceSource {
  readonly epoch: string;
  readonly state: SchedulerState;
  /** The line of each app and pod as JSON, as of the last change that was told. */
  readonly rows: ReadonlyMap<PathId, string>;
  readonly clock: Clock;
}

/** What is not as it was when a change was last told. */
export interface Changed {
  /** Apps and pods that have another line. */
  readonly rows: Iterable<PathId>;
  /** Those that had one. */
  readonly gone: Iterable<PathId>;
  readonly groups: boolean;
  readonly deployments: boolean;
}

/** The apps and pods that somebody may view who may not view all of them, and the groups around them. */
class Visible {
  readonly #ids = new Set<PathId>();
  /** How many of them lie below each group. */
  readonly #below = new Map<PathId, number>();

  has(id: PathId): boolean {
    return this.#ids.has(id);
  }

  /** Whether one of them lies below a group. */
  isBelow(group: PathId): boolean {
    return this.#below.has(group);
  }

  /** Returns whether this is news. */
  add(id: PathId): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    for (const group of ancestorsOf(id)) this.#below.set(group, (this.#below.get(group) ?? 0) + 1);
    return true;
  }

  /** Returns whether it was there. */
  delete(id: PathId): boolean {
    if (!this.#ids.delete(id)) return false;
    for (const group of ancestorsOf(id)) {
      const count = (this.#below.get(group) ?? 0) - 1;
      if (count > 0) this.#below.set(group, count);
      else this.#below.delete(group);
    }
    return true;
  }
}

/**
 * Readers who may see the same: what they are told is written once for all of them. `view`: what they may see; undefined: everything. One
 * with a view is for one reader.
 */
export class Audience {
  readonly #source: AudienceSource;
  readonly #view: View | undefined;
  readonly #visible = new Visible();
  /** What was told last; undefined: they have not all been told the same. */
  #groups: string | undefined;
  #deployments: string | undefined;
  #scheduler: string | undefined;

  constructor(source: AudienceSource, view?: View) {
    this.#source = source;
    this.#view = view;
  }

  /** All that there is, as messages, for one who is then told of the changes. `isFirst`: nobody else is told of them at present. */
  snapshot(isFirst: boolean): readonly string[] {
    const { epoch } = this.#source;
    const apps = this.#view === undefined ? [...this.#source.rows.values()] : this.#visibleRows(this.#view);
    const [groups, deployments, scheduler] = [this.#groupsText(), this.#deploymentsText(), this.#schedulerText()];
    // What the others have not been told yet is told to all of them with the next change
    const told = (before: string | undefined, now: string): string | undefined =>
      isFirst || before === now ? now : undefined;
    this.#groups = told(this.#groups, groups);
    this.#deployments = told(this.#deployments, deployments);
    this.#scheduler = told(this.#scheduler, scheduler);
    return snapshotTexts(epoch, { apps, groups, deployments, scheduler });
  }

  /** What has changed for them; undefined: nothing. */
  change({ rows, gone, groups, deployments }: Changed): string | undefined {
    const apps: string[] = [];
    const removedApps: PathId[] = [];
    let isOtherSet = false;
    for (const id of rows) {
      const text = this.#source.rows.get(id);
      if (text !== undefined && this.#mayView(id)) {
        apps.push(text);
        if (this.#view !== undefined && this.#visible.add(id)) isOtherSet = true;
      } else if (this.#visible.delete(id)) {
        removedApps.push(id);
        isOtherSet = true;
      }
    }
    for (const id of gone) {
      const wasVisible = this.#view === undefined || this.#visible.delete(id);
      if (!wasVisible) continue;
      removedApps.push(id);
      isOtherSet = true;
    }
    return changeText({ apps, removedApps, ...this.#otherNews(groups || isOtherSet, deployments) });
  }

  /** Of groups, deployments and the scheduler itself: what they have not been told. */
  #otherNews(
    groupsMayDiffer: boolean,
    deploymentsMayDiffer: boolean,
  ): { readonly groups?: string; readonly deployments?: string; readonly scheduler?: string } {
    const groups = groupsMayDiffer || this.#groups === undefined ? this.#groupsText() : this.#groups;
    const deployments =
      deploymentsMayDiffer || this.#deployments === undefined ? this.#deploymentsText() : this.#deployments;
    const scheduler = this.#schedulerText();
    const news = {
      ...(groups === this.#groups ? {} : { groups }),
      ...(deployments === this.#deployments ? {} : { deployments }),
      ...(scheduler === this.#scheduler ? {} : { scheduler }),
    };
    this.#groups = groups;
    this.#deployments = deployments;
    this.#scheduler = scheduler;
    return news;
  }

  #mayView(id: PathId): boolean {
    return this.#view === undefined || this.#view.runSpec(id);
  }

  #visibleRows(view: View): string[] {
    const texts: string[] = [];
    for (const [id, text] of this.#source.rows) {
      if (!view.runSpec(id)) continue;
      this.#visible.add(id);
      texts.push(text);
    }
    return texts;
  }

  #groupsText(): string {
    const view = this.#view;
    const ids = [...this.#source.state.groups.keys()];
    return JSON.stringify(view === undefined ? ids : ids.filter((id) => this.#visible.isBelow(id) || view.group(id)));
  }

  #deploymentsText(): string {
    const { state, clock } = this.#source;
    const view = this.#view;
    const all = [...state.deployments.values()];
    const shown = view === undefined ? all : all.flatMap((deployment) => view.deployment(deployment) ?? []);
    return JSON.stringify(overviewDeployments(state, shown, clock()));
  }

  #schedulerText(): string {
    const { connectedMaster, frameworkId, queue } = this.#source.state;
    const seesCluster = this.#view?.seesCluster ?? true;
    const facts: OverviewScheduler = {
      connected: connectedMaster !== undefined,
      master: (seesCluster ? connectedMaster : undefined) ?? null,
      frameworkId: (seesCluster ? frameworkId : undefined) ?? null,
      queued: this.#view === undefined ? queue.size : [...queue.keys()].filter((id) => this.#visible.has(id)).length,
    };
    return JSON.stringify(facts);
  }
}
