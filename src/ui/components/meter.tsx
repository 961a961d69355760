import './meter.css';

/** How much of something there is, or is done, as a bar; `text` says it in words. */
export function Meter({
  value,
  max,
  text,
  level,
}: {
  readonly value: number;
  readonly max: number;
  readonly text: string;
  readonly level?: 'good' | 'warning' | 'bad';
}) {
  const share = max <= 0 ? 0 : Math.min(1, Math.max(0, value / max));
  return (
    <span class={level === undefined ? 'meter' : `meter meter-${level}`} role="img" aria-label={text} title={text}>
      <span style={{ width: `${(share * 100).toFixed(1)}%` }} />
    </span>
  );
}
