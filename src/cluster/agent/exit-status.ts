import type { TaskState } from '../../mesos/types.js';

/** How a process ended: by itself, or by a signal. */
export type ProcessEnd =
  { readonly kind: 'exited'; readonly status: number } | { readonly kind: 'signaled'; readonly signal: number };

/** What strsignal(3) says on Linux, from signal 1 on. */
const signalNames = [
  'Hangup',
  'Interrupt',
  'Quit',
  'Illegal instruction',
  'Trace/breakpoint trap',
  'Aborted',
  'Bus error',
  'Floating point exception',
  'Killed',
  'User defined signal 1',
  'Segmentation fault',
  'User defined signal 2',
  'Broken pipe',
  'Alarm clock',
  'Terminated',
  'Stack fault',
  'Child exited',
  'Continued',
  'Stopped (signal)',
  'Stopped',
  'Stopped (tty input)',
  'Stopped (tty output)',
  'Urgent I/O condition',
  'CPU time limit exceeded',
  'File size limit exceeded',
  'Virtual timer expired',
  'Profiling timer expired',
  'Window changed',
  'I/O possible',
  'Power failure',
  'Bad system call',
];
const firstRealTimeSignal = 34;

function signalName(signal: number): string {
  return (
    signalNames[signal - 1] ??
    (signal >= firstRealTimeSignal ? `Real-time signal ${signal - firstRealTimeSignal}` : `Unknown signal ${signal}`)
  );
}

/**
 * The last state of a task, and the message of its update, in the words of Mesos' executors: "Command" for a process,
 * "Container" for what an engine ran.
 */
export function terminalStatusOf(
  end: ProcessEnd,
  killed: boolean,
  noun: 'Command' | 'Container' = 'Command',
): { state: TaskState; message: string } {
  const message =
    end.kind === 'exited'
      ? `${noun} exited with status ${end.status}`
      : `${noun} terminated with signal ${signalName(end.signal)}`;
  if (killed) return { state: 'TASK_KILLED', message };
  return { state: end.kind === 'exited' && end.status === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', message };
}
