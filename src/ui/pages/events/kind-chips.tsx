import { eventKinds } from '../../api/events.js';
import { Chip } from '../../components/chip.js';

/** The kinds that have come, each with how many of it are kept; those that are pressed are shown alone. */
export function KindChips({
  counts,
  chosen,
  choose,
}: {
  readonly counts: ReadonlyMap<string, number>;
  readonly chosen: ReadonlySet<string>;
  readonly choose: (kinds: ReadonlySet<string>) => void;
}) {
  const kinds = eventKinds.filter((kind) => counts.has(kind) || chosen.has(kind));
  if (kinds.length === 0) return null;
  return (
    <div class="kind-chips" role="group" aria-label="Kinds of events">
      {kinds.map((kind) => {
        const isChosen = chosen.has(kind);
        return (
          <Chip
            key={kind}
            text={kind}
            count={counts.get(kind) ?? 0}
            isChosen={isChosen}
            onClick={() => {
              const next = new Set(chosen);
              if (isChosen) next.delete(kind);
              else next.add(kind);
              choose(next);
            }}
          />
        );
      })}
      {chosen.size > 0 ? (
        <button type="button" class="link-button" onClick={() => choose(new Set())}>
          All kinds
        </button>
      ) : null}
    </div>
  );
}
