// Runs in a worker thread: a template that never ends, or eats all memory, takes only this thread with it.
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../common/errors.js';
import { compileTemplate } from './template.js';
import type { Template } from './template.js';

/** What the renderer asks for, and the answer with the same `id`. */
export interface RenderRequest {
  readonly id: number;
  readonly template: string;
  readonly model: object;
}
export type RenderAnswer =
  | { readonly id: number; readonly text: string }
  | { readonly id: number; readonly error: string }
  /** The first message of all: requests are taken from here on. */
  | { readonly ready: true };

/** The last template stays compiled: it seldom changes. */
let last: { readonly source: string; readonly template: Template } | undefined;

parentPort?.on('message', ({ id, template, model }: RenderRequest) => {
  let answer: RenderAnswer;
  try {
    if (last?.source !== template) last = { source: template, template: compileTemplate(template) };
    answer = { id, text: last.template(model) };
  } catch (error) {
    answer = { id, error: messageOf(error) };
  }
  parentPort?.postMessage(answer);
});
parentPort?.postMessage({ ready: true } satisfies RenderAnswer);
