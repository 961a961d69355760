import { constants, PerformanceObserver } from 'node:perf_hooks';
import type { PerformanceEntry } from 'node:perf_hooks';
import { readFileSync } from 'node:fs';
import type { ProbeAnswer, ProbeQuestion } from './probed-process.js';

/**
 * Loaded into a process under test before its own code (`node --import`): measures from inside what cannot be seen from outside, and
 * answers its parent's questions over the channel. What is under test stays as it is.
 */
const everyMs = 10;

/** Time that the main thread has been on a processor; 0 where the system does not tell. */
function threadMs(): number {
  try {
    return Number(/^\d+/.exec(readFileSync('/proc/self/schedstat', 'latin1'))?.[0] ?? 0) / 1e6;
  } catch {
    return 0;
  }
}

let lastMs = performance.now();
let lastThreadMs = threadMs();
let blockMs = 0;
let blockCpuMs = 0;
let collectionMs = 0;

setInterval(() => {
  const nowMs = performance.now();
  const nowThreadMs = threadMs();
  const lateMs = nowMs - lastMs - everyMs;
  blockMs = Math.max(blockMs, lateMs);
  blockCpuMs = Math.max(blockCpuMs, Math.min(lateMs, nowThreadMs - lastThreadMs));
  lastMs = nowMs;
  lastThreadMs = nowThreadMs;
}, everyMs).unref();

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { detail, duration } = entry as PerformanceEntry & { detail?: { kind?: number } };
    // Weak callbacks are work that was put off, not a collection
    if (detail?.kind !== constants.NODE_PERFORMANCE_GC_WEAKCB) collectionMs = Math.max(collectionMs, duration);
  }
}).observe({ entryTypes: ['gc'] });

process.on('message', ({ collectGarbage }: ProbeQuestion) => {
  if (collectGarbage) {
    globalThis.gc?.();
    // The collection was the question's, not the program's
    lastMs = performance.now();
    lastThreadMs = threadMs();
  }
  const { user, system } = process.cpuUsage();
  const { heapUsed, rss } = process.memoryUsage();
  const answer: ProbeAnswer = {
    cpuMs: (user + system) / 1000,
    heapBytes: heapUsed,
    rssBytes: rss,
    blockMs,
    blockCpuMs,
    collectionMs,
  };
  blockMs = 0;
  blockCpuMs = 0;
  collectionMs = 0;
  process.send?.(answer);
});
// The program ends when it wants to, not when its parent hangs up
process.channel?.unref();
