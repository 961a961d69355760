import { At } from '../../components/time.js';
import type { Start } from './start.js';

/** Which version the editing began with. */
export function Version({ start: { older, current } }: { readonly start: Start }) {
  if (older !== undefined) {
    return (
      <p>
        Begun with the older version of <At at={older} />; applied, it replaces that of <At at={current?.version} />.
      </p>
    );
  }
  return (
    <p class="muted">
      Version of <At at={current?.version} />
    </p>
  );
}
