/**
 * The command of an HTTP server on the task's first port that answers `{"taskId", "pid"}` to every request. It needs no other
 * program than this node.
 */
export const echoCommand = `exec '${process.execPath}' -e '${[
  'const { MESOS_TASK_ID: taskId, PORT0, HOST } = process.env;',
  'const answer = JSON.stringify({ taskId, pid: process.pid });',
  'require("http").createServer((_, a) => a.setHeader("content-type", "application/json").end(answer)).listen(+PORT0, HOST);',
].join(' ')}'`;

/** Reads the answer of such a server. */
export function readEcho(text: string): { readonly taskId: string; readonly pid: number } {
  return JSON.parse(text) as { taskId: string; pid: number };
}
