import type { InstanceCounts } from '../api/overview.js';
import './health-bar.css';

const segments = [
  ['healthy', 'healthy'],
  ['unhealthy', 'unhealthy'],
  ['unknown', 'running, health unknown'],
  ['staged', 'staged'],
  ['overCapacity', 'over capacity'],
  ['unscheduled', 'not scheduled'],
] as const satisfies readonly (readonly [keyof InstanceCounts, string])[];

/** The counts in words: `3 healthy, 1 staged`. */
export function countsText(counts: InstanceCounts): string {
  const parts = segments.flatMap(([name, text]) => (counts[name] > 0 ? [`${counts[name]} ${text}`] : []));
  return parts.length === 0 ? 'no instances' : parts.join(', ');
}

/** How the instances of an app or group are, as a bar. */
export function HealthBar({ counts }: { readonly counts: InstanceCounts }) {
  const text = countsText(counts);
  return (
    <span class="health-bar" role="img" aria-label={text} title={text}>
      {segments.map(([name]) =>
        counts[name] > 0 ? <span key={name} class={`health-${name}`} style={{ flexGrow: counts[name] }} /> : null,
      )}
    </span>
  );
}
