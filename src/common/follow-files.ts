import { watchFile } from './watch-file.js';
import type { FileWatch } from './watch-file.js';

/**
 * Calls `read` after one of `files` has changed (see `watchFile`): one call at a time, and once more for whatever has changed meanwhile, so
 * that what was read last is what was there last. `read` deals with its own failures. Closing waits for a call that is under way.
 */
export function followFiles(
  files: readonly string[],
  { read, onError }: { readonly read: () => Promise<void>; readonly onError: (error: unknown) => void },
): FileWatch {
  let reading: Promise<void> | undefined;
  let hasChanged = false;
  let isClosed = false;

  async function readUntilUnchanged(): Promise<void> {
    while (hasChanged && !isClosed) {
      hasChanged = false;
      await read();
    }
    reading = undefined;
  }

  function onChange(): void {
    hasChanged = true;
    reading ??= readUntilUnchanged();
  }

  const watches = files.map((file) => watchFile(file, { onChange, onError }));
  return {
    async close() {
      isClosed = true;
      await Promise.all(watches.map((watch) => watch.close()));
      await reading;
    },
  };
}
