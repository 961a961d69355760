/** An app, and how many instances it is to have. */
export interface ScaledApp {
  readonly id: string;
  readonly now: number;
  readonly then: number;
}

const maxFactor = 1000;

/** A factor as it is typed; undefined when it is none. */
export function readFactor(text: string): number | undefined {
  const typed = text.trim().replace(',', '.');
  if (!/^(\d+(\.\d*)?|\.\d+)$/.test(typed)) return undefined;
  const factor = Number(typed);
  return factor <= maxFactor ? factor : undefined;
}

/** What `scaleBy` of a group makes of its apps: each is multiplied and rounded up (marathon.md §6). */
export function scaledBy(
  apps: readonly { readonly id: string; readonly instances: number }[],
  factor: number,
): { readonly apps: readonly ScaledApp[]; readonly now: number; readonly then: number } {
  const scaled = apps.map(({ id, instances }) => ({ id, now: instances, then: Math.ceil(instances * factor) }));
  return {
    apps: scaled,
    now: scaled.reduce((sum, { now }) => sum + now, 0),
    then: scaled.reduce((sum, { then }) => sum + then, 0),
  };
}
