import './chip.css';

/** One of several things that a list is narrowed to, with how many there are of it. */
export function Chip({
  text,
  count,
  isChosen,
  onClick,
}: {
  readonly text: string;
  readonly count: number;
  readonly isChosen: boolean;
  readonly onClick: () => void;
}) {
  return (
    <button type="button" class="chip" aria-pressed={isChosen} onClick={onClick}>
      {text} <span class="chip-count">{count}</span>
    </button>
  );
}
