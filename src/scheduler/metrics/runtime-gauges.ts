import { readFileSync } from 'node:fs';
import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import type { PerformanceEntry } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { MetricRegistry } from '../../common/metrics.js';

const nanosPerSecond = 1_000_000_000;
const delayResolutionMs = 20;
const delayWindowMs = 60_000;

/** V8's kinds of collections under names like those of Java's collectors. */
const collectors: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'scavenge'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'mark-sweep'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental-marking'],
]);

/** Threads of this process; undefined where the system does not tell. */
function threadCount(): number | undefined {
  try {
    const threads = /^Threads:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return threads === undefined ? undefined : Number(threads);
  } catch {
    return undefined;
  }
}

function addMemory(registry: MetricRegistry, prefix: string): void {
  const gauge = (name: string, help: string, value: () => number): void =>
    registry.gauge(`${prefix}.jvm.${name}`, help, value);
  const heapUsed = (): number => getHeapStatistics().used_heap_size;
  const heapCommitted = (): number => getHeapStatistics().total_heap_size;
  const heapMax = (): number => getHeapStatistics().heap_size_limit;
  /** Buffers and other objects of C++ that V8 knows of. */
  const otherUsed = (): number => process.memoryUsage().external;
  const otherCommitted = (): number => Math.max(0, process.memoryUsage.rss() - heapCommitted());
  const heapInit = heapCommitted();
  const otherInit = otherCommitted();

  gauge('memory.heap.init.gauge.bytes', 'Heap at the start', () => heapInit);
  gauge('memory.heap.used.gauge.bytes', 'Heap in use', heapUsed);
  gauge('memory.heap.committed.gauge.bytes', 'Heap taken from the system', heapCommitted);
  gauge('memory.heap.max.gauge.bytes', 'Most that the heap may become', heapMax);
  gauge('memory.heap.usage.gauge', 'Heap in use as a part of its maximum', () => heapUsed() / heapMax());
  gauge('memory.non-heap.init.gauge.bytes', 'Memory besides the heap at the start', () => otherInit);
  gauge('memory.non-heap.used.gauge.bytes', 'Buffers and other objects besides the heap', otherUsed);
  gauge('memory.non-heap.committed.gauge.bytes', 'Resident memory besides the heap', otherCommitted);
  gauge('memory.non-heap.max.gauge.bytes', '-1: there is no limit', () => -1);
  gauge('memory.non-heap.usage.gauge', '-1: there is no limit', () => -1);
  gauge('memory.total.init.gauge.bytes', 'Memory at the start', () => heapInit + otherInit);
  gauge('memory.total.used.gauge.bytes', 'Heap and buffers in use', () => heapUsed() + otherUsed());
  gauge(
    'memory.total.committed.gauge.bytes',
    'Heap and resident memory besides it',
    () => heapCommitted() + otherCommitted(),
  );
  gauge('memory.total.max.gauge.bytes', '-1: there is no limit', () => -1);
  gauge('buffers.direct.capacity.gauge.bytes', 'Buffers', () => process.memoryUsage().arrayBuffers);
  gauge('buffers.direct.memory.used.gauge.bytes', 'Buffers', () => process.memoryUsage().arrayBuffers);
  // Node maps no files into memory
  gauge('buffers.mapped.gauge', 'Buffers that are mapped files', () => 0);
  gauge('buffers.mapped.capacity.gauge.bytes', 'Buffers that are mapped files', () => 0);
  gauge('buffers.mapped.memory.used.gauge.bytes', 'Buffers that are mapped files', () => 0);
  if (threadCount() !== undefined) gauge('threads.active.gauge', 'Threads', () => threadCount() ?? 0);
}

/** Collections of garbage, by kind. Returns the function that ends it. */
function addCollections(registry: MetricRegistry, prefix: string): () => void {
  const totals = new Map<string, { runs: number; ms: number }>();
  for (const collector of collectors.values()) {
    const total = { runs: 0, ms: 0 };
    totals.set(collector, total);
    const name = `${prefix}.jvm.gc.${collector}.collections`;
    registry.gauge(`${name}.gauge`, `Collections of garbage (${collector})`, () => total.runs);
    registry.gauge(`${name}.duration.gauge.seconds`, `Time they took (${collector})`, () => total.ms / 1000);
  }
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { detail, duration } = entry as PerformanceEntry & { detail?: { kind?: number } };
      const total = totals.get(collectors.get(detail?.kind ?? 0) ?? '');
      if (total === undefined) continue;
      total.runs++;
      total.ms += duration;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}

/** How late the event loop is. Returns the function that ends it. */
function addEventLoop(registry: MetricRegistry, prefix: string): () => void {
  const delays = monitorEventLoopDelay({ resolution: delayResolutionMs });
  delays.enable();
  let windowStartMs = performance.now();
  const seconds = (nanos: number): number =>
    delays.count === 0 ? 0 : Math.max(0, nanos / nanosPerSecond - delayResolutionMs / 1000);
  const gauge = (which: string, help: string, value: () => number): void =>
    registry.gauge(
      `${prefix}.ekiden.event-loop.delay.${which}.gauge.seconds`,
      `How late the event loop is: ${help}`,
      value,
    );
  gauge('p50', 'median', () => seconds(delays.percentile(50)));
  gauge('p99', 'for 99 %', () => seconds(delays.percentile(99)));
  // The last of the three begins a new window when the time has come
  gauge('max', 'at most', () => {
    const longest = seconds(delays.max);
    if (performance.now() - windowStartMs > delayWindowMs) {
      windowStartMs = performance.now();
      delays.reset();
    }
    return longest;
  });
  return () => delays.disable();
}

/**
 * What the process itself uses: Marathon's `jvm.*` by what is nearest to them in Node. Left out are those that nothing here answers
 * to: the number of direct buffers, and threads by state. Returns the function that ends the measuring.
 */
export function addRuntimeGauges(registry: MetricRegistry, prefix: string): () => void {
  addMemory(registry, prefix);
  registry.gauge(`${prefix}.ekiden.cpu.used.gauge.seconds`, 'Processor time used', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000_000;
  });
  const endCollections = addCollections(registry, prefix);
  const endEventLoop = addEventLoop(registry, prefix);
  return () => {
    endCollections();
    endEventLoop();
  };
}
