import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { MachineFacts } from './parse-resources.js';

const mib = 2 ** 20;

/** CPUs and memory that this process may use (limits of a container count), and the size of the file system below `directory`. */
export async function detectMachine(directory: string): Promise<MachineFacts> {
  const { bsize, blocks } = await statfs(directory);
  // 0, or a huge number, when nothing limits it.
  const limit = process.constrainedMemory();
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return {
    cpus: availableParallelism(),
    memMib: Math.floor(memory / mib),
    diskMib: Math.floor((bsize * blocks) / mib),
  };
}
