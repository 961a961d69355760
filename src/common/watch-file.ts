import { watch } from 'chokidar';
import { dirname, resolve } from 'node:path';

/** A file being watched. */
export interface FileWatch {
  close(): Promise<void>;
}

/**
 * Calls `onChange` after `path` was written, replaced by a rename, created or removed; several changes within `settleMs`
 * count once, so that a reader rarely meets a half-written file. The directory is watched, not the file, because editors and
 * atomic writers replace files; it must exist. What happens before the watch stands is not seen: `onReady` is the time to look once more.
 */
export function watchFile(
  path: string,
  {
    onChange,
    onError,
    onReady,
    settleMs = 50,
  }: { onChange: () => void; onError: (error: unknown) => void; onReady?: () => void; settleMs?: number },
): FileWatch {
  const file = resolve(path);
  const directory = dirname(file);
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(directory, {
    depth: 0,
    ignoreInitial: true,
    ignored: (seen) => seen !== directory && seen !== file,
  });
  watcher.on('all', (_event, seen) => {
    if (seen !== file) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, settleMs);
  });
  watcher.on('error', onError);
  if (onReady !== undefined) watcher.on('ready', onReady);
  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

/** The same for all that stands directly in a directory, which must exist; and once when the watching has begun. */
export function watchDirectory(
  path: string,
  {
    onChange,
    onError,
    onReady,
    settleMs = 50,
  }: { onChange: () => void; onError: (error: unknown) => void; onReady?: () => void; settleMs?: number },
): FileWatch {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(resolve(path), { depth: 0, ignoreInitial: true });
  const settle = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onChange, settleMs);
  };
  watcher.on('all', settle);
  // What has come since the caller looked is not told as an event.
  watcher.on('ready', settle);
  watcher.on('error', onError);
  if (onReady !== undefined) watcher.on('ready', onReady);
  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
