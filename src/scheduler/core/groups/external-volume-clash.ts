import type { PathId } from '../../../common/path-id.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { SchedulerState } from '../state.js';
import { changedId } from './changes.js';
import type { RunSpecChange } from './changes.js';

/** The storage systems' volumes that an app must have for itself: those of `dvdi` that it does not share. */
function ownVolumesOf(runSpec: RunSpec | undefined): readonly string[] {
  if (runSpec === undefined || isPod(runSpec)) return [];
  return (runSpec.container?.volumes ?? []).flatMap(({ external }) =>
    external?.provider === 'dvdi' && external.shared !== true ? (external.name ?? []) : [],
  );
}

/**
 * A volume of a volume driver belongs to one app in the whole cluster (marathon.md §12): what is wrong when changes give one to a second
 * app; undefined = nothing. Other apps are looked at only if there are such volumes among the changes.
 */
export function externalVolumeClash(
  state: Pick<SchedulerState, 'apps'>,
  changes: readonly RunSpecChange[],
): string | undefined {
  const wanted = new Map<string, PathId[]>();
  const note = (runSpec: RunSpec): void => {
    for (const name of ownVolumesOf(runSpec)) wanted.set(name, [...(wanted.get(name) ?? []), runSpec.id]);
  };
  const set = changes.flatMap((change) => (change.kind === 'delete' ? [] : [change.to]));
  for (const runSpec of set) note(runSpec);
  if (wanted.size === 0) return undefined;
  const changed = new Set(changes.map(changedId));
  for (const app of state.apps.values()) if (!changed.has(app.id)) note(app);
  for (const runSpec of set) {
    for (const name of ownVolumesOf(runSpec)) {
      const others = (wanted.get(name) ?? []).filter((other) => other !== runSpec.id);
      if (others.length === 0) continue;
      return `Volume name '${name}' in ${runSpec.id} conflicts with volume(s) of same name in app(s): ${others.join(', ')}`;
    }
  }
  return undefined;
}
