import { closeSync, constants, openSync, readSync } from 'node:fs';

/** The kernel keeps so many lines at most; more are not read. */
const maxRecords = 50_000;
const maxRecordBytes = 8192;

/**
 * Whether the kernel killed a process of this container because its memory was used up: engines on control groups of
 * version 1 often miss it. `id` is the engine's, which is a part of the group's name. False where the kernel's log may not be
 * read.
 */
export function kernelSaysOutOfMemory(id: string): boolean {
  if (id === '') return false;
  let file: number;
  try {
    file = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    const record = Buffer.alloc(maxRecordBytes);
    for (let i = 0; i < maxRecords; i++) {
      // Each read gives one record; EPIPE: it was overwritten meanwhile, EAGAIN: that was the last.
      let length: number;
      try {
        length = readSync(file, record);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EPIPE') continue;
        return false;
      }
      if (length === 0) return false;
      const text = record.toString('latin1', 0, length);
      if (text.includes('oom_memcg=') && text.includes(id)) return true;
    }
    return false;
  } finally {
    closeSync(file);
  }
}
