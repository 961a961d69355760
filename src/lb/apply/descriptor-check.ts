import { openFilesLimit } from './machine.js';

/** Pipes, sockets of its own and the like. */
const spare = 32;

/**
 * Why HAProxy could not start: a connection takes two descriptors (`maxconn` in the global section), each listener and each server
 * that is checked one; above the limit it refuses, which `haproxy -c` does not tell. undefined when it can.
 */
export function descriptorProblem(text: string, limit: number = openFilesLimit()): string | undefined {
  const global = /^[ \t]*global\b[^\n]*\n((?:(?:[ \t]+[^\n]*|#[^\n]*)?\n)*)/m.exec(text)?.[1] ?? '';
  if (/^[ \t]*(no[ \t]+strict-limits|ulimit-n)\b/m.test(global)) return undefined;
  const connections = Number(/^[ \t]*maxconn[ \t]+(\d+)/m.exec(global)?.[1] ?? 0);
  const listeners = text.match(/^[ \t]*bind[ \t]/gm)?.length ?? 0;
  const checks = text.match(/^[ \t]*server[ \t][^\n]*[ \t]check(?:[ \t]|$)/gm)?.length ?? 0;
  const needed = 2 * connections + listeners + checks + spare;
  if (needed <= limit) return undefined;
  const parts = `"maxconn ${connections}", ${listeners} listeners and ${checks} checked servers`;
  return `${parts} need ${needed} open files, and ${limit} are allowed: lower maxconn, or raise the limit (ulimit -n)`;
}
