import './sparkline.css';

/** A line without words, for those who see it; what it says stands beside it. `lines`: SVG's `points` within 100 by 24. */
export function Sparkline({ lines }: { readonly lines: readonly string[] }) {
  return (
    <svg class="sparkline" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      {lines.map((points, index) => (
        <polyline key={index} points={points} />
      ))}
    </svg>
  );
}
