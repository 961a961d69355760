import { openFilesLimit } from './machine.js';

/**
 * Why HAProxy could not start with as many connections as a text wants (`maxconn` in its global section): each takes two
 * descriptors, and above the limit it refuses, which `haproxy -c` does not tell. undefined when it can.
 */
export function descriptorProblem(text: string, limit: number = openFilesLimit()): string | undefined {
  const global = /^[ \t]*global\b[^\n]*\n((?:(?:[ \t]+[^\n]*|#[^\n]*)?\n)*)/m.exec(text)?.[1] ?? '';
  if (/^[ \t]*(no[ \t]+strict-limits|ulimit-n)\b/m.test(global)) return undefined;
  const wanted = Number(/^[ \t]*maxconn[ \t]+(\d+)/m.exec(global)?.[1] ?? 0);
  if (2 * wanted <= limit) return undefined;
  return `"maxconn ${wanted}" needs ${2 * wanted} open files, and ${limit} are allowed: lower it, or raise the limit (ulimit -n)`;
}
