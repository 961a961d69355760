import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../common/errors.js';
import { packageRoot } from '../../common/package-root.js';
import type { RecordAnswer, RecordCall, RecordResults } from './record-worker.js';
import { StateError } from './state-document.js';

/** RecordMaker in another thread. */
export interface RecordThread {
  /** Rejects with StateError for what is wrong with the document, and with another error when the thread came to its end; the next call has a new one. */
  ask<Name extends RecordCall['call']>(call: RecordCall & { readonly call: Name }): Promise<RecordResults[Name]>;
  close(): Promise<void>;
}

/** The worker's file: beside this one where modules are built one by one, in `dist/` where this one is part of the bundle. */
function workerPath(): string {
  const beside = fileURLToPath(new URL('./record-worker.js', import.meta.url));
  return existsSync(beside) ? beside : join(packageRoot(), 'dist', 'dns', 'exact', 'record-worker.js');
}

interface Waiting {
  readonly resolve: (result: RecordResults[keyof RecordResults]) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the thread when it is needed first, and again when it ended; it never keeps the process. */
export function openRecordThread(): RecordThread {
  const path = workerPath();
  let worker: Worker | undefined;
  let waiting: Waiting[] = [];

  function start(): Worker {
    const started = new Worker(path);
    started.unref();
    const ended = (reason: string): void => {
      if (worker !== started) return;
      worker = undefined;
      const left = waiting;
      waiting = [];
      for (const { reject } of left) reject(new Error(`the thread that makes records ended: ${reason}`));
    };
    started.on('message', (answer: RecordAnswer) => {
      if (worker !== started) return;
      const asked = waiting.shift();
      if ('error' in answer) asked?.reject(new StateError(answer.error));
      else asked?.resolve(answer.result);
    });
    started.on('error', (error) => ended(messageOf(error)));
    started.on('exit', (status) => ended(`status ${status}`));
    return started;
  }

  return {
    ask: (call) =>
      new Promise((resolve, reject) => {
        const target = (worker ??= start());
        // What comes is what was asked for, as the answers keep the order of the calls
        waiting.push({ resolve: resolve as Waiting['resolve'], reject });
        target.postMessage(call);
      }),
    async close() {
      const target = worker;
      worker = undefined;
      const left = waiting;
      waiting = [];
      for (const { reject } of left) reject(new Error('the thread that makes records is closed'));
      await target?.terminate();
    },
  };
}
