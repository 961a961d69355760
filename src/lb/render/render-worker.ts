// Runs in a worker thread: a template that never ends, or eats all memory, takes only this thread with it.
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../common/errors.js';
import { ModelReceiver } from './model-transfer.js';
import type { ModelMessage } from './model-transfer.js';
import { compileTemplate } from './template.js';
import type { Template } from './template.js';
import { patchOf } from './text-patch.js';
import type { TextPatch } from './text-patch.js';

/** What the renderer asks for, and the answer with the same `id`. */
export interface RenderRequest {
  readonly id: number;
  /** null: the one before. */
  readonly template: string | null;
  readonly model: ModelMessage;
}
export type RenderAnswer =
  | { readonly id: number; readonly patch: TextPatch }
  | { readonly id: number; readonly error: string }
  /** The first message of all: requests are taken from here on. */
  | { readonly ready: true };

const receiver = new ModelReceiver();
let source = '';
/** The last template stays compiled: it seldom changes. */
let template: Template | undefined;
let lastPieces: readonly string[] = [];

parentPort?.on('message', (request: RenderRequest) => {
  const { id } = request;
  let answer: RenderAnswer;
  try {
    const model = receiver.take(request.model);
    if (request.template !== null) {
      source = request.template;
      template = undefined;
    }
    template ??= compileTemplate(source);
    const pieces = template.pieces(model);
    answer = { id, patch: patchOf(lastPieces, pieces) };
    lastPieces = pieces;
  } catch (error) {
    answer = { id, error: messageOf(error) };
  }
  parentPort?.postMessage(answer);
});
parentPort?.postMessage({ ready: true } satisfies RenderAnswer);
