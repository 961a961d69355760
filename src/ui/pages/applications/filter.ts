import type { AppStatus, OverviewApp } from '../../api/overview.js';
import { factsOf } from './app-facts.js';
import type { HealthWord } from './app-facts.js';
import { wishCount } from './list-query.js';
import type { Filter, LabelWish } from './list-query.js';

/** How many apps have a label, and how many each of its values. */
export interface LabelCounts {
  readonly count: number;
  readonly values: ReadonlyMap<string, number>;
}

/** A part of a filter that nothing passes, or not everything does. */
export interface Hiding {
  readonly part: 'status' | 'health' | 'search' | 'label';
  /** Of labels: which. */
  readonly key?: string;
  /** Apps that do not pass it. */
  readonly hides: number;
  /** Apps that only it hides: so many more would be shown without it. */
  readonly hidesAlone: number;
}

/** What a filter leaves, and what could be chosen besides. */
export interface Filtered {
  readonly shown: readonly OverviewApp[];
  /** How many apps there would be with each choice, all other parts of the filter being as they are. */
  readonly statuses: ReadonlyMap<AppStatus, number>;
  readonly health: ReadonlyMap<HealthWord, number>;
  readonly labels: ReadonlyMap<string, LabelCounts>;
  /** Each part that asks for something. */
  readonly hiding: readonly Hiding[];
}

interface MutableLabelCounts {
  count: number;
  readonly values: Map<string, number>;
}

interface Part {
  readonly part: Hiding['part'];
  readonly key?: string;
  readonly passes: (app: OverviewApp) => boolean;
  hides: number;
  hidesAlone: number;
}

function count<T>(counts: Map<T, number>, key: T): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function labelPart(key: string, wishes: readonly LabelWish[]): Part {
  const values = new Set(wishes.map(({ value }) => value));
  return {
    part: 'label',
    key,
    passes: ({ labels }) => Object.hasOwn(labels, key) && (values.has(undefined) || values.has(labels[key])),
    hides: 0,
    hidesAlone: 0,
  };
}

function partsOf({ statuses, health, labels, search }: Filter): Part[] {
  const parts: Part[] = [];
  const add = (part: Hiding['part'], passes: Part['passes']): void => {
    parts.push({ part, passes, hides: 0, hidesAlone: 0 });
  };
  if (statuses.length > 0) add('status', ({ status }) => statuses.includes(status));
  if (health.length > 0) add('health', (app) => factsOf(app).health.some((word) => health.includes(word)));
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length > 0) add('search', (app) => words.every((word) => factsOf(app).text.includes(word)));
  for (const key of new Set(labels.map((wish) => wish.key))) {
    parts.push(
      labelPart(
        key,
        labels.filter((wish) => wish.key === key),
      ),
    );
  }
  return parts;
}

/**
 * Applies a filter, and counts what each choice of the sidebar would show. One look at each app: one that passes everything counts for all
 * choices; one that fails in a single part counts for the choices of that part alone.
 */
export function applyFilter(apps: Iterable<OverviewApp>, filter: Filter): Filtered {
  const parts = partsOf(filter);
  const shown: OverviewApp[] = [];
  const statuses = new Map<AppStatus, number>();
  const health = new Map<HealthWord, number>();
  const labels = new Map<string, MutableLabelCounts>();

  const countLabel = (key: string, value: string): void => {
    let counts = labels.get(key);
    if (counts === undefined) {
      counts = { count: 0, values: new Map() };
      labels.set(key, counts);
    }
    counts.count++;
    count(counts.values, value);
  };

  for (const app of apps) {
    let failed: Part | undefined;
    let failures = 0;
    for (const part of parts) {
      if (part.passes(app)) continue;
      part.hides++;
      failed = part;
      failures++;
    }
    if (failures > 1) continue;
    if (failed === undefined) shown.push(app);
    else failed.hidesAlone++;
    if (failed === undefined || failed.part === 'status') count(statuses, app.status);
    if (failed === undefined || failed.part === 'health') {
      for (const word of factsOf(app).health) count(health, word);
    }
    if (failed === undefined) {
      for (const key in app.labels) countLabel(key, app.labels[key] ?? '');
    } else if (failed.part === 'label' && failed.key !== undefined && Object.hasOwn(app.labels, failed.key)) {
      countLabel(failed.key, app.labels[failed.key] ?? '');
    }
  }
  const hiding = parts.map(({ part, key, hides, hidesAlone }) => ({
    part,
    ...(key === undefined ? {} : { key }),
    hides,
    hidesAlone,
  }));
  return { shown, statuses, health, labels, hiding };
}

/** Whether a filter asks for anything. */
export function isAsking(filter: Filter): boolean {
  return wishCount(filter) > 0;
}
