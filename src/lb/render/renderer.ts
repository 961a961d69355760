import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../common/errors.js';
import { packageRoot } from '../../common/package-root.js';
import { ModelSender } from './model-transfer.js';
import type { RenderAnswer, RenderRequest } from './render-worker.js';
import { patched } from './text-patch.js';

/** Why a template gave no text; the message is for its author. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
}

export interface Renderer {
  /**
   * Runs the model through the template. Throws RenderError when that fails or takes longer than the deadline. Objects in the lists
   * that templates go through (`keptLists`) must not change: the same object is taken for the same content.
   */
  render(template: string, model: object): Promise<string>;
  close(): Promise<void>;
}

/** The worker's file: beside this one where modules are built one by one, in `dist/` where this one is part of the bundle. */
function workerPath(): string {
  const beside = fileURLToPath(new URL('./render-worker.js', import.meta.url));
  return existsSync(beside) ? beside : join(packageRoot(), 'dist', 'lb', 'render', 'render-worker.js');
}

interface Waiting {
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
  deadline: NodeJS.Timeout;
}

/** A thread that has not said a word by then never will. */
const startLimitMs = 30_000;

/**
 * Renders in a worker thread with a deadline (default 2 s) and a bound on memory. The thread is kept between renderings, and
 * replaced when it had to be ended.
 */
export function createRenderer({ deadlineMs = 2_000 }: { deadlineMs?: number } = {}): Renderer {
  const path = workerPath();
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  /** The worker has loaded: before that, the time of a rendering does not run. */
  let isReady = false;
  let nextId = 0;
  /** What the present worker has: it is told only what is different. */
  let sender = new ModelSender();
  let lastTemplate: string | undefined;
  let lastText = '';

  function failAll(error: RenderError): void {
    for (const { reject, deadline } of waiting.values()) {
      clearTimeout(deadline);
      reject(error);
    }
    waiting.clear();
  }

  function limit(target: Worker, ms: number, reason: string): NodeJS.Timeout {
    return setTimeout(() => {
      if (worker === target) worker = undefined;
      failAll(new RenderError(reason));
      void target.terminate();
    }, ms);
  }

  const deadlineOf = (target: Worker): NodeJS.Timeout => limit(target, deadlineMs, `took longer than ${deadlineMs} ms`);

  function start(): Worker {
    const started = new Worker(path, { resourceLimits: { maxOldGenerationSizeMb: 512 } });
    started.unref();
    isReady = false;
    sender = new ModelSender();
    lastTemplate = undefined;
    lastText = '';
    const ended = (reason: string): void => {
      if (worker !== started) return;
      worker = undefined;
      failAll(new RenderError(reason));
    };
    started.on('message', (answer: RenderAnswer) => {
      if ('ready' in answer) {
        if (worker !== started) return;
        isReady = true;
        for (const request of waiting.values()) {
          clearTimeout(request.deadline);
          request.deadline = deadlineOf(started);
        }
        return;
      }
      if (worker === started && 'patch' in answer) lastText = patched(lastText, answer.patch);
      const request = waiting.get(answer.id);
      if (request === undefined) return;
      waiting.delete(answer.id);
      clearTimeout(request.deadline);
      if ('patch' in answer) request.resolve(lastText);
      else request.reject(new RenderError(answer.error));
    });
    started.on('error', (error) => ended(messageOf(error)));
    started.on('exit', () => ended('the renderer ended'));
    return started;
  }

  worker = start();
  return {
    render(template, model) {
      const target = (worker ??= start());
      const id = (nextId += 1);
      return new Promise((resolve, reject) => {
        const deadline = isReady ? deadlineOf(target) : limit(target, startLimitMs, 'the renderer does not start');
        waiting.set(id, { resolve, reject, deadline });
        const request: RenderRequest = {
          id,
          template: template === lastTemplate ? null : template,
          model: sender.message(model),
        };
        lastTemplate = template;
        target.postMessage(request);
      });
    },
    async close() {
      const target = worker;
      worker = undefined;
      failAll(new RenderError('the renderer is closed'));
      await target?.terminate();
    },
  };
}
