import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Of what a program complains about, so much is kept. */
const maxComplaintLength = 1000;

/** How a helper program of the fetcher ends. */
export interface ChildEnd {
  /** What it has written to stderr, cut. */
  readonly complaint: () => string;
  /** Its exit status, null when a signal ended it. Rejects with what `cannotRun` makes of an error of starting or reaching it. */
  readonly exit: Promise<number | null>;
}

/** Listens to a program that was just started with a pipe as stderr. */
export function watchChild(child: ChildProcess, cannotRun: (error: unknown) => Error): ChildEnd {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < maxComplaintLength) complaint += text;
  });
  const exit = once(child, 'exit').then(
    ([code]) => code as number | null,
    (error: unknown) => {
      throw cannotRun(error);
    },
  );
  return { complaint: () => complaint.trim(), exit };
}
