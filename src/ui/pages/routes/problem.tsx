import { Button } from '../../components/button.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { problemOf } from '../../live/use-loaded.js';
import type { Loaded } from '../../live/use-loaded.js';

/** While something is read for the first time, and what went wrong with reading it. */
export function Reading({ loaded, what }: { readonly loaded: Loaded<unknown>; readonly what: string }) {
  const problem = problemOf(loaded);
  if (problem === undefined) return loaded.data === undefined ? <Loading what={what} /> : null;
  return (
    <Notice level={loaded.data === undefined ? 'bad' : 'warning'} title={`Reading ${what} failed`}>
      {problem} {loaded.data === undefined ? null : 'What is shown is what was known last. '}
      <Button small onClick={loaded.reload}>
        Read again
      </Button>
    </Notice>
  );
}
