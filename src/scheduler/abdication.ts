/** Marathon's exit status for a leadership that was lost or given up; a supervisor starts the process again. */
const exitStatus = 103;
/** The answer that says so leaves the process first. */
const delayMs = 500;

/** What gives up the leadership: the process ends a moment later, by `fatal`. To be called any number of times. */
export function createAbdication(fatal: (error: Error, exitStatus: number) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    timer ??= setTimeout(() => fatal(new Error('a client has asked to give up the leadership'), exitStatus), delayMs);
  };
}
